// The softmax loss out of stock kernels, for backends without a kernel of ours (webgl, webgpu).
import * as tf from '@tensorflow/tfjs';
import type { SoftmaxWithLossAttrs } from '../host/softmax-with-loss';

/** scores N x H x W x C gives [loss (scalar), gradient N x H x W x C]. */
export function composedSoftmaxWithLoss(
  scores: tf.Tensor4D,
  { labels, ignoreLabel, normalizer }: SoftmaxWithLossAttrs,
): [tf.Tensor, tf.Tensor4D] {
  return tf.tidy(() => {
    const classes = scores.shape[3];
    const rows = scores.reshape<tf.Tensor2D>([labels.length, classes]);
    // A label outside the classes has a row of zeros, so a void pixel adds nothing to the loss.
    const truth = tf.oneHot(tf.tensor1d(Int32Array.from(labels), 'int32'), classes).toFloat();
    const counts = tf.tensor2d(
      Float32Array.from(labels, (label) => (label === ignoreLabel ? 0 : 1 / normalizer)),
      [labels.length, 1],
    );
    const shifted = rows.sub(rows.max(1, true));
    const exponentials = shifted.exp();
    const sums = exponentials.sum(1, true);
    const losses = sums.log().sub(shifted.mul(truth).sum(1, true)).mul(counts);
    const gradient = exponentials.div(sums).sub(truth).mul(counts);
    return [losses.sum(), gradient.reshape<tf.Tensor4D>(scores.shape)];
  });
}
