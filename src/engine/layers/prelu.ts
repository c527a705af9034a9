// PReLU: y = max(x, 0) + a * min(x, 0) with a learned slope a, one per channel or one for all (Caffe, prelu_layer.cpp).
import * as tf from '@tensorflow/tfjs';
import type { PreluSpec } from '../../nets/spec';
import { toBottom } from './gradients';
import type { LayerOps } from './layer';
import { sumTo } from './sums';

const perChannel = (slope: tf.Tensor) => slope.reshape<tf.Tensor4D>([1, 1, 1, slope.size]);

export const prelu: LayerOps<PreluSpec> = {
  forward: (_spec, [x], [slope]) => ({
    tops: [tf.tidy(() => tf.prelu(x!, perChannel(slope!)))],
  }),

  backward(_spec, { bottoms: [x] }, [dy], [slope], wants) {
    const { bottoms } = toBottom(wants, () => {
      const a = perChannel(slope!);
      const rise = tf.mul(tf.sub(1, a), tf.step(x!));
      return tf.mul(dy!, tf.add(a, rise));
    });
    const params = wants.params
      ? tf.tidy(() => {
          const left = tf.mul<tf.Tensor4D>(dy!, tf.minimum(x!, 0));
          return [sumTo(left, [1, 1, 1, slope!.size]).reshape(slope!.shape)];
        })
      : [];
    return { bottoms, params };
  },
};
