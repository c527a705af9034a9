// Segmentation scores from one confusion matrix (Long, Shelhamer and Darrell 2015, section 5; fcn score.py).
import { VOID } from './types';

/** Scores from one confusion matrix over all pixels that are not void (Long et al. 2015, section 5). */
export interface Scores {
  pixelAccuracy: number;
  meanAccuracy: number;
  meanIoU: number;
  frequencyWeightedIoU: number;
  /** Null where the class is in neither the truth nor the prediction. */
  perClassIoU: (number | null)[];
  perClassAccuracy: (number | null)[];
  /** Row: truth, column: prediction. */
  confusion: number[][];
}

/** Counts of pixels by truth (row) and prediction (column), over any number of label maps. */
export class Confusion {
  readonly classes: number;
  readonly counts: Float64Array;

  constructor(classes: number) {
    this.classes = classes;
    this.counts = new Float64Array(classes * classes);
  }

  /** Adds label maps of equal length; pixels whose truth is VOID do not count. */
  add(truth: Uint8Array, prediction: ArrayLike<number>): void {
    if (truth.length !== prediction.length) {
      throw new Error(`${prediction.length} predictions for ${truth.length} pixels`);
    }
    const { classes, counts } = this;
    for (let i = 0; i < truth.length; i++) {
      const row = truth[i]!;
      if (row !== VOID) counts[row * classes + prediction[i]!]!++;
    }
  }

  /** Accuracies and IoUs; a mean leaves out the classes that appear on neither side (nanmean). */
  scores(): Scores {
    const { classes, counts } = this;
    const range = Array.from({ length: classes }, (_, i) => i);
    const confusion = range.map((row) => Array.from(counts.subarray(row * classes, (row + 1) * classes)));
    const truth = confusion.map((row) => row.reduce((a, b) => a + b, 0));
    const predicted = range.map((column) => confusion.reduce((sum, row) => sum + row[column]!, 0));
    const hits = range.map((i) => confusion[i]![i]!);
    const total = truth.reduce((a, b) => a + b, 0);
    const ratio = (part: number, whole: number) => (whole > 0 ? part / whole : null);
    const mean = (values: (number | null)[]) => {
      const present = values.filter((value) => value !== null);
      return present.length ? present.reduce((a, b) => a + b, 0) / present.length : 0;
    };
    const perClassAccuracy = range.map((i) => ratio(hits[i]!, truth[i]!));
    const perClassIoU = range.map((i) => ratio(hits[i]!, truth[i]! + predicted[i]! - hits[i]!));
    return {
      pixelAccuracy:
        ratio(
          hits.reduce((a, b) => a + b, 0),
          total,
        ) ?? 0,
      meanAccuracy: mean(perClassAccuracy),
      meanIoU: mean(perClassIoU),
      frequencyWeightedIoU: range.reduce(
        (sum, i) => sum + (truth[i]! / (total || 1)) * (perClassIoU[i] ?? 0),
        0,
      ),
      perClassIoU,
      perClassAccuracy,
      confusion,
    };
  }
}

/** Share of the largest count: what predicting one class everywhere would score. */
export function majorityShare(pixels: readonly number[]): number {
  const total = pixels.reduce((a, b) => a + b, 0);
  return total ? Math.max(...pixels) / total : 0;
}
