// Softmax along an axis, and the softmax loss (Caffe, softmax_layer.cpp, softmax_loss_layer.cpp).
import * as tf from '@tensorflow/tfjs';
import { canonicalAxis, product } from '../../nets/shapes';
import type { SoftmaxSpec, SoftmaxWithLossSpec } from '../../nets/spec';
import { composedSoftmaxWithLoss } from '../kernels/composed/softmax-with-loss';
import { tensorAxis, withAxisLast } from './axes';
import { toBottom } from './gradients';
import type { LayerOps } from './layer';
import { pixelLossAttrs } from './pixel-loss';

export const softmax: LayerOps<SoftmaxSpec> = {
  forward({ axis }, [x], _params, _pass, { bottoms }) {
    const { there, back } = withAxisLast(axis, bottoms[0]!);
    return { tops: [tf.tidy(() => back(tf.softmax(there(x!), 3)))] };
  },
  backward: ({ axis }, { tops: [y], shapes }, [dy], _params, wants) =>
    toBottom(wants, () => {
      const dot = tf.sum(tf.mul(dy!, y!), tensorAxis(axis, shapes.bottoms[0]!), true);
      return tf.mul(y!, tf.sub(dy!, dot));
    }),
};

/** The top is the loss times loss_weight. The gradient is computed with it: both need the same exponentials. */
export const softmaxWithLoss: LayerOps<SoftmaxWithLossSpec> = {
  forward(spec, [scores], _params, { labels: batch }, { bottoms }) {
    if (!batch) throw new Error(`layer ${spec.name} needs labels`);
    const { labels } = batch;
    const blob = bottoms[0]!;
    const axis = canonicalAxis(spec.axis, blob.length);
    const places = scores!.size / blob[axis]!;
    if (labels.length !== places) throw new Error(`${labels.length} labels for ${places} places with scores`);
    const attrs = pixelLossAttrs(spec, labels, { batch: product(blob.slice(0, axis)), classes: blob[axis]! });
    const { there, back } = withAxisLast(axis, blob);
    const [top, gradient] = tf.tidy(() => {
      const x = there(scores!);
      const [loss, dx] = tf.getKernel('SoftmaxWithLoss', tf.getBackend())
        ? tf.engine().runKernel<[tf.Tensor, tf.Tensor4D]>('SoftmaxWithLoss', { scores: x }, {
            ...attrs,
          } as unknown as tf.NamedAttrMap)
        : composedSoftmaxWithLoss(x, attrs);
      return [loss.reshape<tf.Tensor4D>([1, 1, 1, 1]), back(dx)];
    });
    return { tops: [top], extra: [gradient] };
  },

  backward: (_spec, { extra: [gradient] }, _dTops, _params, wants) =>
    toBottom(wants, () => gradient!.clone() as tf.Tensor4D),
};
