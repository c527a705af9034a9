// Training runs with their snapshots and previews.
import { AppError, type ErrorRecord } from '../core/errors';
import { heldLocks } from './locks';
import type { ModelRecord, PreviewRecord, RunId, RunRecord, SnapshotRecord } from '../training/types';
import { withDatabase, write } from './database';
import { factsOf, withLast, withTaken } from './snapshots';

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
    const stored = await runs.get(record.id);
    assertOwner(record, stored);
    await runs.put({ ...record, snapshots: (stored ?? record).snapshots });
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

/** Removes a run with its snapshots, its previews and its model. */
export function deleteRunRecords(id: RunId): Promise<void> {
  return write(['runs', 'snapshots', 'previews', 'models'], 'strict', async (transaction) => {
    const runs = transaction.objectStore('runs');
    const run = await runs.get(id);
    await Promise.all([
      runs.delete(id),
      transaction.objectStore('snapshots').delete(allOf(id)),
      transaction.objectStore('previews').delete(allOf(id)),
      run?.model ? transaction.objectStore('models').delete(run.model) : null,
    ]);
  });
}

/** Stores a new run, with the weights that it starts from where they are not random. */
export function putNewRun(run: RunRecord, start: SnapshotRecord | null): Promise<void> {
  const snapshots = start ? withLast(run.snapshots, factsOf(run, start)).snapshots : run.snapshots;
  return write(['runs', 'snapshots'], 'strict', (transaction) =>
    Promise.all([
      transaction.objectStore('runs').put({ ...run, snapshots }),
      start ? transaction.objectStore('snapshots').put(start) : null,
    ]),
  );
}

/**
 * Stores a finished epoch whole: a crash leaves the last epoch or this one, never a mixture. Its snapshot has a place of its own;
 * those that are neither the last, the previous nor the best, and that nobody keeps, go.
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
    const stored = await runs.get(run.id);
    assertOwner(run, stored);
    const { snapshots, dropped } = withLast((stored ?? run).snapshots, factsOf(run, snapshot));
    await Promise.all([
      transaction.objectStore('snapshots').put(snapshot),
      runs.put({ ...run, snapshots }),
      ...dropped.map((step) => transaction.objectStore('snapshots').delete([run.id, step])),
      preview ? transaction.objectStore('previews').put(preview) : null,
      transaction.objectStore('models').put(model),
    ]);
  });
}

/** Stores what a person took within an epoch; the run still goes on from its last epoch. @throws AppError as putEpoch does */
export function putTaken(run: RunRecord, snapshot: SnapshotRecord): Promise<void> {
  return write(['runs', 'snapshots'], 'strict', async (transaction) => {
    const runs = transaction.objectStore('runs');
    const stored = await runs.get(run.id);
    assertOwner(run, stored);
    const before = (stored ?? run).snapshots;
    const snapshots = withTaken(before, factsOf(run, snapshot, true));
    const isNew = snapshots.all.length > before.all.length;
    await Promise.all([
      runs.put({ ...run, snapshots }),
      isNew ? transaction.objectStore('snapshots').put(snapshot) : null,
    ]);
  });
}

/** The previews of a run in the order of its epochs. */
export function getPreviews(run: RunId): Promise<PreviewRecord[]> {
  return withDatabase((database) => database.getAll('previews', allOf(run)));
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

/** Every key that begins with the run: an array is greater than any number. */
function allOf(run: RunId): IDBKeyRange {
  return IDBKeyRange.bound([run], [run, []]);
}
