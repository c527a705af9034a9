// The layers that bend each value by itself and learn nothing: ReLU, ELU, Sigmoid, TanH.
import * as tf from '@tensorflow/tfjs';
import type { EluSpec, ReluSpec, SigmoidSpec, TanhSpec } from '../../nets/spec';
import { runsOurs } from '../kernels/runs-ours';
import { toBottom } from './gradients';
import type { LayerOps } from './layer';

/** y = max(x, 0) + slope * min(x, 0) (relu_layer.cpp); a negative slope would turn the sign of y, so backward then reads x. */
export const relu: LayerOps<ReluSpec> = {
  forward: ({ negativeSlope }, [x]) => ({
    tops: [negativeSlope ? tf.leakyRelu(x!, negativeSlope) : tf.relu(x!)],
  }),
  backward: ({ negativeSlope }, { bottoms: [x], tops: [y] }, [dy], _params, wants) =>
    toBottom(wants, () => {
      const from = (negativeSlope < 0 ? x : y)!;
      return runsOurs('ReluGrad')
        ? tf.engine().runKernel('ReluGrad', { x: from, dy: dy! }, { slope: negativeSlope })
        : tf.mul(dy!, tf.step(from, negativeSlope));
    }),
};

/** y = max(x, 0) + alpha * (exp(min(x, 0)) - 1) (elu_layer.cpp); its slope left of 0 is alpha + y. */
export const elu: LayerOps<EluSpec> = {
  forward: ({ alpha }, [x]) => ({
    tops: [
      tf.tidy(() => {
        const left = tf.mul(tf.expm1(tf.minimum(x!, 0)), alpha);
        return tf.add<tf.Tensor4D>(tf.relu(x!), left);
      }),
    ],
  }),
  backward: ({ alpha }, { bottoms: [x], tops: [y] }, [dy], _params, wants) =>
    toBottom(wants, () => {
      const right = tf.step((alpha < 0 ? x : y)!);
      const left = tf.mul(tf.sub(1, right), tf.add(y!, alpha));
      return tf.mul(dy!, tf.add(right, left));
    }),
};

/** y = 1 / (1 + exp(-x)) (sigmoid_layer.cpp) */
export const sigmoid: LayerOps<SigmoidSpec> = {
  forward: (_spec, [x]) => ({ tops: [tf.sigmoid(x!)] }),
  backward: (_spec, { tops: [y] }, [dy], _params, wants) =>
    toBottom(wants, () => tf.mul(dy!, tf.mul(y!, tf.sub(1, y!)))),
};

/** y = tanh x (tanh_layer.cpp) */
export const tanh: LayerOps<TanhSpec> = {
  forward: (_spec, [x]) => ({ tops: [tf.tanh(x!)] }),
  backward: (_spec, { tops: [y] }, [dy], _params, wants) =>
    toBottom(wants, () => tf.mul(dy!, tf.sub(1, tf.square(y!)))),
};
