// Noise that repeats without a seam.
import { hash32 } from '../../../core/random';

/** A number in [0, 1) for a point of a grid that repeats every `period` points. */
function lattice(x: number, y: number, period: number, seed: number): number {
  const wrap = (value: number) => ((value % period) + period) % period;
  return hash32(hash32(seed + wrap(x)) + wrap(y) * 7919) / 4294967296;
}

const ease = (t: number) => t * t * (3 - 2 * t);

/** Smooth noise from 0 to 1 at u, v in tiles, with `period` bumps a tile. */
export function smooth(u: number, v: number, period: number, seed: number): number {
  const [x, y] = [u * period, v * period];
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const [tx, ty] = [ease(x - x0), ease(y - y0)];
  const mix = (a: number, b: number, t: number) => a + (b - a) * t;
  const low = mix(lattice(x0, y0, period, seed), lattice(x0 + 1, y0, period, seed), tx);
  const high = mix(lattice(x0, y0 + 1, period, seed), lattice(x0 + 1, y0 + 1, period, seed), tx);
  return mix(low, high, ty);
}

/** Several sizes of smooth noise over one another, 0 to 1. */
export function cloudy(u: number, v: number, period: number, octaves: number, seed: number): number {
  let [sum, weight, total] = [0, 1, 0];
  for (let i = 0; i < octaves; i++) {
    sum += weight * smooth(u, v, period * 2 ** i, seed + i * 101);
    total += weight;
    weight /= 2;
  }
  return sum / total;
}

/** Noise with no smoothness at all, for grain: one number per texel. */
export const grain = (x: number, y: number, seed: number): number =>
  hash32(hash32(seed + x) + y * 104729) / 4294967296;
