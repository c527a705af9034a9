// Local response normalization across channels: y = x / (k + alpha / n * sum of x^2 over n channels)^beta (Caffe, lrn_layer.cpp).
import * as tf from '@tensorflow/tfjs';
import type { LrnSpec } from '../../nets/spec';
import type { LayerOps } from './layer';

/** TensorFlow.js does not divide alpha by the number of channels, Caffe does. */
function attributes({ localSize, alpha, beta, k }: LrnSpec) {
  return { depthRadius: (localSize - 1) / 2, bias: k, alpha: alpha / localSize, beta };
}

export const lrn: LayerOps<LrnSpec> = {
  keeps: () => ({ bottom: true, top: true }),
  forward: (spec, [bottom]) => ({
    top: tf.engine().runKernel<tf.Tensor4D>('LRN', { x: bottom! }, attributes(spec)),
  }),
  backward: (spec, { bottom, top }, dTop, _params, wants) => ({
    bottom: wants.bottom
      ? tf.engine().runKernel<tf.Tensor4D>('LRNGrad', { x: bottom!, y: top!, dy: dTop! }, attributes(spec))
      : null,
    params: [],
  }),
};
