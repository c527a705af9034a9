import { describe, expect, it } from 'vitest';
import { learningRateAt } from './policy';

describe('learningRateAt', () => {
  // Worked out by hand for a run of 1,000 steps that begins with 0.01.
  it.each([
    ['fixed', 999, 0.01],
    ['step', 329, 0.01],
    ['step', 330, 0.001],
    ['step', 990, 0.00001],
    ['multistep', 499, 0.01],
    ['multistep', 500, 0.005],
    ['multistep', 850, 0.0025],
    ['exp', 10, 0.01 * 0.95],
    ['inv', 300, 0.01 / Math.sqrt(1 + 3)],
    ['poly', 500, 0.01 / 8],
    ['sigmoid', 500, 0.005],
  ] as const)('%s at step %i is %f', (policy, step, rate) => {
    expect(learningRateAt(policy, 0.01, step, 1000)).toBeCloseTo(rate, 12);
  });
});
