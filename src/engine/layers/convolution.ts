// Convolution with groups, strides, padding and dilation. Weights are KH x KW x I/group x O ("hwio"), the bias O.
import * as tf from '@tensorflow/tfjs';
import type { ConvolutionSpec } from '../../nets/spec';
import { runsOurs } from '../kernels/runs-ours';
import type { Shape4D } from './axes';
import { dilate, dilatedLength, undilate } from './dilation';
import type { LayerOps } from './layer';
import { sumOfPixels } from './sums';

/** Of a filter: its rows and columns. */
const AXES = [0, 1] as const;

function kernelAttributes({ stride, pad }: ConvolutionSpec) {
  return {
    strides: [stride[0], stride[1]] as [number, number],
    pad: [
      [0, 0],
      [pad[0], pad[0]],
      [pad[1], pad[1]],
      [0, 0],
    ] as unknown as tf.backend_util.ExplicitPadding,
    dataFormat: 'NHWC' as const,
    dimRoundingMode: 'floor' as const,
  };
}

/** The g-th of `count` equal stretches along the last axis. */
function part(x: tf.Tensor4D, g: number, count: number): tf.Tensor4D {
  if (count === 1) return x;
  const size = x.shape[3] / count;
  return tf.slice4d(x, [0, 0, 0, g * size], [-1, -1, -1, size]);
}

/** Our kernels take a convolution as it is. The stock ones know no groups and, in the gradients, no dilation. */
const dilations = ({ dilation }: ConvolutionSpec) => [dilation[0], dilation[1]];

const join = (parts: tf.Tensor4D[]) => (parts.length === 1 ? parts[0]! : tf.concat4d(parts, 3));

export const convolution: LayerOps<ConvolutionSpec> = {
  forward(spec, [bottom], [weight, bias]) {
    const x = bottom!;
    const kernel = bias ? 'FusedConv2D' : 'Conv2D';
    if (runsOurs(kernel)) {
      const inputs = { x, filter: weight!, ...(bias && { bias }) };
      const attrs = { ...kernelAttributes(spec), dilations: dilations(spec), activation: 'linear' };
      return { tops: [tf.engine().runKernel<tf.Tensor4D>(kernel, inputs, attrs)] };
    }
    const top = tf.tidy(() => {
      const filter = dilate(weight as tf.Tensor4D, AXES, spec.dilation);
      const attrs = { ...kernelAttributes(spec), dilations: [1, 1], activation: 'linear', leakyreluAlpha: 0 };
      const outputs = spec.numOutput / spec.group;
      const tops = Array.from({ length: spec.group }, (_, g) => {
        const inputs = { x: part(x, g, spec.group), filter: part(filter, g, spec.group) };
        if (!bias) return tf.engine().runKernel<tf.Tensor4D>('Conv2D', inputs, attrs);
        const partBias = spec.group === 1 ? bias : tf.slice1d(bias as tf.Tensor1D, g * outputs, outputs);
        return tf.engine().runKernel<tf.Tensor4D>('FusedConv2D', { ...inputs, bias: partBias }, attrs);
      });
      return join(tops);
    });
    return { tops: [top] };
  },

  backward(spec, { bottoms }, dTops, [weight], wants) {
    const x = bottoms[0]!;
    const dy = dTops[0]!;
    const attrs = kernelAttributes(spec);
    const groups = Array.from({ length: spec.group }, (_, g) => g);
    const params = wants.params
      ? tf.tidy(() => {
          const [, , channels, outputs] = (weight as tf.Tensor4D).shape;
          const bias = () => (spec.biasTerm ? [sumOfPixels(dy)] : []);
          if (runsOurs('Conv2DBackpropFilter')) {
            const whole = { ...attrs, dilations: dilations(spec), filterShape: weight!.shape };
            return [tf.engine().runKernel('Conv2DBackpropFilter', { x, dy }, whole), ...bias()];
          }
          const filterShape: Shape4D = [
            dilatedLength(spec.kernel[0], spec.dilation[0]),
            dilatedLength(spec.kernel[1], spec.dilation[1]),
            channels,
            outputs / spec.group,
          ];
          const parts = groups.map((g) =>
            tf
              .engine()
              .runKernel<tf.Tensor4D>(
                'Conv2DBackpropFilter',
                { x: part(x, g, spec.group), dy: part(dy, g, spec.group) },
                { ...attrs, filterShape },
              ),
          );
          return [undilate(join(parts), AXES, spec.dilation), ...bias()];
        })
      : [];
    const dBottom = wants.bottoms[0]
      ? tf.tidy(() => {
          if (runsOurs('Conv2DBackpropInput')) {
            const whole = { ...attrs, dilations: dilations(spec), inputShape: x.shape };
            return tf.engine().runKernel<tf.Tensor4D>('Conv2DBackpropInput', { dy, filter: weight! }, whole);
          }
          const filter = dilate(weight as tf.Tensor4D, AXES, spec.dilation);
          const [n, h, w, c] = x.shape;
          const inputShape: Shape4D = [n, h, w, c / spec.group];
          const parts = groups.map((g) =>
            tf
              .engine()
              .runKernel<tf.Tensor4D>(
                'Conv2DBackpropInput',
                { dy: part(dy, g, spec.group), filter: part(filter, g, spec.group) },
                { ...attrs, inputShape },
              ),
          );
          return join(parts);
        })
      : null;
    return { bottoms: [dBottom], params };
  },
};
