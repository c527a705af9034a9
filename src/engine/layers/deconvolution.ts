// Deconvolution (transposed convolution). Weights stay in Caffe's order, I x O/group x KH x KW.
import * as tf from '@tensorflow/tfjs';
import { deconvolvedLength } from '../../nets/shapes';
import type { ConvolutionSpec, Pair } from '../../nets/spec';
import { deconv2D, deconv2DBackpropFilter, deconv2DBackpropInput } from '../kernels/composed/deconvolution';
import type { Deconv2DAttrs } from '../kernels/host/deconvolution';
import { tensorShape } from './axes';
import type { LayerOps } from './layer';

/** A deconvolution whose output is cropped from `crop` on to the second bottom's height and width: what is cut off is never computed. */
export interface CroppedDeconvolution extends ConvolutionSpec {
  crop?: Pair;
}

function outSize(spec: ConvolutionSpec, [, h, w]: readonly number[]): Pair {
  const length = (input: number, axis: 0 | 1) =>
    deconvolvedLength(input, spec.kernel[axis], spec.stride[axis], spec.pad[axis], spec.dilation[axis]);
  return [length(h!, 0), length(w!, 1)];
}

/** Padding and a crop are the same to a deconvolution: both leave out the first rows and columns. */
function attributes({ stride, pad, group, crop = [0, 0] }: CroppedDeconvolution, size: Pair): Deconv2DAttrs {
  return { stride: [stride[0], stride[1]], pad: [pad[0] + crop[0], pad[1] + crop[1]], group, outSize: size };
}

const hasKernel = (name: string) => tf.getKernel(name, tf.getBackend()) !== undefined;

export const deconvolution: LayerOps<CroppedDeconvolution> = {
  keeps: () => ({ bottoms: true, tops: false }),

  forward(spec, [bottom, like], [weight, bias]) {
    const x = bottom!;
    const w = weight as tf.Tensor4D;
    const attrs = attributes(spec, like ? [like.shape[1], like.shape[2]] : outSize(spec, x.shape));
    const top = tf.tidy(() => {
      const y = hasKernel('Deconv2D')
        ? tf.engine().runKernel<tf.Tensor4D>('Deconv2D', { x, weight: w }, { ...attrs })
        : deconv2D(x, w, attrs);
      return bias ? tf.add<tf.Tensor4D>(y, bias) : y;
    });
    return { tops: [top] };
  },

  backward(spec, { bottoms: [bottom], shapes }, dTops, [weight], wants) {
    const dy = dTops[0]!;
    const w = weight as tf.Tensor4D;
    const attrs = attributes(spec, [dy.shape[1], dy.shape[2]]);
    const stock = hasKernel('Deconv2D');
    const params = wants.params
      ? tf.tidy(() => {
          const filterAttrs = { ...attrs, filterShape: w.shape };
          const gradient = stock
            ? tf.engine().runKernel<tf.Tensor>('Deconv2DBackpropFilter', { x: bottom!, dy }, filterAttrs)
            : deconv2DBackpropFilter(bottom!, dy, filterAttrs);
          return spec.biasTerm ? [gradient, tf.sum(dy, [0, 1, 2])] : [gradient];
        })
      : [];
    const inputAttrs = { ...attrs, inputShape: tensorShape(shapes.bottoms[0]!) };
    const dBottom = wants.bottoms[0]
      ? tf.tidy(() =>
          stock
            ? tf
                .engine()
                .runKernel<tf.Tensor4D>(
                  'Deconv2DBackpropInput',
                  { dy, weight: w },
                  inputAttrs as unknown as tf.NamedAttrMap,
                )
            : deconv2DBackpropInput(dy, w, inputAttrs),
        )
      : null;
    return { bottoms: shapes.bottoms.map((_shape, i) => (i === 0 ? dBottom : null)), params };
  },
};
