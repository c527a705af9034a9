// Deconvolution (transposed convolution; Caffe, deconv_layer.cpp). Weights stay in Caffe's order, I x O/group x KH x KW.
import * as tf from '@tensorflow/tfjs';
import type { CroppedDeconvolution } from '../../nets/plan/fuse-crops';
import { deconv2D, deconv2DBackpropFilter, deconv2DBackpropInput } from '../kernels/composed/deconvolution';
import type { Deconv2DAttrs } from '../kernels/host/deconvolution';
import { tensorShape } from './axes';
import { dilate, dilatedLength, undilate } from './dilation';
import type { LayerOps, LayerShapes } from './layer';
import { sumOfPixels } from './sums';

/** Of a weight: its rows and columns. */
const AXES = [2, 3] as const;

/** Padding and a crop are the same to a deconvolution: both leave out the first rows and columns. */
function attributes(
  { stride, pad, group, crop = [0, 0] }: CroppedDeconvolution,
  { tops }: LayerShapes,
): Deconv2DAttrs {
  const [, height, width] = tensorShape(tops[0]!);
  return {
    stride: [stride[0], stride[1]],
    pad: [pad[0] + crop[0], pad[1] + crop[1]],
    group,
    outSize: [height, width],
  };
}

const hasKernel = (name: string) => tf.getKernel(name, tf.getBackend()) !== undefined;

export const deconvolution: LayerOps<CroppedDeconvolution> = {
  forward(spec, [bottom], [weight, bias], _pass, shapes) {
    const x = bottom!;
    const attrs = attributes(spec, shapes);
    const top = tf.tidy(() => {
      const w = dilate(weight as tf.Tensor4D, AXES, spec.dilation);
      const y = hasKernel('Deconv2D')
        ? tf.engine().runKernel<tf.Tensor4D>('Deconv2D', { x, weight: w }, { ...attrs })
        : deconv2D(x, w, attrs);
      return bias ? tf.add<tf.Tensor4D>(y, bias) : y;
    });
    return { tops: [top] };
  },

  backward(spec, { bottoms: [bottom], shapes }, dTops, [weight], wants) {
    const dy = dTops[0]!;
    const attrs = attributes(spec, shapes);
    const stock = hasKernel('Deconv2D');
    const params = wants.params
      ? tf.tidy(() => {
          const [inputs, outputs] = (weight as tf.Tensor4D).shape;
          const [kh, kw] = [0, 1].map((axis) => dilatedLength(spec.kernel[axis]!, spec.dilation[axis]!));
          const filterAttrs = { ...attrs, filterShape: [inputs, outputs, kh!, kw!] };
          const gradient = stock
            ? tf.engine().runKernel<tf.Tensor4D>('Deconv2DBackpropFilter', { x: bottom!, dy }, filterAttrs)
            : deconv2DBackpropFilter(bottom!, dy, filterAttrs);
          const taps = undilate(gradient, AXES, spec.dilation);
          return spec.biasTerm ? [taps, sumOfPixels(dy)] : [taps];
        })
      : [];
    const inputAttrs = { ...attrs, inputShape: tensorShape(shapes.bottoms[0]!) };
    const dBottom = wants.bottoms[0]
      ? tf.tidy(() => {
          const w = dilate(weight as tf.Tensor4D, AXES, spec.dilation);
          return stock
            ? tf.engine().runKernel<tf.Tensor4D>('Deconv2DBackpropInput', { dy, weight: w }, inputAttrs)
            : deconv2DBackpropInput(dy, w, inputAttrs);
        })
      : null;
    return { bottoms: shapes.bottoms.map((_shape, i) => (i === 0 ? dBottom : null)), params };
  },
};
