// Batches in an order that depends on the seed and the step alone.
import { AppError } from '../core/errors';
import { permutation, randomUniform } from '../core/random';
import type { LabelMap, RgbImage, Split } from '../data/types';
import { writeBgr } from '../engine/layout';

/** A stored tile, decoded. */
export interface Sample {
  name: string;
  image: RgbImage;
  labels: LabelMap['labels'];
}

/** Reads tiles of a split by index, in the order asked for. */
export type SampleReader = (split: Split, indices: number[]) => Promise<Sample[]>;

/** A batch as the network takes it: N x H x W x 3 in BGR, and one label per pixel. */
export interface Batch {
  bgr: Float32Array;
  shape: [batch: number, height: number, width: number, channels: 3];
  labels: Uint8Array;
  /** Of the tiles, in their order. */
  names: string[];
}

export interface BatchOrder {
  seed: number;
  /** Samples in the training split. */
  length: number;
  batch: number;
  /** Batches of one step. */
  accumulation: number;
  flip: boolean;
}

/** Batches per epoch: every sample once, the last batch being what is left. */
export function batchesPerEpoch({ length, batch }: Pick<BatchOrder, 'length' | 'batch'>): number {
  return Math.ceil(length / batch);
}

/** Steps per epoch, each of `accumulation` batches, the last of those that are left. */
export function stepsPerEpoch(order: Pick<BatchOrder, 'length' | 'batch' | 'accumulation'>): number {
  return Math.ceil(batchesPerEpoch(order) / order.accumulation);
}

/** The batches of a step, both counted from 0 over all epochs: the first, and the one after the last. */
export function batchesOfStep(order: BatchOrder, step: number): [first: number, end: number] {
  const steps = stepsPerEpoch(order);
  const begin = Math.floor(step / steps) * batchesPerEpoch(order);
  const first = (step % steps) * order.accumulation;
  return [begin + first, begin + Math.min(first + order.accumulation, batchesPerEpoch(order))];
}

let lastOrder = { length: 0, seed: 0, epoch: 0, indices: permutation(0, 0, 'order') };

/** All samples in an epoch's order, kept until another is asked for: shuffling 10,000 anew for each step takes milliseconds. */
function epochOrder({ length, seed }: BatchOrder, epoch: number): Uint32Array {
  if (lastOrder.length !== length || lastOrder.seed !== seed || lastOrder.epoch !== epoch) {
    lastOrder = { length, seed, epoch, indices: permutation(length, seed, 'order', epoch) };
  }
  return lastOrder.indices;
}

/** The samples of a batch (counted from 0 over all epochs) and which of them are mirrored. */
export function samplesOfBatch(order: BatchOrder, batch: number): { indices: number[]; mirrored: boolean[] } {
  const batches = batchesPerEpoch(order);
  const epoch = Math.floor(batch / batches);
  const first = (batch % batches) * order.batch;
  const shuffled = epochOrder(order, epoch);
  const indices = Array.from(shuffled.subarray(first, first + order.batch));
  const mirrored = indices.map(
    (index) => order.flip && randomUniform(order.seed, 'flip', epoch, index) < 0.5,
  );
  return { indices, mirrored };
}

/** Reverses each row of `width` values in place. */
function reverseRows(values: Float32Array | Uint8Array, width: number): void {
  for (let start = 0; start < values.length; start += width) values.subarray(start, start + width).reverse();
}

/**
 * Stacks samples to a batch.
 * @throws AppError 'bad-settings' where the samples differ in size.
 */
export function makeBatch(samples: readonly Sample[], mirrored: readonly boolean[] = []): Batch {
  const { width, height } = samples[0]!.image;
  const pixels = width * height;
  const bgr = new Float32Array(samples.length * pixels * 3);
  const labels = new Uint8Array(samples.length * pixels);
  samples.forEach(({ image, labels: map, name }, i) => {
    if (image.width !== width || image.height !== height) {
      throw new AppError(
        'bad-settings',
        `${name} is ${image.width} x ${image.height}, other tiles are ${width} x ${height}: they cannot share a batch. ` +
          'Train with batch 1, or import the images again with one size.',
        { file: name },
      );
    }
    labels.set(map, i * pixels);
    if (mirrored[i]) {
      // RGB read backwards is BGR from right to left.
      bgr.set(image.rgb, i * pixels * 3);
      reverseRows(bgr.subarray(i * pixels * 3, (i + 1) * pixels * 3), width * 3);
      reverseRows(labels.subarray(i * pixels, (i + 1) * pixels), width);
    } else writeBgr(image.rgb, bgr, i * pixels * 3);
  });
  const names = samples.map(({ name }) => name);
  return { bgr, shape: [samples.length, height, width, 3], labels, names };
}

/** A batch of the training split, counted as in samplesOfBatch. */
export async function trainingBatch(read: SampleReader, order: BatchOrder, batch: number): Promise<Batch> {
  const { indices, mirrored } = samplesOfBatch(order, batch);
  return makeBatch(await read('train', indices), mirrored);
}
