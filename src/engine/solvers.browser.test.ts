// Fifty steps of each solver on every backend, against the formulas in float64.
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Parameter } from './parameters';
import { updateParameter } from './solver-update';
import { historyLength, solvers } from '../nets/solvers';
import { attributesOf, type SolverRates } from './solvers';
import { relativeError } from './testing/close';
import { everyBackend } from './testing/every-backend';
import { drawValues } from './testing/run-kernel';
import { stepOf } from './testing/solver-definitions';

const LENGTH = 24;
const STEPS = 50;

describe.each(everyBackend)('on %s', (_name, choose) => {
  beforeAll(choose);

  it.each(solvers)('%s is its formula over 50 steps', async (solver) => {
    const start = drawValues([LENGTH], 'start');
    const multipliers = { lrMult: 2, decayMult: 0.5 };
    const parameter: Parameter = {
      name: 'w',
      hwio: false,
      value: tf.keep(tf.tensor1d(start)),
      history: [],
      ...multipliers,
    };
    let weights = [...start];
    let history = weights.map(() => new Array<number>(historyLength[solver]).fill(0));
    for (let step = 0; step < STEPS; step++) {
      const learningRate = solver === 'AdaDelta' ? 1 : 0.01;
      const rates: SolverRates = { solver, momentum: 0.9, learningRate, weightDecay: 0.01, step };
      const attrs = attributesOf(rates, multipliers);
      const values = drawValues([LENGTH], `gradient ${step}`);
      const gradient = tf.tensor1d(values);
      updateParameter(parameter, gradient, rates);
      gradient.dispose();
      const next = weights.map((weight, i) => stepOf(attrs, weight, values[i]!, history[i]!));
      weights = next.map(([weight]) => weight);
      history = next.map(([, kept]) => kept);
    }
    expect(relativeError(await parameter.value.data<'float32'>(), weights)).toBeLessThan(1e-6);
    for (const [slot, tensor] of parameter.history.entries()) {
      const expected = history.map((kept) => kept[slot]!);
      expect(relativeError(await tensor.data<'float32'>(), expected)).toBeLessThan(1e-6);
    }
    expect(parameter.history).toHaveLength(historyLength[solver]);
    tf.dispose([parameter.value, parameter.history]);
  });

  it('Adam makes up for means that begin at zero', () => {
    const rates: SolverRates = { solver: 'Adam', momentum: 0.9, learningRate: 1, weightDecay: 0, step: 0 };
    const { rate } = attributesOf(rates, { lrMult: 1, decayMult: 1 });
    // adam_solver.cpp: sqrt(1 - 0.999^t) / (1 - 0.9^t), t = 1
    expect(rate).toBeCloseTo(Math.sqrt(0.001) / 0.1, 12);
  });
});
