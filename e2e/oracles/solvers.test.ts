// The solvers' definitions, by which the engine's are judged, against PyTorch's optimizers: both in float64.
import { beforeAll, describe, expect, it } from 'vitest';
import { solvers, type SolverName } from '../../src/nets/solvers';
import { accumulated, accumulatedParameters, accumulation } from '../../src/engine/testing/accumulated';
import { relativeError } from '../../src/engine/testing/close';
import { findPython } from './python';

const python = await findPython(['torch']);

interface Steps {
  start: Record<string, number[]>;
  gradients: Record<string, number[][][]>;
  weights: Record<SolverName, Record<string, number[]>>;
}

describe.skipIf(python.missing)(`fifty steps of PyTorch${python.note}`, () => {
  let torch: Steps;
  beforeAll(async () => {
    const { steps, batches, clip } = accumulation;
    const script = new URL('./make_solver_steps.py', import.meta.url);
    const args = [steps, batches, clip].map(String);
    torch = JSON.parse(await python.run(script, ...args, JSON.stringify(accumulatedParameters))) as Steps;
  }, 120_000);

  // Adam's epsilon is added before the correction here and after it there, which is 1e-7 of a step at most.
  it.each(solvers)('%s with accumulation, clipping and multipliers ends at the same weights', (solver) => {
    const weights = accumulated(
      solver,
      ({ name }) => torch.start[name]!,
      ({ name }, step, batch) => torch.gradients[name]![step]![batch]!,
    );
    for (const { name } of accumulatedParameters) {
      expect(relativeError(weights.get(name)!, torch.weights[solver][name]!), name).toBeLessThan(1e-6);
    }
  });
});
