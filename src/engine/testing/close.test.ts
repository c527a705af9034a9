import { describe, expect, it } from 'vitest';
import { relativeError } from './close';

describe('relativeError', () => {
  it('is the ratio of the norms', () => {
    expect(relativeError([3, 4.5], [3, 4])).toBeCloseTo(0.1, 12);
    expect(relativeError([1, 2], [1, 2])).toBe(0);
    expect(relativeError([0, 0], [0, 0])).toBe(0);
  });

  it.each([
    ['NaN on one side', [NaN, 1], [0, 1]],
    ['NaN on both sides', [NaN, 1], [NaN, 1]],
    ['an infinity', [Infinity, 1], [Infinity, 1]],
    ['a missing element', [1], [1, 2]],
    ['nothing at all', [], []],
    ['something where zero is due', [1e-30], [0]],
  ])('never passes %s', (_what, actual, expected) => {
    expect(relativeError(actual, expected)).toBe(Infinity);
  });
});
