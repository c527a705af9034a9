// BatchNorm: y = (x - mean) / sqrt(variance + eps) for each channel (Caffe, batch_norm_layer.cpp).
// Blobs: running sums of mean and variance, and the factor to divide both by. With s = the batch's own statistics over m values a channel,
// training makes them f * sum + mean, f * sum + variance * m / (m - 1), f * factor + 1; the solver never moves them.
import * as tf from '@tensorflow/tfjs';
import type { BatchNormSpec } from '../../nets/spec';
import { toBottom } from './gradients';
import type { Forward, LayerOps, Pass } from './layer';
import { sumOfPixels } from './sums';

const perChannel = (x: tf.Tensor) => x.reshape<tf.Tensor4D>([1, 1, 1, x.size]);

const usesStored = ({ useGlobalStats }: BatchNormSpec, { training }: Pass) => useGlobalStats ?? !training;

const meanOf = (x: tf.Tensor4D) => tf.mul<tf.Tensor4D>(perChannel(sumOfPixels(x)), x.shape[3] / x.size);

const deviation = (variance: tf.Tensor, eps: number) => tf.sqrt(tf.add(variance, eps));

/** The stored statistics; a factor of 0 means that there are none yet, and gives zeros. */
function stored([means, variances, factor]: tf.Tensor[]): { mean: tf.Tensor4D; variance: tf.Tensor4D } {
  const scale = tf.divNoNan(tf.scalar(1), factor!);
  return { mean: perChannel(tf.mul(means!, scale)), variance: perChannel(tf.mul(variances!, scale)) };
}

function normalizeByBatch(
  spec: BatchNormSpec,
  x: tf.Tensor4D,
  params: tf.Tensor[],
  training: boolean,
): Forward {
  const mean = meanOf(x);
  const centred = tf.sub<tf.Tensor4D>(x, mean);
  const variance = meanOf(tf.square(centred));
  const std = deviation(variance, spec.eps);
  const tops = [tf.div<tf.Tensor4D>(centred, std)];
  if (!training) return { tops, extra: [std] };
  const count = x.size / x.shape[3];
  const news = [mean, tf.mul(variance, count > 1 ? count / (count - 1) : 1), tf.scalar(1)];
  const moved = params.map((sum, i) =>
    tf.add(tf.mul(sum, spec.movingAverageFraction), news[i]!.reshape(sum.shape)),
  );
  return { tops, extra: [std], params: moved };
}

export const batchNorm: LayerOps<BatchNormSpec> = {
  forward(spec, [bottom], params, pass) {
    const x = bottom!;
    if (usesStored(spec, pass)) {
      const top = tf.tidy(() => {
        const { mean, variance } = stored(params);
        return tf.div<tf.Tensor4D>(tf.sub(x, mean), deviation(variance, spec.eps));
      });
      return { tops: [top] };
    }
    return tf.tidy(() => ({ ...normalizeByBatch(spec, x, params, pass.training) }));
  },

  /** Without an `extra`, the statistics were the stored ones: constants, as far as the bottom is concerned. */
  backward: (spec, { tops: [y], extra: [std] }, [dy], params, wants) =>
    toBottom(wants, () => {
      if (!std) return tf.div(dy!, deviation(stored(params).variance, spec.eps));
      const alongY = tf.mul(y!, meanOf(tf.mul(dy!, y!)));
      return tf.div(tf.sub(tf.sub(dy!, meanOf(dy!)), alongY), std);
    }),
};
