// What may help a run that failed: the same settings with one of them changed, in a new run from the last good snapshot.
import type { ErrorCode } from '../../core/errors';
import type { RunRecord, TrainSettings } from '../../training/types';

export interface Remedy {
  /** What the button says. */
  title: string;
  changes: Partial<TrainSettings>;
}

/** Half the batch, with as many pictures a step as before; null where the batch is one picture. */
export function smallerBatch({
  batch,
  accumulation,
}: Pick<TrainSettings, 'batch' | 'accumulation'>): Pick<TrainSettings, 'batch' | 'accumulation'> | null {
  if (batch === 1) return null;
  const half = Math.floor(batch / 2);
  return { batch: half, accumulation: Math.round((batch * accumulation) / half) };
}

/** A tenth of a learning rate, without the digits that dividing it in binary leaves. */
export const tenth = (rate: number): number => Number((rate / 10).toPrecision(12));

/** What is worth a try after a failure; null where there is nothing of the kind. */
export function remedyFor(
  code: ErrorCode,
  { settings, model }: Pick<RunRecord, 'settings' | 'model'>,
): Remedy | null {
  const from = model ? 'Go on from the last good snapshot' : 'Begin anew';
  if (code === 'not-finite') {
    const learningRate = tenth(settings.learningRate);
    return { title: `${from} with a learning rate of ${learningRate}`, changes: { learningRate } };
  }
  const memory: ErrorCode[] = ['device-lost', 'worker-died', 'out-of-gpu-memory'];
  const changes = memory.includes(code) ? smallerBatch(settings) : null;
  return changes && { title: `${from} with a batch of ${changes.batch}`, changes };
}
