// New label maps for a whole dataset: staged beside the old ones, then put in their place in one transaction. Whoever
// is ended in between leaves the dataset as it was, and staged maps that the next start removes.
import { AppError } from '../core/errors';
import { replaceCounts, type EditedClasses } from '../data/class-edit';
import type { StoredLabels } from '../data/dataset-merge';
import type { DatasetId, DatasetRecord, Split, TileFacts, TileKey } from '../data/types';
import type { RunRecord } from '../training/types';
import { withDatabase, write } from './database';
import { noDataset, stagingId } from './datasets';
import { importLockName } from './imports';
import { heldLocks } from './locks';

/** So many records are in memory at a time. */
const chunk = 100;

const range = (id: DatasetId, split: Split, from: number, count: number) =>
  IDBKeyRange.bound([id, split, from], [id, split, from + count - 1]);
const everything = (id: DatasetId) => IDBKeyRange.bound([id], [id, []]);

/** Up to `count` label maps of a split from an index on, without pictures. */
export function readLabelMaps(
  id: DatasetId,
  split: Split,
  from: number,
  count: number,
): Promise<StoredLabels[]> {
  return withDatabase(async (database) => {
    const transaction = database.transaction(['tiles', 'labels']);
    const [facts, maps] = await Promise.all([
      transaction.objectStore('tiles').getAll(range(id, split, from, count)),
      transaction.objectStore('labels').getAll(range(id, split, from, count)),
    ]);
    const sizes = new Map(facts.map((one) => [one.index, one]));
    return maps.flatMap((map) => {
      const { width, height } = sizes.get(map.index) ?? {};
      return width && height ? [{ ...map, width, height }] : [];
    });
  });
}

/** Keeps label maps until `switchLabels` puts them in the place of those in use. */
export function stageLabels(maps: readonly (TileKey & { labels: Uint8Array })[]): Promise<void> {
  return write(['labels'], 'relaxed', (transaction) =>
    Promise.all(
      maps.map((map) => transaction.objectStore('labels').put({ ...map, dataset: stagingId(map.dataset) })),
    ),
  );
}

/** Removes what is staged for a dataset. */
export function dropStaged(id: DatasetId): Promise<void> {
  return write(['labels'], 'relaxed', (transaction) =>
    transaction.objectStore('labels').delete(everything(stagingId(id))),
  );
}

/** Removes what a tab that was ended has left staged; where the dataset's lock is held, somebody is at work. */
export async function dropAllStaged(): Promise<void> {
  const held = await heldLocks();
  const ids = await withDatabase((database) => database.getAllKeys('datasets'));
  for (const id of ids) if (!held.has(importLockName(id))) await dropStaged(id);
}

/**
 * Gives the dataset other classes. With a table the staged label maps and the counts that follow from it take the place
 * of the old ones. All of it happens in one transaction, or nothing. Throws AppError 'not-found', and 'bad-settings' with
 * the names of runs where one that has not ended trains on the dataset and positions would change under it.
 */
export function switchClasses(before: DatasetRecord, { list, table }: EditedClasses): Promise<void> {
  const { id } = before;
  return write(['datasets', 'tiles', 'labels', 'runs'], 'strict', async (transaction) => {
    const record = await transaction.objectStore('datasets').get(id);
    if (!record) throw noDataset();
    const ids = ({ classes }: DatasetRecord) => classes.map((one) => one.id).join();
    if (ids(record) !== ids(before)) throw changedMeanwhile(before);
    const next: DatasetRecord = { ...record, ...list };
    if (table) {
      refuseFor(before, unfinishedOn(id, await transaction.objectStore('runs').getAll()));
      const count = list.classes.length;
      const labels = transaction.objectStore('labels');
      const tiles = transaction.objectStore('tiles');
      for (const split of ['train', 'val'] as const) {
        for (let from = 0; from < record.tiles[split]; from += chunk) {
          const size = Math.min(chunk, record.tiles[split] - from);
          const [maps, facts] = await Promise.all([
            labels.getAll(range(stagingId(id), split, from, size)),
            tiles.getAll(range(id, split, from, size)),
          ]);
          if (maps.length < size || facts.length < size) throw changedMeanwhile(before);
          await Promise.all([
            ...maps.map((map) => labels.put({ ...map, dataset: id })),
            ...facts.map((one: TileFacts) =>
              tiles.put({ ...one, pixels: replaceCounts(one.pixels, table, count) }),
            ),
          ]);
        }
        next.pixels = { ...next.pixels, [split]: replaceCounts(record.pixels[split], table, count) };
      }
      await labels.delete(everything(stagingId(id)));
    }
    await transaction.objectStore('datasets').put(next);
  });
}

const changedMeanwhile = ({ name }: DatasetRecord) =>
  new AppError('bad-settings', `"${name}" was changed meanwhile, perhaps in another tab. Begin again.`);

/** The runs on a dataset that have not ended, or that could go on: their settings name its class positions. */
export function unfinishedOn(id: DatasetId, runs: readonly RunRecord[]): RunRecord[] {
  return runs.filter(
    ({ settings, status, epochs }) =>
      settings.dataset === id &&
      status !== 'done' &&
      (status !== 'stopped' || epochs.length < settings.epochs),
  );
}

/** Throws AppError 'bad-settings' naming the runs, if there are any. */
export function refuseFor({ name }: DatasetRecord, runs: readonly RunRecord[]): void {
  if (runs.length === 0) return;
  const named = runs.map((run) => `"${run.name}" (${run.status})`).join(', ');
  throw new AppError(
    'bad-settings',
    `Classes of "${name}" cannot be merged while runs that have not ended train on it: ${named}. Clone the dataset with the merged classes, or delete these runs first.`,
    { runs: runs.map((run) => run.name) },
  );
}
