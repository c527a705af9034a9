import { describe, expect, it } from 'vitest';
import { AppError } from '../core/errors';
import { batchesOfStep, makeBatch, samplesOfBatch, stepsPerEpoch, type Sample } from './batches';

const order = { seed: 3, length: 10, batch: 4, accumulation: 1, flip: true };

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

  it('mirrors about half of the samples, and none when told not to', () => {
    const all = Array.from({ length: 300 }, (_, step) => samplesOfBatch(order, step).mirrored).flat();
    const share = all.filter(Boolean).length / all.length;
    expect(share).toBeGreaterThan(0.45);
    expect(share).toBeLessThan(0.55);
    expect(samplesOfBatch({ ...order, flip: false }, 0).mirrored).not.toContain(true);
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

  it('gives BGR rows and labels, mirrored together', () => {
    const batch = makeBatch([a, a], [false, true]);
    expect(batch.shape).toEqual([2, 1, 2, 3]);
    expect([...batch.bgr]).toEqual([3, 2, 1, 6, 5, 4, 6, 5, 4, 3, 2, 1]);
    expect([...batch.labels]).toEqual([7, 8, 8, 7]);
    expect(batch.names).toEqual(['a', 'a']);
  });

  it('mirrors each row by itself', () => {
    const rows = sample('rows', 2, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [0, 1, 2, 3]);
    const batch = makeBatch([rows], [true]);
    expect(batch.shape).toEqual([1, 2, 2, 3]);
    expect([...batch.bgr]).toEqual([6, 5, 4, 3, 2, 1, 12, 11, 10, 9, 8, 7]);
    expect([...batch.labels]).toEqual([1, 0, 3, 2]);
  });

  it('names the tile that has another size', () => {
    const b = sample('b', 1, [1, 2, 3], [0]);
    expect(() => makeBatch([a, b])).toThrow(AppError);
    expect(() => makeBatch([a, b])).toThrow(/^b is 1 x 1, other tiles are 2 x 1/);
  });
});
