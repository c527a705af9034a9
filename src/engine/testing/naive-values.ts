// The layers that work with means, factors, scores and labels, by their definitions.
import { canonicalAxis } from '../../nets/shapes';
import type {
  AccuracySpec,
  BatchNormSpec,
  BiasSpec,
  InnerProductSpec,
  ScaleSpec,
  SoftmaxWithLossSpec,
} from '../../nets/spec';
import { naiveLoss } from './naive-loss';
import { indices, makeBlob, mapBlob, sizeOf, valueAt, type Blob, type Index } from './blob';

export interface Naive {
  tops: Blob[];
  /** What BatchNorm's blobs become. */
  params?: Blob[];
}

/** An index or a shape with another value on one axis. */
export const replaced = (index: Index, axis: number, value: number) =>
  index.map((at, i) => (i === axis ? value : at));

export function innerProduct(spec: InnerProductSpec, x: Blob, [weight, bias]: Blob[], top: Index): Blob {
  const inputs = sizeOf(x.shape.slice(canonicalAxis(spec.axis, x.shape.length)));
  const data = new Float64Array(sizeOf(top));
  data.forEach((_, at) => {
    const [row, o] = [Math.floor(at / spec.numOutput), at % spec.numOutput];
    data[at] = bias?.data[o] ?? 0;
    for (let i = 0; i < inputs; i++)
      data[at] += x.data[row * inputs + i]! * valueAt(weight!, spec.transpose ? [i, o] : [o, i]);
  });
  return { shape: top, data };
}

/** Mean and variance of each channel. */
function moments(x: Blob): { count: number; mean: number[]; variance: number[] } {
  const channels = x.shape[1] ?? 1;
  const values: number[][] = Array.from({ length: channels }, () => []);
  for (const index of indices(x.shape)) values[index[1] ?? 0]!.push(valueAt(x, index));
  const average = (list: number[]) => list.reduce((a, b) => a + b, 0) / list.length;
  const mean = values.map(average);
  const variance = values.map((list, c) => average(list.map((value) => (value - mean[c]!) ** 2)));
  return { count: values[0]!.length, mean, variance };
}

export function normalizeBatch(
  { useGlobalStats, movingAverageFraction: f, eps }: BatchNormSpec,
  x: Blob,
  params: Blob[],
  training: boolean,
): Naive {
  const ownStatistics = !(useGlobalStats ?? !training);
  const factor = params[2]!.data[0]!;
  const stored = (blob: Blob) => [...blob.data].map((sum) => (factor === 0 ? 0 : sum / factor));
  const { count, mean, variance } = ownStatistics
    ? moments(x)
    : { count: 0, mean: stored(params[0]!), variance: stored(params[1]!) };
  const top = makeBlob(
    x.shape,
    (index) => (valueAt(x, index) - mean[index[1] ?? 0]!) / Math.sqrt(variance[index[1] ?? 0]! + eps),
  );
  if (!ownStatistics) return { tops: [top] };
  const unbiased = count > 1 ? count / (count - 1) : 1;
  const moved = [
    mapBlob(params[0]!, (sum, c) => f * sum + mean[c]!),
    mapBlob(params[1]!, (sum, c) => f * sum + variance[c]! * unbiased),
    mapBlob(params[2]!, (sum) => f * sum + 1),
  ];
  return { tops: [top], params: moved };
}

export function scaleOrBias(spec: ScaleSpec | BiasSpec, [x, second]: Blob[], params: Blob[]): Blob {
  const covered = (factor: Blob, index: Index) => {
    const axis = canonicalAxis(spec.axis, x!.shape.length);
    return valueAt(factor, index.slice(axis, axis + factor.shape.length));
  };
  const first = second ?? params[0]!;
  return makeBlob(x!.shape, (index) => {
    const value = valueAt(x!, index);
    if (spec.type === 'Bias') return value + covered(first, index);
    return value * covered(first, index) + (spec.biasTerm ? covered(params.at(-1)!, index) : 0);
  });
}

/** Along one axis: the exponentials of each line, divided by their sum. */
export function softmax(x: Blob, axis: number): Blob {
  const line = (index: Index) =>
    Array.from({ length: x.shape[axis]! }, (_, i) => valueAt(x, replaced(index, axis, i)));
  return makeBlob(
    x.shape,
    (index) => 1 / line(index).reduce((sum, other) => sum + Math.exp(other - valueAt(x, index)), 0),
  );
}

/** The scores of each place that counts, with its label. */
function labelled(
  spec: SoftmaxWithLossSpec | AccuracySpec,
  x: Blob,
  labels: Uint8Array,
): { scores: number[]; label: number }[] {
  const axis = canonicalAxis(spec.axis, x.shape.length);
  const places = [...indices(replaced(x.shape, axis, 1))];
  return places
    .map((index, i) => ({
      scores: Array.from({ length: x.shape[axis]! }, (_, c) => valueAt(x, replaced(index, axis, c))),
      label: labels[i]!,
    }))
    .filter(({ label }) => label !== spec.ignoreLabel);
}

export function loss(spec: SoftmaxWithLossSpec, x: Blob, labels: Uint8Array): number {
  const places = labelled(spec, x, labels);
  const { crossEntropy, gamma, dice, classWeights } = spec.objective;
  const counted = places.reduce((sum, { label }) => sum + (classWeights?.[label] ?? 1), 0);
  const batch = sizeOf(x.shape.slice(0, canonicalAxis(spec.axis, x.shape.length)));
  const divisor = { VALID: counted || 1, FULL: labels.length, BATCH_SIZE: batch, NONE: 1 };
  const scale = spec.lossWeight / divisor[spec.normalization];
  return naiveLoss(places, {
    scale: crossEntropy ? scale : 0,
    gamma,
    dice: dice ? scale * counted : 0,
    classWeights,
  }).loss;
}

export function accuracy(spec: AccuracySpec, x: Blob, labels: Uint8Array): number {
  const places = labelled(spec, x, labels);
  const hits = places.filter(
    ({ scores, label }) => scores.filter((score) => score >= scores[label]!).length <= spec.topK,
  );
  return places.length ? hits.length / places.length : 0;
}
