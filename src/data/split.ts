import { permutation } from '../core/random';
import type { Split } from './types';

/**
 * Which of `length` pairs validate: floor(length * percent / 100) of them, chosen by the seed alone, so that the same
 * sorted pairs always split the same way.
 */
export function splitShare(length: number, percent: number, seed: number): Split[] {
  const splits = new Array<Split>(length).fill('train');
  const validating = Math.floor((length * percent) / 100);
  for (const index of permutation(length, seed, 'split').subarray(0, validating)) splits[index] = 'val';
  return splits;
}
