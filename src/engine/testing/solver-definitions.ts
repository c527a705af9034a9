// The solvers in float64, straight from Caffe's formulas (the files named), one weight at a time.
import { historyLength, type SolverName } from '../../nets/solvers';
import { attributesOf, type SolverRates, type SolverUpdateAttrs } from '../solvers';
import type { KernelCase } from './check-kernel';
import { drawValues } from './run-kernel';

const delta = 1e-8;

/** The weight and its history after a step; `rate` and `decay` with the blob's multipliers. */
export function stepOf(
  { solver, momentum, rate, decay }: Pick<SolverUpdateAttrs, 'solver' | 'momentum' | 'rate' | 'decay'>,
  weight: number,
  gradient: number,
  [h, k]: readonly number[],
): [weight: number, history: number[]] {
  // sgd_solver.cpp, Regularize
  const g = gradient + decay * weight;
  switch (solver) {
    case 'SGD': {
      const velocity = momentum * h! + rate * g;
      return [weight - velocity, [velocity]];
    }
    case 'Nesterov': {
      // nesterov_solver.cpp: the step is the new velocity and the share of what it gained.
      const velocity = momentum * h! + rate * g;
      return [weight - ((1 + momentum) * velocity - momentum * h!), [velocity]];
    }
    case 'AdaGrad': {
      const sum = h! + g ** 2;
      return [weight - (rate * g) / (Math.sqrt(sum) + delta), [sum]];
    }
    case 'RMSProp': {
      const mean = 0.99 * h! + 0.01 * g ** 2;
      return [weight - (rate * g) / (Math.sqrt(mean) + delta), [mean]];
    }
    case 'AdaDelta': {
      const mean = momentum * h! + (1 - momentum) * g ** 2;
      const step = g * Math.sqrt((k! + delta) / (mean + delta));
      return [weight - rate * step, [mean, momentum * k! + (1 - momentum) * step ** 2]];
    }
    case 'Adam': {
      const mean = momentum * h! + (1 - momentum) * g;
      const squares = 0.999 * k! + 0.001 * g ** 2;
      return [weight - (rate * mean) / (Math.sqrt(squares) + delta), [mean, squares]];
    }
  }
}

/** 'SolverUpdate' of drawn values. */
export function toUpdate(
  solver: SolverName,
  shape: readonly number[],
  change = (values: Float32Array) => values,
): KernelCase {
  const rates: SolverRates = { solver, momentum: 0.9, learningRate: 0.01, weightDecay: 0.0005, step: 3 };
  const attrs = attributesOf(rates, { lrMult: 1, decayMult: 1 });
  const weight = drawValues(shape, 'w');
  const gradient = change(drawValues(shape, 'g'));
  // Squares are not negative; a velocity and a mean gradient may be.
  const signed = solver === 'SGD' || solver === 'Nesterov' || solver === 'Adam';
  const history = Array.from({ length: historyLength[solver] }, (_, i) => {
    const values = drawValues(shape, `h${i}`);
    return signed && i === 0 ? values : values.map(Math.abs);
  });
  const stepped = [...weight].map((value, i) =>
    stepOf(
      attrs,
      value,
      gradient[i]!,
      history.map((values) => values[i]!),
    ),
  );
  const inputs = Object.fromEntries(history.map((data, i) => [`history${i}`, { shape, data }]));
  return {
    inputs: { weight: { shape, data: weight }, gradient: { shape, data: gradient }, ...inputs },
    attrs,
    expected: [
      stepped.map(([value]) => value),
      ...history.map((_, slot) => stepped.map(([, kept]) => kept[slot]!)),
    ],
  };
}
