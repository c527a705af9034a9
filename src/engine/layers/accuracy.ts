// Accuracy: the share of places whose label is among the `top_k` best scores (Caffe, accuracy_layer.cpp). A score that equals the label's
// own counts as better than it. There is no gradient.
import * as tf from '@tensorflow/tfjs';
import type { AccuracySpec } from '../../nets/spec';
import { withAxisLast } from './axes';
import type { LayerOps } from './layer';

export const accuracy: LayerOps<AccuracySpec> = {
  forward(spec, [scores], _params, { labels: batch }, { bottoms }) {
    if (!batch) throw new Error(`layer ${spec.name} needs labels`);
    const { labels } = batch;
    const { there } = withAxisLast(spec.axis, bottoms[0]!);
    const top = tf.tidy(() => {
      const x = there(scores!);
      const classes = x.shape[3];
      if (labels.length * classes !== x.size)
        throw new Error(`${labels.length} labels for ${x.size / classes} places with scores`);
      const rows = x.reshape<tf.Tensor2D>([labels.length, classes]);
      const counts = (label: number) => label !== spec.ignoreLabel;
      const total = labels.reduce((sum, label) => sum + (counts(label) ? 1 : 0), 0);
      const weights = Float32Array.from(labels, (label) => (counts(label) && label < classes ? 1 : 0));
      const truth = tf.oneHot(tf.tensor1d(Int32Array.from(labels), 'int32'), classes);
      const own = tf.sum(tf.mul(rows, tf.cast(truth, 'float32')), 1, true);
      const worse = tf.sum(tf.step(tf.sub(own, rows)), 1);
      // All but the worse ones count as better, the label's own among them.
      const hits = tf.step(tf.add(worse, spec.topK - classes + 0.5));
      const share = tf.div(tf.sum(tf.mul(hits, weights)), Math.max(1, total));
      return share.reshape<tf.Tensor4D>([1, 1, 1, 1]);
    });
    return { tops: [top] };
  },

  backward: (_spec, _kept, _dTops, _params, { bottoms }) => ({
    bottoms: bottoms.map(() => null),
    params: [],
  }),
};
