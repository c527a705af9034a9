// The article's claim, shown: a classifier and its convolutional form give the same scores for a window, and one convolutional pass over a
// larger image gives what sliding the window over it gives, in a fraction of the time.
import { AppError } from '../core/errors';
import { permutation, random32 } from '../core/random';
import { onDevice } from '../engine/gpu-devices';
import { dataTensor, Network, type BlobValues } from '../engine/network';
import { settle } from '../engine/read-back';
import { coordMapFromTo } from '../nets/coord-map';
import type { NetSpec } from '../nets/spec';
import { convolutionalizeWeights } from '../nets/surgery/convolutionalize';
import type { WeightSet } from '../nets/weights';
import { borderLayers, type BorderLayer } from './border-layers';

export interface ProofRequest {
  /** The classifier, and what convolutionalize made of it. */
  before: NetSpec;
  after: NetSpec;
  /** The classifier's. */
  weights: WeightSet;
  /** What the classifier takes. */
  window: { width: number; height: number };
  /** What the window is slid over; at least as large. */
  image: { width: number; height: number };
  channels?: number;
  seed?: number;
  /** How long to slide; what is left then is extrapolated. 3 if not given. */
  seconds?: number;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

export interface Difference {
  /** The largest difference of two scores. */
  largest: number;
  /** The length of the difference as a vector, divided by that of the classifier's scores. */
  relative: number;
}

export interface SurgeryProof {
  /** One random window through both networks. */
  window: Difference;
  /** Its scores by both networks. */
  scores: { before: number[]; after: number[] };
  /** The convolutional network's scores for the image: one for each position of the window. */
  grid: { width: number; height: number };
  /** Pixels from one position to the next. */
  stride: { width: number; height: number };
  /** One pass over the whole image. */
  convolutional: { seconds: number };
  /** The window at every position, one after another; `measured` of `windows` were slid, the rest is extrapolated. */
  sliding: { windows: number; measured: number; seconds: number; extrapolated: boolean };
  /** sliding.seconds / convolutional.seconds */
  speedup: number;
  /** The measured windows' scores against those of the pass at the same positions. */
  positions: Difference & { compared: number };
  /** Layers at whose borders a window sees something else alone than within the image; with none, both agree. */
  borders: BorderLayer[];
}

/** @throws AppError 'bad-settings' where the window does not lie in the image, 'aborted', and what a network throws. */
export async function proveSurgery(request: ProofRequest): Promise<SurgeryProof> {
  const { before, after, weights, window, image, seed = 1, channels = 3, signal } = request;
  const checkAborted = async () => {
    // Where the processor does the work, nothing else lets a stop reach this thread.
    await settle();
    if (signal?.aborted) throw new AppError('aborted', 'The comparison was stopped.');
  };
  if (window.width > image.width || window.height > image.height) {
    throw new AppError(
      'bad-settings',
      `A window of ${window.width} x ${window.height} does not fit into an image of ${image.width} x ${image.height}. Choose a larger one.`,
    );
  }
  await checkAborted();
  const pixels = randomImage(image, channels, seed);
  const corner = cut(pixels, image, window, channels, 0, 0);

  const convolutional = await withNetwork(
    after,
    convolutionalizeWeights(weights, before, after),
    async (net) => {
      const scores = await run(net, corner, window, channels);
      await checkAborted();
      const warm = performance.now();
      let whole = await run(net, pixels, image, channels);
      let seconds = (performance.now() - warm) / 1000;
      await checkAborted();
      // The first pass at a size also prepares what the backend needs for it.
      if (seconds < 5) {
        const start = performance.now();
        whole = await run(net, pixels, image, channels);
        seconds = (performance.now() - start) / 1000;
      }
      await checkAborted();
      return { scores, whole, seconds, stride: strideOf(after, net.scoreBlob) };
    },
  );
  const { stride, whole } = convolutional;
  const [, , height = 1, width = 1] = whole.shape;
  const columns = Math.min(width, Math.floor((image.width - window.width) / stride.width) + 1);
  const rows = Math.min(height, Math.floor((image.height - window.height) / stride.height) + 1);
  const windows = columns * rows;

  return withNetwork(before, weights, async (net) => {
    const single = await run(net, corner, window, channels);
    const slid: Float32Array[] = [];
    const passed: Float32Array[] = [];
    const budget = (request.seconds ?? 3) * 1000;
    const start = performance.now();
    let spent = 0;
    // In an order in which any beginning is spread over the whole.
    for (const position of permutation(windows, seed, 'windows')) {
      await checkAborted();
      const [row, column] = [Math.floor(position / columns), position % columns];
      const part = cut(pixels, image, window, channels, row * stride.height, column * stride.width);
      slid.push((await run(net, part, window, channels)).data);
      spent = performance.now() - start;
      passed.push(scoresAt(whole, row * width + column));
      request.onProgress?.(slid.length, windows);
      if (spent > budget) break;
    }
    const measured = slid.length;
    const seconds = ((spent / 1000) * windows) / measured;
    return {
      window: differenceOf([convolutional.scores.data], [single.data]),
      scores: { before: [...single.data], after: [...convolutional.scores.data] },
      grid: { width, height },
      stride,
      convolutional: { seconds: convolutional.seconds },
      sliding: { windows, measured, seconds, extrapolated: measured < windows },
      speedup: seconds / convolutional.seconds,
      positions: { ...differenceOf(passed, slid), compared: measured },
      borders: borderLayers(before, { ...window, channels }),
    };
  });
}

async function withNetwork<Result>(
  spec: NetSpec,
  weights: WeightSet,
  work: (network: Network) => Promise<Result>,
): Promise<Result> {
  const network = new Network(spec, weights);
  try {
    return await onDevice(() => work(network));
  } finally {
    network.dispose();
  }
}

async function run(
  network: Network,
  pixels: Float32Array,
  { width, height }: { width: number; height: number },
  channels: number,
): Promise<BlobValues> {
  const data = dataTensor(pixels, [1, height, width, channels]);
  try {
    return await network.blobValues(network.scoreBlob, data);
  } finally {
    data.dispose();
  }
}

/** Pixels between two scores. */
function strideOf(spec: NetSpec, scores: string): { width: number; height: number } {
  const image = spec.inputs.find(({ role }) => role === 'image')!.name;
  const { scale } = coordMapFromTo(spec, scores, image);
  const [height, width] = [scale[0]!, scale.at(-1)!].map(Math.round) as [number, number];
  return { height, width };
}

function randomImage({ width, height }: { width: number; height: number }, channels: number, seed: number) {
  return Float32Array.from({ length: width * height * channels }, (_, i) => random32(seed, 'image', i) % 256);
}

/** A part of an image, row by row. */
function cut(
  pixels: Float32Array,
  image: { width: number },
  part: { width: number; height: number },
  channels: number,
  top: number,
  left: number,
): Float32Array {
  const out = new Float32Array(part.width * part.height * channels);
  for (let row = 0; row < part.height; row++) {
    const from = ((top + row) * image.width + left) * channels;
    out.set(pixels.subarray(from, from + part.width * channels), row * part.width * channels);
  }
  return out;
}

/** The scores at one position of C x H x W. */
function scoresAt({ shape, data }: BlobValues, at: number): Float32Array {
  const [, classes = 1, height = 1, width = 1] = shape;
  return Float32Array.from({ length: classes }, (_, c) => data[c * height * width + at]!);
}

function differenceOf(found: readonly Float32Array[], expected: readonly Float32Array[]): Difference {
  let [largest, error, length] = [0, 0, 0];
  found.forEach((scores, i) => {
    scores.forEach((score, c) => {
      const other = expected[i]![c]!;
      // NaN must not look like agreement.
      const difference = Number.isFinite(score) ? Math.abs(score - other) : Infinity;
      largest = Math.max(largest, difference);
      error += difference ** 2;
      length += other ** 2;
    });
  });
  return { largest, relative: Math.sqrt(error / length) };
}
