// Which snapshots of a run are kept, and those that lie in the database.
import type {
  RunId,
  RunRecord,
  SnapshotFacts,
  SnapshotKey,
  SnapshotRecord,
  StoredSnapshots,
} from '../training/types';
import { withDatabase, write } from './database';

/** What is left of a run's snapshots, and the steps of those that are not wanted any more. */
interface Sorted {
  snapshots: StoredSnapshots;
  dropped: number[];
}

/** The list with another epoch's snapshot, from which the run goes on. One of the same step is replaced, and stays kept where it was. */
export function withLast({ all, last, previous, best }: StoredSnapshots, facts: SnapshotFacts): Sorted {
  const before = all.find(({ step }) => step === facts.step);
  const added = [
    ...all.filter((other) => other !== before),
    { ...facts, kept: facts.kept || (before?.kept ?? false) },
  ].sort((a, b) => a.step - b.step);
  const iouOf = (step: number | null) => added.find((other) => other.step === step)?.meanIoU ?? -1;
  return sorted({
    all: added,
    last: facts.step,
    previous: last === facts.step ? previous : last,
    best: facts.meanIoU !== null && facts.meanIoU > iouOf(best) ? facts.step : best,
  });
}

/** The list with a snapshot that a person took between two epochs. Where one of that step is there, it is kept instead. */
export function withTaken(snapshots: StoredSnapshots, facts: SnapshotFacts): StoredSnapshots {
  if (snapshots.all.some(({ step }) => step === facts.step))
    return withKept(snapshots, facts.step, true).snapshots;
  return { ...snapshots, all: [...snapshots.all, facts].sort((a, b) => a.step - b.step) };
}

/** The list with one of them kept by a person, or no longer so. */
export function withKept(snapshots: StoredSnapshots, step: number, kept: boolean): Sorted {
  const all = snapshots.all.map((facts) => (facts.step === step ? { ...facts, kept } : facts));
  return sorted({ ...snapshots, all });
}

function sorted(snapshots: StoredSnapshots): Sorted {
  const { all, last, previous, best } = snapshots;
  const isWanted = ({ step, kept }: SnapshotFacts) =>
    kept || step === last || step === previous || step === best;
  return {
    snapshots: { ...snapshots, all: all.filter(isWanted) },
    dropped: all.filter((facts) => !isWanted(facts)).map(({ step }) => step),
  };
}

/** What a run's record says of a snapshot: its scores are those of the epoch that ended with it, if one did. */
export function factsOf(
  { epochs }: Pick<RunRecord, 'epochs'>,
  { epoch, step, weights, history }: SnapshotRecord,
  kept = false,
): SnapshotFacts {
  const scores = epochs.find((record) => record.step === step);
  const blobs = [...weights.values(), ...[...history.values()].flat()];
  return {
    epoch,
    step,
    pixelAccuracy: scores?.pixelAccuracy ?? null,
    meanIoU: scores?.meanIoU ?? null,
    bytes: blobs.reduce((sum, { data }) => sum + data.byteLength, 0),
    kept,
  };
}

/** The snapshot that a run goes on from; undefined where it has none. */
export function getLastSnapshot(run: RunId): Promise<SnapshotRecord | undefined> {
  return withDatabase(async (database) => {
    const transaction = database.transaction(['runs', 'snapshots']);
    const last = (await transaction.objectStore('runs').get(run))?.snapshots.last ?? null;
    return last === null ? undefined : transaction.objectStore('snapshots').get([run, last]);
  });
}

export function getSnapshot({ run, step }: SnapshotKey): Promise<SnapshotRecord | undefined> {
  return withDatabase((database) => database.get('snapshots', [run, step]));
}

/** Keeps a snapshot until it is let go; one that is let go is removed, unless the run goes on from it, or it is the previous or the best. */
export function keepSnapshot({ run: id, step }: SnapshotKey, kept: boolean): Promise<void> {
  return write(['runs', 'snapshots'], 'strict', async (transaction) => {
    const run = await transaction.objectStore('runs').get(id);
    if (!run) return;
    const { snapshots, dropped } = withKept(run.snapshots, step, kept);
    await Promise.all([
      transaction.objectStore('runs').put({ ...run, snapshots }),
      ...dropped.map((gone) => transaction.objectStore('snapshots').delete([id, gone])),
    ]);
  });
}
