// How much a pixel of each class counts in the loss, from how frequent the class is among the training pictures.
import type { TileFacts } from './types';

export const weightModes = ['none', 'median-frequency', 'inverse-frequency', 'by-hand'] as const;
export type WeightMode = (typeof weightModes)[number];

/** `weights` has one number for each class, null with the mode 'none', and until they are computed with those that are. */
export interface ClassWeights {
  mode: WeightMode;
  weights: readonly number[] | null;
}

/** By class: its pixels, and all pixels of the tiles that contain it, void among them. */
export interface ClassCounts {
  pixels: number[];
  around: number[];
}

export function countClasses(
  tiles: readonly Pick<TileFacts, 'width' | 'height' | 'pixels'>[],
  classes: number,
): ClassCounts {
  const pixels = new Array<number>(classes).fill(0);
  const around = new Array<number>(classes).fill(0);
  for (const { width, height, pixels: counts } of tiles) {
    for (let c = 0; c < classes; c++) {
      // Tiles that were stored before the class was added have no count for it.
      const count = counts.classes[c] ?? 0;
      pixels[c]! += count;
      if (count) around[c]! += width * height;
    }
  }
  return { pixels, around };
}

/**
 * The weights of a mode; null where every class counts alike or the weights are a person's own. A class without a pixel has 0: nothing of it is
 * learned, and where it occurs in validation it stays out of the loss.
 *
 * - 'median-frequency' (Eigen & Fergus 2015, SegNet): the median of all frequencies divided by the class's own, which is its pixels divided by all
 *   pixels of the pictures that contain it.
 * - 'inverse-frequency': all labelled pixels divided by the class's and by the number of classes, so that their mean over the pixels is 1.
 */
export function weightsOf(mode: WeightMode, { pixels, around }: ClassCounts): number[] | null {
  if (mode === 'none' || mode === 'by-hand') return null;
  const present = pixels.filter((count) => count > 0);
  if (mode === 'inverse-frequency') {
    const all = present.reduce((sum, count) => sum + count, 0);
    return pixels.map((count) => (count ? all / (present.length * count) : 0));
  }
  const frequencies = pixels.map((count, c) => (count ? count / around[c]! : 0));
  const middle = median(frequencies.filter((frequency) => frequency > 0));
  return frequencies.map((frequency) => (frequency ? middle / frequency : 0));
}

/** The mean of the two in the middle where there is no one. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2;
}

/**
 * What is wrong with weights, as a sentence; null where they can be used.
 * @param pixels training pixels of each class.
 */
export function weightsProblem(
  weights: readonly (number | null)[] | null,
  pixels: readonly number[],
): string | null {
  if (weights?.length !== pixels.length) {
    return `Give one weight for each of the ${pixels.length} classes, not ${weights?.length ?? 0}.`;
  }
  if (!weights.every((weight) => weight !== null && weight >= 0 && weight < Infinity)) {
    return 'Give each class a weight of at least 0.';
  }
  if (!weights.some((weight, c) => weight! > 0 && pixels[c]! > 0)) {
    return 'Give a class that has training pixels a weight above 0.';
  }
  return null;
}
