// The device's side of the training benchmark: whole steps of every contestant in turns.
import { chooseBackend } from '../../src/engine/devices';
import { dataShape, placeLayers } from '../../src/nets/place-layers';
import type { Contestant, TrainBackend } from './contestant-names';
import { makeTrainer } from './contestants';
import { stepOperations } from './needs';
import { makeProblem, type ProblemRequest, type Trainer } from './problem';
import { median } from './stats';

export interface TrainRequest extends ProblemRequest {
  backend: TrainBackend;
  contestants: readonly Contestant[];
  /** Steps of each contestant in each round; the first step of all is not counted. */
  steps: number;
  rounds: number;
}

export interface ContestantTimes {
  contestant: Contestant;
  /** Why it cannot take the step; null where it can. */
  reason: string | null;
  /** Seconds: of the first step, which compiles, and the median of the others. */
  first: number;
  step: number;
  /** How many steps that is the median of. */
  timed: number;
  /** Of every step. */
  losses: number[];
}

/** An engine that takes this many seconds for a step is not asked for another. */
const SLOW = 60;

export interface TrainTimes {
  adapter: string;
  /** That a step needs at least. */
  operations: number;
  contestants: ContestantTimes[];
}

const now = () => performance.now() / 1000;

export async function train(request: TrainRequest): Promise<TrainTimes> {
  const { backend, steps, rounds } = request;
  const problem = makeProblem(request);
  const entries: (ContestantTimes & { trainer: Trainer | null; seconds: number[] })[] = [];
  for (const contestant of request.contestants) {
    const entry = { contestant, reason: null, first: 0, step: 0, timed: 0, losses: [], seconds: [] };
    try {
      const trainer = await makeTrainer(contestant, backend, problem);
      const start = now();
      const losses = [await trainer.step()];
      entries.push({ ...entry, trainer, first: now() - start, losses });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      entries.push({ ...entry, trainer: null, reason });
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const { trainer, losses, seconds } of entries) {
      for (let step = 0; trainer && step < steps && !(Math.max(...seconds) > SLOW); step++) {
        const start = now();
        losses.push(await trainer.step());
        seconds.push(now() - start);
      }
    }
  }
  entries.forEach(({ trainer }) => trainer?.dispose());
  const { adapter } = await chooseBackend(backend);
  return {
    adapter,
    operations: stepOperations(
      placeLayers(problem.spec, dataShape(problem.spec, request.size, request.batch)),
    ),
    contestants: entries.map(({ contestant, reason, first, losses, seconds }) => ({
      contestant,
      reason,
      first,
      losses,
      timed: seconds.length,
      step: seconds.length ? median(seconds) : 0,
    })),
  };
}
