// The device's side of the memory benchmark: what a few training steps of one contestant take at most, in a page or process of their own.
import { chooseBackend } from '../../src/engine/devices';
import { layerCosts, memoryEstimate } from '../../src/nets/cost';
import { dataShape, placeLayers } from '../../src/nets/place-layers';
import { countBytes, type PeakBytes } from './bytes';
import type { Contestant, TrainBackend } from './contestant-names';
import { makeTrainer } from './contestants';
import { makeProblem, type ProblemRequest } from './problem';

export interface MemoryRequest extends ProblemRequest {
  backend: TrainBackend;
  contestant: Contestant;
  steps: number;
}

export interface MemoryUse extends PeakBytes {
  adapter: string;
  /** Why it cannot take the step; null where it can. */
  reason: string | null;
  /** What Intarsia tells before a run. */
  planned: number;
}

export async function memory(request: MemoryRequest): Promise<MemoryUse> {
  const { backend, contestant, steps, size, batch } = request;
  const { adapter } = await chooseBackend(backend);
  const problem = makeProblem(request);
  const placed = placeLayers(problem.spec, dataShape(problem.spec, size, batch));
  const planned = memoryEstimate(placed, layerCosts(problem.spec, placed)).training;
  const peak = countBytes();
  let reason: string | null = null;
  try {
    const trainer = await makeTrainer(contestant, backend, problem);
    for (let step = 0; step < steps; step++) await trainer.step();
    trainer.dispose();
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  return { adapter, reason, planned, ...peak() };
}
