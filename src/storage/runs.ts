// Training runs with their snapshots and previews.
import { AppError, type ErrorRecord } from '../core/errors';
import { heldLocks } from './locks';
import type { ModelRecord, PreviewRecord, RunId, RunRecord, SnapshotRecord } from '../training/types';
import { withDatabase, write } from './database';

/** All runs, newest first. */
export async function listRuns(): Promise<RunRecord[]> {
  const all = await withDatabase((database) => database.getAll('runs'));
  return all.sort((a, b) => b.createdAt - a.createdAt);
}

export function getRun(id: RunId): Promise<RunRecord | undefined> {
  return withDatabase((database) => database.get('runs', id));
}

/** Adds or replaces a run's record. @throws AppError 'taken-over' where another tab has claimed the run since */
export function putRun(record: RunRecord): Promise<void> {
  return write(['runs'], 'strict', async (transaction) => {
    const runs = transaction.objectStore('runs');
    assertOwner(record, await runs.get(record.id));
    await runs.put(record);
  });
}

/** Makes the caller the run's owner: what a former one stores from now on is refused. Undefined where there is no such run. */
export async function claimRun(id: RunId): Promise<RunRecord | undefined> {
  let claimed: RunRecord | undefined;
  await write(['runs'], 'strict', async (transaction) => {
    const runs = transaction.objectStore('runs');
    const run = await runs.get(id);
    if (!run) return;
    claimed = { ...run, owner: (run.owner ?? 0) + 1 };
    await runs.put(claimed);
  });
  return claimed;
}

/** A Web Lock alone does not do: a transaction that its former holder has begun goes on. */
function assertOwner({ name, owner = 0 }: RunRecord, stored: RunRecord | undefined): void {
  if (!stored || (stored.owner ?? 0) === owner) return;
  throw new AppError('taken-over', `"${name}" was taken over by another tab, and goes on there.`);
}

/** Removes a run with its snapshot, its previews and its model. */
export function deleteRunRecords(id: RunId): Promise<void> {
  return write(['runs', 'snapshots', 'previews', 'models'], 'strict', async (transaction) => {
    const runs = transaction.objectStore('runs');
    const run = await runs.get(id);
    await Promise.all([
      runs.delete(id),
      transaction.objectStore('snapshots').delete(id),
      transaction.objectStore('previews').delete(previewsOf(id)),
      run?.model ? transaction.objectStore('models').delete(run.model) : null,
    ]);
  });
}

/** Stores a new run, with the weights that it starts from where they are not random. */
export function putNewRun(run: RunRecord, start: SnapshotRecord | null): Promise<void> {
  return write(['runs', 'snapshots'], 'strict', (transaction) =>
    Promise.all([
      transaction.objectStore('runs').put(run),
      start ? transaction.objectStore('snapshots').put(start) : null,
    ]),
  );
}

/**
 * Stores a finished epoch whole: a crash leaves the last epoch or this one, never a mixture.
 * @throws AppError 'taken-over' where another tab has claimed the run since, 'storage-full'
 */
export function putEpoch(
  run: RunRecord,
  snapshot: SnapshotRecord,
  preview: PreviewRecord | null,
  model: ModelRecord,
): Promise<void> {
  return write(['runs', 'snapshots', 'previews', 'models'], 'strict', async (transaction) => {
    const runs = transaction.objectStore('runs');
    assertOwner(run, await runs.get(run.id));
    await Promise.all([
      runs.put(run),
      transaction.objectStore('snapshots').put(snapshot),
      preview ? transaction.objectStore('previews').put(preview) : null,
      transaction.objectStore('models').put(model),
    ]);
  });
}

export function getSnapshot(run: RunId): Promise<SnapshotRecord | undefined> {
  return withDatabase((database) => database.get('snapshots', run));
}

/** The previews of a run in the order of its epochs. */
export function getPreviews(run: RunId): Promise<PreviewRecord[]> {
  return withDatabase((database) => database.getAll('previews', previewsOf(run)));
}

/** The name of the Web Lock that who trains a run holds, so that another tab does not take the run for dead. */
export function runLockName(id: RunId): string {
  return `intarsia-run-${id}`;
}

/** Keeps why a run was given up, where the worker that should have written it is no more. */
export function failRun(id: RunId, error: ErrorRecord): Promise<void> {
  return write(['runs'], 'strict', async (transaction) => {
    const runs = transaction.objectStore('runs');
    const run = await runs.get(id);
    if (run) await runs.put({ ...run, status: 'failed', error });
  });
}

/**
 * Marks as 'interrupted' every run that is stored as running or paused: the page that had it is gone. A waiting run just goes on waiting.
 * Runs whose lock (runLockName) is held live on in another tab and are left alone. Call it when the page starts.
 */
export async function markInterruptedRuns(): Promise<void> {
  const held = await heldLocks();
  await write(['runs'], 'strict', async (transaction) => {
    const runs = transaction.objectStore('runs');
    for (const run of await runs.getAll()) {
      const unfinished = run.status === 'running' || run.status === 'paused';
      if (unfinished && !held.has(runLockName(run.id))) {
        await runs.put({ ...run, status: 'interrupted' });
      }
    }
  });
}

function previewsOf(run: RunId): IDBKeyRange {
  return IDBKeyRange.bound([run], [run, []]);
}
