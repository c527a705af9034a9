// The layers that work on each value by itself: ReLU, Dropout, Power.
import * as tf from '@tensorflow/tfjs';
import { random32 } from '../../core/random';
import type { DropoutSpec, PowerSpec, ReluSpec } from '../../nets/spec';
import { toBottom } from './gradients';
import type { LayerOps } from './layer';

/** y = max(x, 0) + slope * min(x, 0) (relu_layer.cpp); the sign of y is that of x, so backward reads y. */
export const relu: LayerOps<ReluSpec> = {
  keeps: () => ({ bottoms: false, tops: true }),
  forward: ({ negativeSlope }, [x]) => ({
    tops: [negativeSlope ? tf.leakyRelu(x!, negativeSlope) : tf.relu(x!)],
  }),
  backward: ({ negativeSlope }, { tops: [y] }, [dy], _params, wants) =>
    toBottom(wants, () => tf.mul(dy!, tf.step(y!, negativeSlope))),
};

/** y = shift + scale * x (power_layer.cpp, power 1). */
export const power: LayerOps<PowerSpec> = {
  keeps: () => ({ bottoms: false, tops: false }),
  forward: ({ scale, shift }, [x]) => ({
    tops: [
      tf.tidy(() => {
        const scaled = scale === 1 ? x! : tf.mul<tf.Tensor4D>(x!, scale);
        return tf.add<tf.Tensor4D>(scaled, shift);
      }),
    ],
  }),
  backward: ({ scale }, _kept, [dy], _params, wants) => toBottom(wants, () => tf.mul(dy!, scale)),
};

/**
 * Keeps each value with probability 1 - ratio and divides it by that while training (dropout_layer.cpp); does nothing otherwise.
 * The mask is a function of seed, layer, step and index alone, so a continued run drops what an undisturbed one would have.
 */
export const dropout: LayerOps<DropoutSpec> = {
  keeps: () => ({ bottoms: false, tops: false }),
  forward({ name, ratio }, [x], _params, { training, seed, step }) {
    if (!training || ratio === 0) return { tops: [x!.clone()] };
    const start = random32(seed, name, step);
    const threshold = ratio * 4294967296;
    const kept = 1 / (1 - ratio);
    const mask = new Float32Array(x!.size);
    for (let i = 0; i < mask.length; i++) mask[i] = hashed(start, i) >= threshold ? kept : 0;
    const tensor = tf.tensor4d(mask, x!.shape);
    return { tops: [tf.mul<tf.Tensor4D>(x!, tensor)], extra: [tensor] };
  },
  backward: (_spec, { extra: [mask] }, [dy], _params, wants) =>
    toBottom(wants, () => (mask ? tf.mul(dy!, mask) : dy!.clone())),
};

/** random32 without its string and rest arguments: this loop runs once per activation and step. */
function hashed(start: number, index: number): number {
  let x = (start + Math.imul(index, 0x9e3779b1)) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}
