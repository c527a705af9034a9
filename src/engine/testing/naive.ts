// The layers by their definitions, in float64 and Caffe's order: slow, short, and independent of every backend.
import { canonicalAxis, topShapes } from '../../nets/shapes';
import type {
  AccuracySpec,
  BatchNormSpec,
  BiasSpec,
  InnerProductSpec,
  LayerSpec,
  ScaleSpec,
  SoftmaxWithLossSpec,
} from '../../nets/spec';
import { indices, makeBlob, mapBlob, sizeOf, valueAt, type Blob, type Index } from './blob';
import { convolve, deconvolve, normalize, pool } from './naive-windows';

export type { Blob };

const replaced = (index: Index, axis: number, value: number) =>
  index.map((at, i) => (i === axis ? value : at));

function innerProduct(spec: InnerProductSpec, x: Blob, [weight, bias]: Blob[], top: Index): Blob {
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

function normalizeBatch(
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

function scaleOrBias(spec: ScaleSpec | BiasSpec, [x, second]: Blob[], params: Blob[]): Blob {
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
function softmax(x: Blob, axis: number): Blob {
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

function loss(spec: SoftmaxWithLossSpec, x: Blob, labels: Uint8Array): number {
  const places = labelled(spec, x, labels);
  const sum = places.reduce(
    (total, { scores, label }) =>
      total + Math.log(scores.reduce((all, score) => all + Math.exp(score), 0)) - scores[label]!,
    0,
  );
  const batch = sizeOf(x.shape.slice(0, canonicalAxis(spec.axis, x.shape.length)));
  const divisor = { VALID: places.length, FULL: labels.length, BATCH_SIZE: batch, NONE: 1 };
  return (spec.lossWeight * sum) / Math.max(1, divisor[spec.normalization]);
}

function accuracy(spec: AccuracySpec, x: Blob, labels: Uint8Array): number {
  const places = labelled(spec, x, labels);
  const hits = places.filter(
    ({ scores, label }) => scores.filter((score) => score >= scores[label]!).length <= spec.topK,
  );
  return places.length ? hits.length / places.length : 0;
}

const scalar = (value: number): Blob => ({ shape: [], data: Float64Array.of(value) });

export interface Naive {
  tops: Blob[];
  /** What BatchNorm's blobs become. */
  params?: Blob[];
}

export interface NaiveOptions {
  /** True where nothing is said. */
  training?: boolean;
  labels?: Uint8Array;
}

/** A layer's tops in training, or outside it. `params` are in Caffe's order and layout; labels are no bottom. */
export function naiveTops(
  spec: LayerSpec,
  bottoms: Blob[],
  params: Blob[],
  { training = true, labels = new Uint8Array() }: NaiveOptions = {},
): Naive {
  const x = bottoms[0]!;
  const shapes = topShapes(
    spec,
    bottoms.map(({ shape }) => shape),
  );
  const top = shapes[0]!;
  const each = (value: (v: number) => number): Naive => ({ tops: [mapBlob(x, value)] });
  const one = (blob: Blob): Naive => ({ tops: [blob] });
  switch (spec.type) {
    case 'Convolution':
      return one(convolve(spec, x, params, top));
    case 'Deconvolution':
      return one(deconvolve(spec, x, params, top));
    case 'InnerProduct':
      return one(innerProduct(spec, x, params, top));
    case 'Pooling':
      return one(pool(spec, x, top));
    case 'LRN':
      return one(normalize(spec, x));
    case 'ReLU':
      return each((v) => (v > 0 ? v : v * spec.negativeSlope));
    case 'PReLU':
      return one(
        makeBlob(x.shape, (index) => {
          const v = valueAt(x, index);
          return v > 0 ? v : v * params[0]!.data[spec.channelShared ? 0 : index[1]!]!;
        }),
      );
    case 'ELU':
      return each((v) => (v > 0 ? v : spec.alpha * (Math.exp(v) - 1)));
    case 'Sigmoid':
      return each((v) => 1 / (1 + Math.exp(-v)));
    case 'TanH':
      return each(Math.tanh);
    case 'Power':
      return each((v) => (spec.shift + spec.scale * v) ** spec.power);
    case 'BatchNorm':
      return normalizeBatch(spec, x, params, training);
    case 'Scale':
    case 'Bias':
      return one(scaleOrBias(spec, bottoms, params));
    case 'Eltwise':
      return one(
        mapBlob(x, (_, i) => {
          const values = bottoms.map(({ data }, k) => data[i]! * (spec.coefficients[k] ?? 1));
          if (spec.operation === 'MAX') return Math.max(...values);
          return values.reduce((a, b) => (spec.operation === 'PROD' ? a * b : a + b));
        }),
      );
    case 'Concat': {
      const axis = canonicalAxis(spec.axis, top.length);
      return one(
        makeBlob(top, (index) => {
          let at = index[axis]!;
          const from = bottoms.find(({ shape }) => at < shape[axis]! || ((at -= shape[axis]!), false))!;
          return valueAt(from, replaced(index, axis, at));
        }),
      );
    }
    case 'Slice': {
      const axis = canonicalAxis(spec.axis, x.shape.length);
      let begin = 0;
      const tops = shapes.map((shape) => {
        const first = begin;
        begin += shape[axis]!;
        return makeBlob(shape, (index) => valueAt(x, replaced(index, axis, first + index[axis]!)));
      });
      return { tops };
    }
    case 'Split':
      return { tops: shapes.map(() => x) };
    case 'Crop': {
      const first = canonicalAxis(spec.axis, x.shape.length);
      const from = (axis: number) =>
        axis < first ? 0 : (spec.offset[spec.offset.length > 1 ? axis - first : 0] ?? 0);
      return one(
        makeBlob(top, (index) =>
          valueAt(
            x,
            index.map((at, axis) => at + from(axis)),
          ),
        ),
      );
    }
    case 'Flatten':
    case 'Reshape':
      return one({ shape: top, data: x.data });
    case 'Silence':
      return { tops: [] };
    case 'Softmax':
      return one(softmax(x, canonicalAxis(spec.axis, x.shape.length)));
    case 'SoftmaxWithLoss':
      return one(scalar(loss(spec, x, labels)));
    case 'Accuracy':
      return one(scalar(accuracy(spec, x, labels)));
    case 'Dropout':
      throw new Error('Dropout is random');
  }
}

/** The single top of a layer with one bottom; a Crop's second one comes as its parameter. */
export function naiveForward(spec: LayerSpec, x: Blob, params: Blob[]): Blob {
  return spec.type === 'Crop'
    ? naiveTops(spec, [x, ...params], []).tops[0]!
    : naiveTops(spec, [x], params).tops[0]!;
}

/** Mean cross-entropy over the pixels whose label is not 255, N x C x H x W scores. */
export function naiveLoss(x: Blob, labels: Uint8Array): number {
  const spec = { axis: 1, ignoreLabel: 255, normalization: 'VALID', lossWeight: 1 };
  return loss(spec as SoftmaxWithLossSpec, x, labels);
}
