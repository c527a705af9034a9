// How training pictures are changed at random, image and label together: the ranges that are drawn from.
import type { Size } from '../types';

export interface Augmentation {
  /** Mirrors left to right with probability 1/2. */
  flip: boolean;
  /** The size that is cut out at a random place; null for the tile's own. Every picture of a run comes to it. */
  crop: Size | null;
  /** Factors of the tile's size. What grows is cut at a random place, what shrinks is put at one, with void around. */
  scale: readonly [least: number, most: number];
  /** The most degrees of a turn, to either side. */
  rotation: number;
  /** The most by which the factor of every value differs from 1. */
  brightness: number;
  /** The same, of the distance from the tile's mean grey. */
  contrast: number;
  /** The same, of the distance from each pixel's grey. */
  saturation: number;
  /** The most degrees of a turn of the colour circle, to either side. */
  hue: number;
  /** The largest standard deviation of the noise, in grey values. */
  noise: number;
  /** The largest standard deviation of the Gaussian blur, in pixels. */
  blur: number;
}

/** Pictures as they are. */
export const noAugmentation: Augmentation = {
  flip: false,
  crop: null,
  scale: [1, 1],
  rotation: 0,
  brightness: 0,
  contrast: 0,
  saturation: 0,
  hue: 0,
  noise: 0,
  blur: 0,
};

/** The operations with one number, from 0 (off) to the most that it may be. */
export const augmentationLimits = {
  rotation: 180,
  brightness: 1,
  contrast: 1,
  saturation: 1,
  hue: 180,
  noise: 128,
  blur: 8,
} as const;

export type AugmentationNumber = keyof typeof augmentationLimits;

export const scaleLimits = [0.25, 4] as const;
export const cropLimits = [16, 4096] as const;

/** A sentence for each operation that cannot be used; what is no number is NaN. */
export function augmentationProblems(
  augmentation: Augmentation,
): Partial<Record<keyof Augmentation, string>> {
  const problems: Partial<Record<keyof Augmentation, string>> = {};
  for (const [key, most] of Object.entries(augmentationLimits) as [AugmentationNumber, number][]) {
    const value = augmentation[key];
    if (!(value >= 0 && value <= most)) problems[key] = `Give a number from 0 (off) to ${most}.`;
  }
  const [least, most] = augmentation.scale;
  const [smallest, largest] = scaleLimits;
  if (!(least >= smallest && most <= largest && least <= most)) {
    problems.scale = `Give two factors from ${smallest} to ${largest}, the smaller first; 1 and 1 for none.`;
  }
  const { crop } = augmentation;
  const fits = (side: number) => Number.isInteger(side) && side >= cropLimits[0] && side <= cropLimits[1];
  if (crop && !(fits(crop.width) && fits(crop.height))) {
    problems.crop = `Give whole numbers from ${cropLimits[0]} to ${cropLimits[1]} for both sides.`;
  }
  return problems;
}
