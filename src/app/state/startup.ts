import { withLock } from '../../storage/locks';
import { markInterruptedRuns, runLockName } from '../../storage/runs';
import type { RunId } from '../../training/types';

/**
 * Marks runs whose worker is gone as interrupted: when the page starts, and when the trainer died. The page's one
 * write to storage, because the worker that should have written it is no more.
 */
const markLostRuns = (): Promise<void> => markInterruptedRuns().catch(() => undefined);

/** Nothing may start a run before this has settled, or that run would be marked too. */
export const oldRunsMarked: Promise<void> = markLostRuns();

/**
 * Settles when whoever trains the run has let go of it and the run is marked if it was lost: another tab, or the
 * worker of this very page before it was loaded again, which takes a moment to die.
 */
export async function runLetGo(id: RunId): Promise<void> {
  await withLock(runLockName(id), () => Promise.resolve());
  await markLostRuns();
}
