import { describe, expect, it } from 'vitest';
import { AppError } from '../core/errors';
import { noAugmentation } from '../data/augment/settings';
import {
  batchesOfStep,
  makeBatch,
  samplesOfBatch,
  stepsPerEpoch,
  trainingBatch,
  type Sample,
  type SampleReader,
} from './batches';

const order = { seed: 3, length: 10, batch: 4, accumulation: 1 };

function sample(name: string, width: number, rgb: number[], labels: number[]): Sample {
  return {
    name,
    image: { width, height: labels.length / width, rgb: Uint8Array.from(rgb) },
    labels: Uint8Array.from(labels),
  };
}

describe('samplesOfBatch', () => {
  it('shows every sample once an epoch, in another order each time', () => {
    expect(stepsPerEpoch(order)).toBe(3);
    const epoch = (e: number) => [0, 1, 2].flatMap((i) => samplesOfBatch(order, 3 * e + i).indices);
    expect(epoch(0).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(epoch(1)).not.toEqual(epoch(0));
    expect(samplesOfBatch(order, 2).indices).toHaveLength(2);
  });

  it('is a function of seed and batch', () => {
    expect(samplesOfBatch(order, 7)).toEqual(samplesOfBatch({ ...order }, 7));
    const runs = [1, 2, 3, 4].map((seed) => samplesOfBatch({ ...order, seed }, 0).indices.join());
    expect(new Set(runs).size).toBeGreaterThan(1);
  });

  it('does not depend on what was asked for before', () => {
    const others = [{ ...order, length: 7 }, { ...order, seed: 4 }, order];
    const alone = others.map((other) => samplesOfBatch(other, 4));
    expect(others.toReversed().map((other) => samplesOfBatch(other, 4))).toEqual(alone.toReversed());
    expect(alone[2]).not.toEqual(alone[0]);
    const forth = [0, 1, 2, 3, 4, 5].map((step) => samplesOfBatch(order, step));
    const back = [5, 4, 3, 2, 1, 0].map((step) => samplesOfBatch(order, step));
    expect(back.toReversed()).toEqual(forth);
  });

  it('tells the epoch of a batch', () => {
    expect([0, 2, 3, 8, 9].map((batch) => samplesOfBatch(order, batch).epoch)).toEqual([0, 0, 1, 2, 3]);
  });
});

describe('batchesOfStep', () => {
  const ofSteps = (accumulation: number, count: number) =>
    Array.from({ length: count }, (_, step) => batchesOfStep({ ...order, accumulation }, step));

  it('is one batch each without accumulation', () => {
    expect(ofSteps(1, 4)).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
    ]);
  });

  it('gives the last step of an epoch what is left of it', () => {
    expect(stepsPerEpoch({ ...order, accumulation: 2 })).toBe(2);
    expect(ofSteps(2, 4)).toEqual([
      [0, 2],
      [2, 3],
      [3, 5],
      [5, 6],
    ]);
    expect(ofSteps(8, 2)).toEqual([
      [0, 3],
      [3, 6],
    ]);
  });
});

describe('makeBatch', () => {
  const a = sample('a', 2, [1, 2, 3, 4, 5, 6], [7, 8]);

  it('gives BGR rows and labels', () => {
    const b = sample('b', 2, [7, 8, 9, 10, 11, 12], [0, 1]);
    const batch = makeBatch([a, b]);
    expect(batch.shape).toEqual([2, 1, 2, 3]);
    expect([...batch.bgr]).toEqual([3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10]);
    expect([...batch.labels]).toEqual([7, 8, 0, 1]);
    expect(batch.names).toEqual(['a', 'b']);
  });

  it('names the tile that has another size', () => {
    const b = sample('b', 1, [1, 2, 3], [0]);
    expect(() => makeBatch([a, b])).toThrow(AppError);
    expect(() => makeBatch([a, b])).toThrow(/^b is 1 x 1, other tiles are 2 x 1/);
  });
});

describe('trainingBatch', () => {
  const tile = sample('tile', 2, [1, 2, 3, 4, 5, 6], [7, 8]);
  const read: SampleReader = (_split, indices) => Promise.resolve(indices.map(() => tile));
  const outside = [0, 0, 0] as const;

  it('mirrors about half of the tiles, image and labels together, others each epoch', async () => {
    const changes = { augmentation: { ...noAugmentation, flip: true }, outside };
    const batches = Array.from({ length: 60 }, (_, batch) => trainingBatch(read, order, changes, batch));
    const seen = (await Promise.all(batches)).flatMap(({ bgr, labels, names }) =>
      names.map((_, i) => [...bgr.subarray(6 * i, 6 * i + 6), ...labels.subarray(2 * i, 2 * i + 2)].join()),
    );
    expect(new Set(seen)).toEqual(new Set(['3,2,1,6,5,4,7,8', '6,5,4,3,2,1,8,7']));
    const share = seen.filter((one) => one.endsWith('8,7')).length / seen.length;
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.6);
    expect(seen.slice(0, 10)).not.toEqual(seen.slice(10, 20));
  });

  it('without augmentation takes the tiles as they are', async () => {
    const plain = await trainingBatch(read, order, { augmentation: noAugmentation, outside }, 0);
    expect(plain).toEqual(makeBatch([tile, tile, tile, tile]));
  });
});
