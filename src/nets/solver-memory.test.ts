import { expect, test } from 'vitest';
import { withSolver } from './solver-memory';

const memory = {
  weights: 100,
  solver: 90,
  gradients: 40,
  activations: 500,
  training: 1000,
  largest: { name: 'conv1', bytes: 100 },
};

test.each([
  ['one value of each', { keeps: 1, accumulation: 1, clip: null }, 90, 40, 1000],
  ['two values of each', { keeps: 2, accumulation: 1, clip: null }, 180, 40, 1090],
  ['a bound for all gradients together', { keeps: 1, accumulation: 1, clip: 5 }, 90, 90, 1050],
  ['a sum beside each layer’s gradient', { keeps: 1, accumulation: 2, clip: null }, 90, 130, 1090],
])('a solver with %s', (_what, needs, solver, gradients, training) => {
  expect(withSolver(memory, needs)).toMatchObject({ weights: 100, solver, gradients, training });
});
