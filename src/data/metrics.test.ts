import { describe, expect, it } from 'vitest';
import { VOID } from './types';
import { Confusion, majorityShare } from './metrics';

describe('Confusion', () => {
  it('scores a matrix worked out by hand', () => {
    const confusion = new Confusion(3);
    confusion.add(Uint8Array.of(0, 0, 0, 1, 1, VOID), [0, 0, 1, 1, 1, 2]);
    const scores = confusion.scores();
    expect(scores.confusion).toEqual([
      [2, 1, 0],
      [0, 2, 0],
      [0, 0, 0],
    ]);
    expect(scores.pixelAccuracy).toBeCloseTo(4 / 5, 12);
    expect(scores.meanAccuracy).toBeCloseTo((2 / 3 + 1) / 2, 12);
    expect(scores.perClassIoU).toEqual([2 / 3, 2 / 3, null]);
    expect(scores.meanIoU).toBeCloseTo(2 / 3, 12);
    expect(scores.frequencyWeightedIoU).toBeCloseTo(2 / 3, 12);
  });

  it('counts a class that is only predicted as an IoU of zero', () => {
    const confusion = new Confusion(2);
    confusion.add(Uint8Array.of(0, 0), [0, 1]);
    expect(confusion.scores().perClassIoU).toEqual([0.5, 0]);
    expect(confusion.scores().perClassAccuracy).toEqual([0.5, null]);
  });

  it('adds up over images and survives having seen nothing', () => {
    expect(new Confusion(2).scores()).toMatchObject({
      pixelAccuracy: 0,
      meanIoU: 0,
      perClassIoU: [null, null],
    });
    const confusion = new Confusion(2);
    confusion.add(Uint8Array.of(0), [0]);
    confusion.add(Uint8Array.of(1), [0]);
    expect(confusion.scores().pixelAccuracy).toBe(0.5);
  });

  it('refuses maps of different length', () => {
    expect(() => new Confusion(2).add(Uint8Array.of(0), [0, 1])).toThrow('2 predictions for 1 pixels');
  });
});

it('majorityShare is what one class alone would score', () => {
  expect(majorityShare([10, 30, 60])).toBe(0.6);
  expect(majorityShare([])).toBe(0);
});
