// Softmax over the classes of each pixel, and the softmax loss.
import * as tf from '@tensorflow/tfjs';
import type { SoftmaxSpec, SoftmaxWithLossSpec } from '../../nets/spec';
import { composedSoftmaxWithLoss } from '../kernels/composed/softmax-with-loss';
import type { SoftmaxWithLossAttrs } from '../kernels/host/softmax-with-loss';
import { toBottom } from './gradients';
import type { LayerOps } from './layer';

export const softmax: LayerOps<SoftmaxSpec> = {
  keeps: () => ({ bottoms: false, tops: true }),
  forward: (_spec, [x]) => ({ tops: [tf.softmax(x!, 3)] }),
  backward: (_spec, { tops: [y] }, [dy], _params, wants) =>
    toBottom(wants, () => {
      const dot = tf.sum(tf.mul(dy!, y!), 3, true);
      return tf.mul(y!, tf.sub(dy!, dot));
    }),
};

/** What the summed loss is divided by (Caffe, loss_layer.cpp and softmax_loss_layer.cpp); never less than 1. */
export function lossNormalizer(
  { normalization, ignoreLabel }: SoftmaxWithLossSpec,
  labels: Uint8Array,
  batch: number,
): number {
  if (normalization === 'NONE') return 1;
  if (normalization === 'BATCH_SIZE') return Math.max(1, batch);
  if (normalization === 'FULL' || ignoreLabel === null) return Math.max(1, labels.length);
  let valid = 0;
  for (const label of labels) if (label !== ignoreLabel) valid++;
  return Math.max(1, valid);
}

/** The gradient is computed with the loss: both need the same exponentials. */
export const softmaxWithLoss: LayerOps<SoftmaxWithLossSpec> = {
  keeps: () => ({ bottoms: false, tops: false }),

  forward(spec, [scores], _params, { labels: batch }) {
    if (!batch) throw new Error(`layer ${spec.name} needs labels`);
    const { labels } = batch;
    const x = scores!;
    const pixels = x.size / x.shape[3];
    if (labels.length !== pixels) throw new Error(`${labels.length} labels for ${pixels} pixels of scores`);
    const attrs: SoftmaxWithLossAttrs = {
      labels,
      ignoreLabel: spec.ignoreLabel,
      normalizer: lossNormalizer(spec, labels, x.shape[0]) / spec.lossWeight,
    };
    const [loss, gradient] = tf.getKernel('SoftmaxWithLoss', tf.getBackend())
      ? tf.engine().runKernel<[tf.Tensor, tf.Tensor]>('SoftmaxWithLoss', { scores: x }, {
          ...attrs,
        } as unknown as tf.NamedAttrMap)
      : composedSoftmaxWithLoss(x, attrs);
    const top = loss.as4D(1, 1, 1, 1);
    loss.dispose();
    return { tops: [top], extra: [gradient] };
  },

  backward: (_spec, { extra: [gradient] }, _dTops, _params, wants) =>
    toBottom(wants, () => gradient!.clone() as tf.Tensor4D),
};
