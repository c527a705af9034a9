// The loss of a pixel's scores s against its label y, p = softmax(s); what 'SoftmaxWithLoss' and 'UpsampledLoss' compute on every backend.
//
//   loss = scale * sum over i of l[i] + dice * sum over c of n[c] (1 - 2 I[c] / (P[c] + T[c]))
//   l    = w[y] (1 - p[y])^gamma (-log p[y])
//
// The first sum is the cross-entropy (Caffe, softmax_loss_layer.cpp), with gamma the focal loss (Lin et al. 2017). The second is the soft Dice loss
// (Milletari et al. 2016, Sudre et al. 2017) over all pixels of the batch at once: P[c] is the sum of p[c], I[c] the same over the pixels of class
// c, T[c] their number, and n[c] is w[c] divided by the sum of w over the classes that have a pixel, 0 for the others. Ignored pixels are in no sum.
//
//   dl/ds[c] = f (p[c] - [c = y]),  f = w[y] (1 - p[y])^gamma (1 + gamma p[y] r),  r = -log(p[y]) / (1 - p[y])
//   dD/ds[c] = p[c] (B[c] - m) + [c = y] p[y] A[y],  m = p[y] A[y] + sum over k of p[k] B[k]
//   A[c] = -2 n[c] / (P[c] + T[c]),  B[c] = 2 n[c] I[c] / (P[c] + T[c])^2
//
// 1 - p[y] is summed from the other classes, and r comes from its series where that is below NEAR_CERTAIN: both are differences of nearly equal
// numbers for a pixel that is as good as certain.

/** What is said of the loss to a kernel, besides its tensors. */
export interface PixelLossAttrs {
  /** One class position a pixel; `ignoreLabel` where the pixel does not count. */
  labels: Uint8Array;
  ignoreLabel: number | null;
  /** What the sum of the pixels' losses is multiplied by; 0 for Dice alone. */
  scale: number;
  /** The exponent of the focal loss; 0 for the cross-entropy. */
  gamma: number;
  /** What the Dice loss is multiplied by; 0 for none. */
  dice: number;
  /** By class; null for 1 each. */
  classWeights: readonly number[] | null;
}

export const NEAR_CERTAIN = 0.01;

/** By class, what the Dice loss knows before it sees a score: T, or 1 for a class without a pixel (whose n is 0), and n. */
export function diceClasses(
  { labels, ignoreLabel, classWeights }: PixelLossAttrs,
  classes: number,
): { truth: number[]; share: number[] } {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) if (label !== ignoreLabel) counts[label]!++;
  const weights = counts.map((count, c) => (count ? (classWeights?.[c] ?? 1) : 0));
  const sum = weights.reduce((a, b) => a + b, 0) || 1;
  return { truth: counts.map((count) => count || 1), share: weights.map((weight) => weight / sum) };
}
