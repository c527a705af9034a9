// Keeps a run going: when its worker or its device is lost, it goes on from its last snapshot by itself, until that was in vain too often.
import { AppError, errorRecord, type ErrorRecord } from '../../core/errors';
import type { BackendName } from '../../engine/backends';
import { endTrainer, trainer } from '../../rpc/workers';
import { failRun } from '../../storage/runs';
import type { RunEvent, RunRecord } from '../../training/types';
import { smallerBatch } from './remedies';
import { runLetGo } from './startup';
import { StepWatch } from './step-watch';

/** Losses without a new snapshot between them after which a run is given up. */
export const MOST_LOSSES = 3;

/** The time that a browser gets to bring its graphics back, times the losses so far. */
const REST_MS = 500;

/**
 * Trains a run to its end, however it ends; `takeOver` takes it from the tab that trains it now. `tell` hears what the worker says, and of every loss.
 * @throws AppError what `train` throws where it was no loss of the worker
 */
export async function trainSupervised(
  run: RunRecord,
  backend: BackendName | 'auto' | null,
  takeOver: boolean,
  tell: (event: RunEvent) => void,
): Promise<void> {
  let losses = 0;
  const listen = (event: RunEvent) => {
    if (event.kind === 'epoch') losses = 0;
    tell(event);
  };
  for (;;) {
    const error = await trainOnce(run, backend, takeOver, listen);
    if (!error) return;
    takeOver = false;
    if (++losses >= MOST_LOSSES) {
      const final = givenUp(run, error);
      await failRun(run.id, final);
      tell({ kind: 'ended', status: 'failed', error: final });
      return;
    }
    tell({ kind: 'lost', error, losses });
    await new Promise((resolve) => setTimeout(resolve, losses * REST_MS));
  }
}

/** Trains until the run ends, or its worker or device is lost: then the error that says so. */
async function trainOnce(
  { id }: RunRecord,
  backend: BackendName | 'auto' | null,
  takeOver: boolean,
  tell: (event: RunEvent) => void,
): Promise<ErrorRecord | null> {
  let lost: ErrorRecord | null = null;
  const watch = new StepWatch((seconds) => endTrainer(`it has taken no step for ${seconds} seconds.`));
  try {
    await trainer().train(id, backend, takeOver, (event) => {
      watch.sign(event);
      if (event.kind === 'ended' && event.error?.code === 'device-lost') lost = event.error;
      else tell(event);
    });
  } catch (error) {
    lost = errorRecord(error);
    if (lost.code !== 'worker-died') throw error;
    // The dying worker may still hold the run's lock.
    await runLetGo(id);
  } finally {
    watch.end();
  }
  return lost;
}

function givenUp(run: RunRecord, { code, message, details }: ErrorRecord): ErrorRecord {
  const what = code === 'device-lost' ? 'The graphics device was lost' : 'The worker that trains stopped';
  const smaller = smallerBatch(run.settings);
  const advice = smaller
    ? `Try a batch of ${smaller.batch} instead of ${run.settings.batch}, which takes about half the memory`
    : 'Try a smaller width or smaller pictures';
  return errorRecord(
    new AppError(
      code,
      `${what} ${MOST_LOSSES} times in a row, each time before another snapshot could be stored. ` +
        `The last time: ${message} The machine may not have enough memory for this run. ` +
        `${advice}, or another backend. What was stored before is kept.`,
      { ...details, losses: MOST_LOSSES },
    ),
  );
}
