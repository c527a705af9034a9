import { hash32 } from '../../core/random';
import type { RgbImage } from '../types';

/** The mean of the sum of four bytes, and its standard deviation: four times the variance of one, (256^2 - 1) / 12. */
const mean = 510;
const deviationOfSum = Math.sqrt((4 * (256 * 256 - 1)) / 12);

/**
 * Adds to every value noise of mean 0 and the given standard deviation, alone for each channel; the picture itself for 0. The noise is the sum
 * of a hash's four bytes: its distribution differs from the normal one by less than 0.01, and it needs neither logarithm nor cosine, whose
 * last bits are the engine's.
 */
export function addNoise(image: RgbImage, deviation: number, seed: number): RgbImage {
  if (deviation === 0) return image;
  const { rgb } = image;
  const factor = deviation / deviationOfSum;
  const target = new Uint8ClampedArray(rgb.length);
  for (let i = 0; i < rgb.length; i++) {
    const hash = hash32(seed + i);
    const sum = (hash & 255) + ((hash >>> 8) & 255) + ((hash >>> 16) & 255) + (hash >>> 24);
    target[i] = rgb[i]! + (sum - mean) * factor;
  }
  return { ...image, rgb: new Uint8Array(target.buffer) };
}
