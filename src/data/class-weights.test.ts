import { describe, expect, it } from 'vitest';
import { countClasses, weightsOf, weightsProblem } from './class-weights';

const tile = (width: number, height: number, ...classes: number[]) => ({
  width,
  height,
  pixels: { classes, void: width * height - classes.reduce((a, b) => a + b, 0) },
});
// Of the fourth class there is no pixel, and the second tile is as old as the first three classes.
const counts = countClasses([tile(10, 10, 60, 20, 0, 0), tile(10, 5, 25, 0, 5)], 4);

describe('countClasses', () => {
  it('adds up pixels, and those of the tiles that contain the class', () => {
    expect(counts).toEqual({ pixels: [85, 20, 5, 0], around: [150, 100, 50, 0] });
  });
});

describe('weightsOf', () => {
  it('divides the median frequency by each', () => {
    // 85/150, 20/100 and 5/50: the median is 1/5.
    const weights = weightsOf('median-frequency', counts)!;
    [0.2 / (85 / 150), 1, 2, 0].forEach((weight, c) => expect(weights[c]).toBeCloseTo(weight, 12));
  });

  it('takes the mean of two in the middle', () => {
    const [first, second] = weightsOf('median-frequency', { pixels: [1, 3, 0], around: [10, 10, 0] })!;
    expect(first).toBeCloseTo(2, 12);
    expect(second).toBeCloseTo(2 / 3, 12);
  });

  it('divides by the share, with a mean of 1 over the pixels', () => {
    const weights = weightsOf('inverse-frequency', counts)!;
    [110 / (3 * 85), 110 / (3 * 20), 110 / (3 * 5), 0].forEach((weight, c) =>
      expect(weights[c]).toBeCloseTo(weight, 12),
    );
    expect(weights.reduce((sum, weight, c) => sum + weight * counts.pixels[c]!, 0) / 110).toBeCloseTo(1, 12);
  });

  it('has none where every class counts alike', () => {
    expect(weightsOf('none', counts)).toBeNull();
    expect(weightsOf('by-hand', counts)).toBeNull();
  });
});

describe('weightsProblem', () => {
  it.each([
    [[1, 0.5, 0, 2], null],
    [[0, 0, 1e-6, 0], null],
    [[1, 2], /each of the 4 classes, not 2/],
    [null, /not 0/],
    [[1, 1, null, 1], /at least 0/],
    [[1, 1, -1, 1], /at least 0/],
    [[1, 1, NaN, 1], /at least 0/],
    [[1, 1, Infinity, 1], /at least 0/],
    [[0, 0, 0, 1], /training pixels/],
  ])('says what is wrong with %j', (weights, problem) => {
    const said = weightsProblem(weights, counts.pixels);
    if (problem === null) expect(said).toBeNull();
    else expect(said).toMatch(problem);
  });
});
