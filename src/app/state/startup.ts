import type { DatasetId } from '../../data/types';
import { importLockName, markInterruptedImports } from '../../storage/imports';
import { withLock } from '../../storage/locks';
import { markInterruptedRuns, runLockName } from '../../storage/runs';
import type { RunId } from '../../training/types';

/**
 * Marks runs whose worker is gone as interrupted: when the page starts, and when the trainer died. This, the
 * same for imports, and that a run was given up are the page's only writes to storage, because the worker that should have written it is no more.
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

/** As runLetGo, for a dataset that is being imported: then it is complete, or can go on. */
export async function importLetGo(id: DatasetId): Promise<void> {
  await withLock(importLockName(id), () => Promise.resolve());
  await markInterruptedImports().catch(() => undefined);
}
