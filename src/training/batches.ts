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
}

export interface BatchOrder {
  seed: number;
  /** Samples in the training split. */
  length: number;
  batch: number;
  flip: boolean;
}

/** Steps per epoch: every sample once, the last batch being what is left. */
export function stepsPerEpoch({ length, batch }: Pick<BatchOrder, 'length' | 'batch'>): number {
  return Math.ceil(length / batch);
}

/** The samples of a step (counted from 0 over all epochs) and which of them are mirrored. */
export function samplesOfStep(order: BatchOrder, step: number): { indices: number[]; mirrored: boolean[] } {
  const steps = stepsPerEpoch(order);
  const epoch = Math.floor(step / steps);
  const first = (step % steps) * order.batch;
  const shuffled = permutation(order.length, order.seed, 'order', epoch);
  const indices = Array.from(shuffled.subarray(first, first + order.batch));
  const mirrored = indices.map(
    (index) => order.flip && randomUniform(order.seed, 'flip', epoch, index) < 0.5,
  );
  return { indices, mirrored };
}

/** Swaps left and right of rows of `width` pixels with `channels` values each, in place. */
function mirror(values: Float32Array | Uint8Array, width: number, channels: number): void {
  const row = width * channels;
  for (let start = 0; start < values.length; start += row) {
    for (let left = 0, right = width - 1; left < right; left++, right--) {
      for (let c = 0; c < channels; c++) {
        const a = start + left * channels + c;
        const b = start + right * channels + c;
        const value = values[a]!;
        values[a] = values[b]!;
        values[b] = value;
      }
    }
  }
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
    writeBgr(image.rgb, bgr, i * pixels * 3);
    labels.set(map, i * pixels);
    if (mirrored[i]) {
      mirror(bgr.subarray(i * pixels * 3, (i + 1) * pixels * 3), width, 3);
      mirror(labels.subarray(i * pixels, (i + 1) * pixels), width, 1);
    }
  });
  return { bgr, shape: [samples.length, height, width, 3], labels };
}

/** The batch of a training step. */
export async function trainingBatch(read: SampleReader, order: BatchOrder, step: number): Promise<Batch> {
  const { indices, mirrored } = samplesOfStep(order, step);
  return makeBatch(await read('train', indices), mirrored);
}
