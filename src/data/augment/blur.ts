import { decay } from '../../core/series';
import type { RgbImage } from '../types';

/** Weights have 16 bits after the point and add up to 1, so that sums with a byte stay below 2^24 and equal values stay equal. */
const shift = 16;
const one = 2 ** shift;

/** A normal distribution at 0 and at each whole number up to three deviations, as whole weights of which the first counts once. */
function kernel(deviation: number): Int32Array {
  const radius = Math.max(1, Math.ceil(3 * deviation));
  const raw = Array.from({ length: radius + 1 }, (_, i) => decay((i * i) / (2 * deviation * deviation)));
  const sum = raw.reduce((all, value, i) => all + (i ? 2 : 1) * value, 0);
  const weights = Int32Array.from(raw, (value) => Math.round((value / sum) * one));
  weights[0] = one - 2 * weights.subarray(1).reduce((all, value) => all + value, 0);
  return weights;
}

/** Gaussian blur of that standard deviation in pixels, rows first; the outermost pixels go on beyond the border. The picture itself for 0. */
export function blur(image: RgbImage, deviation: number): RgbImage {
  // Less reaches no neighbour: the weight of the next pixel is under half a unit.
  if (deviation < 0.2) return image;
  const { width, height, rgb } = image;
  const weights = kernel(deviation);
  return { width, height, rgb: blurColumns(blurRows(rgb, width, height, weights), width, height, weights) };
}

function blurRows(rgb: Uint8Array, width: number, height: number, weights: Int32Array): Uint8Array {
  const radius = weights.length - 1;
  const target = new Uint8Array(rgb.length);
  const padded = new Uint8Array((width + 2 * radius) * 3);
  for (let y = 0; y < height; y++) {
    const row = y * width * 3;
    padded.set(rgb.subarray(row, row + width * 3), radius * 3);
    for (let i = 0; i < radius * 3; i++) {
      padded[i] = rgb[row + (i % 3)]!;
      padded[(radius + width) * 3 + i] = rgb[row + (width - 1) * 3 + (i % 3)]!;
    }
    for (let i = 0; i < width * 3; i++) {
      const centre = i + radius * 3;
      let sum = Math.imul(padded[centre]!, weights[0]!) + one / 2;
      for (let k = 1; k <= radius; k++) {
        sum += Math.imul(padded[centre - 3 * k]! + padded[centre + 3 * k]!, weights[k]!);
      }
      target[row + i] = sum >> shift;
    }
  }
  return target;
}

/** A whole row at a time, so that memory is read in its order. */
function blurColumns(rgb: Uint8Array, width: number, height: number, weights: Int32Array): Uint8Array {
  const length = width * 3;
  const target = new Uint8Array(rgb.length);
  const sums = new Int32Array(length);
  for (let y = 0; y < height; y++) {
    const row = y * length;
    for (let i = 0; i < length; i++) sums[i] = Math.imul(rgb[row + i]!, weights[0]!) + one / 2;
    for (let k = 1; k < weights.length; k++) {
      const above = Math.max(0, y - k) * length;
      const below = Math.min(height - 1, y + k) * length;
      const weight = weights[k]!;
      for (let i = 0; i < length; i++)
        sums[i] = sums[i]! + Math.imul(rgb[above + i]! + rgb[below + i]!, weight);
    }
    for (let i = 0; i < length; i++) target[row + i] = sums[i]! >> shift;
  }
  return target;
}
