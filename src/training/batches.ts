// Batches in an order that depends on the seed and the step alone.
import { AppError } from '../core/errors';
import { permutation } from '../core/random';
import { augment } from '../data/augment/augment';
import { drawAugmentation } from '../data/augment/draw';
import type { Augmentation } from '../data/augment/settings';
import type { LabelMap, Rgb, RgbImage, Split } from '../data/types';
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
}

/** How the samples of a batch are changed. */
export interface SampleChanges {
  augmentation: Augmentation;
  /** The colour of what a changed picture does not cover: the dataset's mean. */
  outside: Rgb;
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

/** The samples of a batch (counted from 0 over all epochs), and the epoch, from 0, to which it belongs. */
export function samplesOfBatch(order: BatchOrder, batch: number): { epoch: number; indices: number[] } {
  const batches = batchesPerEpoch(order);
  const epoch = Math.floor(batch / batches);
  const first = (batch % batches) * order.batch;
  const shuffled = epochOrder(order, epoch);
  return { epoch, indices: Array.from(shuffled.subarray(first, first + order.batch)) };
}

/**
 * Stacks samples to a batch.
 * @throws AppError 'bad-settings' where the samples differ in size.
 */
export function makeBatch(samples: readonly Sample[]): Batch {
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
    writeBgr(image.rgb, bgr, i * pixels * 3);
  });
  const names = samples.map(({ name }) => name);
  return { bgr, shape: [samples.length, height, width, 3], labels, names };
}

/** A batch of the training split, counted as in samplesOfBatch, with its samples changed as the epoch's draws say. */
export async function trainingBatch(
  read: SampleReader,
  order: BatchOrder,
  { augmentation, outside }: SampleChanges,
  batch: number,
): Promise<Batch> {
  const { epoch, indices } = samplesOfBatch(order, batch);
  const samples = await read('train', indices);
  return makeBatch(
    samples.map(({ name, ...tile }, i) => ({
      name,
      ...augment(tile, drawAugmentation(augmentation, order.seed, epoch, indices[i]!), outside),
    })),
  );
}
