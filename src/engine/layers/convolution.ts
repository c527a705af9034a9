// Convolution with groups, strides, padding and dilation. Weights are KH x KW x I/group x O ("hwio"), the bias O.
import * as tf from '@tensorflow/tfjs';
import type { ConvolutionSpec, Spatial } from '../../nets/spec';
import type { LayerOps } from './layer';

type Shape4D = [number, number, number, number];

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

const join = (parts: tf.Tensor4D[]) => (parts.length === 1 ? parts[0]! : tf.concat4d(parts, 3));

/** Puts dilation - 1 zeros between the taps: the stock gradients know no dilation, the inflated filter needs none. */
function inflate(filter: tf.Tensor4D, [dh, dw]: Spatial): tf.Tensor4D {
  if (dh === 1 && dw === 1) return filter;
  const [kh, kw, i, o] = filter.shape;
  // One axis at a time, because the GPU backends pad at most four.
  const rows = tf.pad(filter.reshape([kh, 1, kw * i * o]), [
    [0, 0],
    [0, dh - 1],
    [0, 0],
  ]);
  const spread = tf.pad(rows.reshape([kh * dh * kw, 1, i * o]), [
    [0, 0],
    [0, dw - 1],
    [0, 0],
  ]);
  return tf.slice4d(
    spread.reshape<tf.Tensor4D>([kh * dh, kw * dw, i, o]),
    [0, 0, 0, 0],
    [dh * (kh - 1) + 1, dw * (kw - 1) + 1, i, o],
  );
}

/** The inverse for a gradient: keeps the taps and drops the zeros between them. */
function deflate(gradient: tf.Tensor4D, spec: ConvolutionSpec): tf.Tensor4D {
  const [dh, dw] = spec.dilation;
  return dh === 1 && dw === 1
    ? gradient
    : (tf.stridedSlice(gradient, [0, 0, 0, 0], gradient.shape, [dh, dw, 1, 1]) as tf.Tensor4D);
}

/** Sum over all pixels, as a product with ones: a sum over outer axes would transpose the whole tensor on some backends. */
function sumOfPixels(dy: tf.Tensor4D): tf.Tensor {
  const channels = dy.shape[3];
  const pixels = dy.size / channels;
  return tf.matMul(tf.ones([1, pixels]), dy.reshape([pixels, channels])).reshape([channels]);
}

export const convolution: LayerOps<ConvolutionSpec> = {
  keeps: () => ({ bottoms: true, tops: false }),

  forward(spec, [bottom], [weight, bias]) {
    const x = bottom!;
    const top = tf.tidy(() => {
      const filter = inflate(weight as tf.Tensor4D, spec.dilation);
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
          const [dh, dw] = spec.dilation;
          const filterShape: Shape4D = [
            dh * (spec.kernel[0] - 1) + 1,
            dw * (spec.kernel[1] - 1) + 1,
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
          const gradient = deflate(join(parts), spec);
          return spec.biasTerm ? [gradient, sumOfPixels(dy)] : [gradient];
        })
      : [];
    const dBottom = wants.bottoms[0]
      ? tf.tidy(() => {
          const filter = inflate(weight as tf.Tensor4D, spec.dilation);
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
