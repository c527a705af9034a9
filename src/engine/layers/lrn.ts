// Local response normalization across channels: y = x / (k + alpha / n * sum of x^2 over n channels)^beta (Caffe, lrn_layer.cpp).
import * as tf from '@tensorflow/tfjs';
import type { LrnSpec } from '../../nets/spec';
import { toBottom } from './gradients';
import type { LayerOps } from './layer';

/** TensorFlow.js does not divide alpha by the number of channels, Caffe does. */
function attributes({ localSize, alpha, beta, k }: LrnSpec) {
  return { depthRadius: (localSize - 1) / 2, bias: k, alpha: alpha / localSize, beta };
}

export const lrn: LayerOps<LrnSpec> = {
  keeps: () => ({ bottoms: true, tops: true }),
  forward: (spec, [x]) => ({
    tops: [tf.engine().runKernel<tf.Tensor4D>('LRN', { x: x! }, attributes(spec))],
  }),
  backward: (spec, { bottoms: [x], tops: [y] }, [dy], _params, wants) =>
    toBottom(wants, () => tf.engine().runKernel('LRNGrad', { x: x!, y: y!, dy: dy! }, attributes(spec))),
};
