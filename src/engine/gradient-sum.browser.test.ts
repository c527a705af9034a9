// Fifty steps of three batches each, clipped, with multipliers, on every backend against Caffe's formulas in float64.
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { solvers } from '../nets/solvers';
import { GradientSum } from './gradient-sum';
import type { Parameter } from './parameters';
import { updateParameter } from './solver-update';
import {
  accumulated,
  accumulatedParameters,
  accumulatedRates,
  accumulation,
  type AccumulatedParameter,
} from './testing/accumulated';
import { relativeError } from './testing/close';
import { everyBackend } from './testing/every-backend';
import { drawValues } from './testing/run-kernel';

const start = ({ name, length }: AccumulatedParameter) => drawValues([length], `start ${name}`);
/** Every third step is small enough for the bound. */
const drawn = ({ name, length }: AccumulatedParameter, step: number, batch: number) =>
  drawValues([length], `${name} ${step} ${batch}`).map((value) =>
    step % 3 ? value : Math.fround(value / 8),
  );

describe.each(everyBackend)('on %s', (_name, choose) => {
  beforeAll(choose);

  it.each(solvers)('%s moves as Caffe does', async (solver) => {
    const before = tf.memory().numTensors;
    const parameters = accumulatedParameters.map((one): Parameter => ({
      name: one.name,
      hwio: false,
      value: tf.keep(tf.tensor1d(start(one))),
      history: [],
      lrMult: one.lrMult,
      decayMult: one.decayMult,
    }));
    const sum = new GradientSum();
    for (let step = 0; step < accumulation.steps; step++) {
      for (let batch = 0; batch < accumulation.batches; batch++) {
        for (const one of accumulatedParameters) sum.add(one.name, tf.tensor1d(drawn(one, step, batch)));
        sum.batchAdded();
      }
      expect(sum.batches).toBe(accumulation.batches);
      const taken: string[] = [];
      sum.take(accumulation.clip, (name, gradient) => {
        taken.push(name);
        updateParameter(
          parameters.find((parameter) => parameter.name === name)!,
          gradient,
          accumulatedRates(solver, step),
        );
        gradient.dispose();
      });
      expect(taken).toHaveLength(parameters.length);
    }
    const expected = accumulated(solver, start, drawn);
    for (const { name, value, history } of parameters) {
      expect(relativeError(await value.data<'float32'>(), expected.get(name)!), name).toBeLessThan(1e-6);
      tf.dispose([value, history]);
    }
    sum.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('leaves a single gradient without a bound as it is, and zeros as zeros', async () => {
    const sum = new GradientSum();
    const given = tf.tensor1d([1, -2]);
    sum.add('w', given);
    sum.batchAdded();
    sum.take(null, (_, gradient) => {
      expect(gradient).toBe(given);
      gradient.dispose();
    });
    sum.add('w', tf.zeros([2]));
    sum.batchAdded();
    const zeros: tf.Tensor[] = [];
    sum.take(5, (_, gradient) => zeros.push(gradient));
    expect([...(await zeros[0]!.data())]).toEqual([0, 0]);
    tf.dispose(zeros);
    // What was not taken is let go.
    sum.add('w', tf.tensor1d([1]));
    const before = tf.memory().numTensors;
    sum.dispose();
    expect(tf.memory().numTensors).toBe(before - 1);
  });
});
