// Dropout: each value stays with probability 1 - ratio and is divided by that while training (Caffe, dropout_layer.cpp); nothing otherwise.
// The mask is a function of seed, layer, step and index alone, so a continued run drops what an undisturbed one would have.
import * as tf from '@tensorflow/tfjs';
import { random32 } from '../../core/random';
import type { DropoutSpec } from '../../nets/spec';
import { toBottom } from './gradients';
import type { LayerOps } from './layer';

export const dropout: LayerOps<DropoutSpec> = {
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
