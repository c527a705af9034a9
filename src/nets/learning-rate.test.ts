import { describe, expect, it } from 'vitest';
import {
  baseRateAt,
  learningRateAt,
  policyDefaults,
  policyNames,
  policyProblem,
  type PolicyName,
} from './learning-rate';

const schedule = (policy: PolicyName, learningRate = 0.01) => ({
  learningRate,
  policy,
  policyParameters: policyDefaults[policy],
});

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
    expect(learningRateAt(schedule(policy), step, 1000)).toBeCloseTo(rate, 12);
  });

  /** GetLearningRate of sgd_solver.cpp, iteration by iteration, with the solver file that DIGITS would write for 50 iterations. */
  function caffe(policy: PolicyName): number[] {
    const base = 0.3;
    let current = 0;
    return Array.from({ length: 50 }, (_, iteration) => {
      switch (policy) {
        case 'fixed':
          return base;
        case 'step':
          return base * 0.1 ** Math.trunc(iteration / 17);
        case 'multistep':
          if (current < 2 && iteration >= [25, 43][current]!) current++;
          return base * 0.5 ** current;
        case 'exp':
          return base * Math.exp(Math.log(0.95) * 2 * iteration);
        case 'inv':
          return base / Math.sqrt(1 + 0.2 * iteration);
        case 'poly':
          return (base * (50 - iteration) ** 3) / 50 ** 3;
        case 'sigmoid':
          // DIGITS writes the gamma with a minus, so that the rate falls.
          return base * (1 / (1 + Math.exp(-(-0.2) * (iteration - 25))));
      }
    });
  }

  it.each(policyNames)('%s is Caffe’s over 50 steps', (policy) => {
    const expected = caffe(policy);
    for (const [step, rate] of expected.entries()) {
      expect(Math.abs(learningRateAt(schedule(policy, 0.3), step, 50) / rate - 1)).toBeLessThan(1e-12);
    }
  });

  it('rises in equal parts to the policy’s rate', () => {
    const rates = [0, 1, 2, 3, 4, 5].map((step) => learningRateAt(schedule('fixed', 1), step, 100, 4));
    expect(rates).toEqual([0.25, 0.5, 0.75, 1, 1, 1]);
    expect(learningRateAt(schedule('poly', 1), 1, 100, 4)).toBeCloseTo(0.5 * 0.99 ** 3, 12);
    expect(learningRateAt(schedule('fixed', 1), 0, 100, 0.5)).toBe(1);
  });
});

describe('a change of the base rate', () => {
  const changes = [
    { step: 10, learningRate: 0.5 },
    { step: 50, learningRate: 2 },
  ];

  it('holds from its step on, and the policy goes on from it', () => {
    const poly = { ...schedule('poly', 1), changes };
    const factor = (step: number) =>
      learningRateAt(poly, step, 100) / learningRateAt(schedule('poly', 1), step, 100);
    expect([9, 10, 49, 50, 99].map(factor)).toEqual([1, 0.5, 0.5, 2, 2]);
    expect(baseRateAt(poly, 9)).toBe(1);
  });

  it('is scaled by the warm-up like any other', () => {
    expect(learningRateAt({ ...schedule('fixed', 1), changes }, 11, 100, 24)).toBeCloseTo(0.25, 12);
  });
});

describe('policyProblem', () => {
  it.each(policyNames)('finds nothing wrong with the defaults of %s', (policy) => {
    expect(policyProblem(policy, policyDefaults[policy])).toBeNull();
  });

  it.each([
    ['step', { at: [33, 66] }, /one percentage/],
    ['multistep', { at: [] }, /rising/],
    ['multistep', { at: [85, 50] }, /rising/],
    ['sigmoid', { at: [101] }, /percentage/],
    ['exp', { gamma: 0 }, /gamma/],
    ['poly', { power: NaN }, /power/],
  ] as const)('refuses %s with %o', (policy, change, words) => {
    expect(policyProblem(policy, { ...policyDefaults[policy], ...change })).toMatch(words);
  });

  it('does not ask for what a policy has no use for', () => {
    expect(policyProblem('fixed', { gamma: NaN, power: NaN, at: [200] })).toBeNull();
  });
});
