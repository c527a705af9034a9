// Accumulation, clipping and multipliers in float64, straight from Caffe's sgd_solver.cpp: what a solver's step sees of several batches.
import { historyLength, type SolverName } from '../../nets/solvers';
import { attributesOf, type SolverRates } from '../solvers';
import { stepOf } from './solver-definitions';

export interface AccumulatedParameter {
  name: string;
  length: number;
  lrMult: number;
  decayMult: number;
}

export const accumulatedParameters: readonly AccumulatedParameter[] = [
  { name: 'conv/0', length: 24, lrMult: 1, decayMult: 1 },
  { name: 'conv/1', length: 3, lrMult: 2, decayMult: 0 },
  { name: 'score/0', length: 8, lrMult: 0.5, decayMult: 3 },
];

export const accumulation = { steps: 50, batches: 3, clip: 10 };

export function accumulatedRates(solver: SolverName, step: number): SolverRates {
  // Steady, so that programs that keep their velocity without the rate do the same.
  return { solver, momentum: 0.9, learningRate: solver === 'AdaDelta' ? 1 : 0.01, weightDecay: 0.01, step };
}

/**
 * The weights after all steps, by parameter.
 * @param draw the start, and the gradient of each step and batch
 */
export function accumulated(
  solver: SolverName,
  start: (parameter: AccumulatedParameter) => ArrayLike<number>,
  gradient: (parameter: AccumulatedParameter, step: number, batch: number) => ArrayLike<number>,
): Map<string, number[]> {
  const { steps, batches, clip } = accumulation;
  const state = accumulatedParameters.map((parameter) => ({
    parameter,
    weights: Array.from(start(parameter)),
    history: Array.from({ length: parameter.length }, () => new Array<number>(historyLength[solver]).fill(0)),
  }));
  for (let step = 0; step < steps; step++) {
    const sums = accumulatedParameters.map((parameter) => {
      const sum = new Array<number>(parameter.length).fill(0);
      for (let batch = 0; batch < batches; batch++) {
        const values = gradient(parameter, step, batch);
        for (let i = 0; i < sum.length; i++) sum[i]! += values[i]!;
      }
      return sum;
    });
    // ClipGradients comes before Normalize.
    const norm = Math.sqrt(sums.flat().reduce((sum, value) => sum + value * value, 0));
    const scale = (norm > clip ? clip / norm : 1) / batches;
    for (const [p, one] of state.entries()) {
      const attrs = attributesOf(accumulatedRates(solver, step), one.parameter);
      one.weights.forEach((weight, i) => {
        const [next, kept] = stepOf(attrs, weight, sums[p]![i]! * scale, one.history[i]!);
        one.weights[i] = next;
        one.history[i] = kept;
      });
    }
  }
  return new Map(state.map(({ parameter, weights }) => [parameter.name, weights]));
}
