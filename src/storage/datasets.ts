// Datasets and their tiles.
import { heldLocks } from './locks';
import { AppError } from '../core/errors';
import type { DatasetId, DatasetRecord, Split, TileRecord } from '../data/types';
import { withDatabase, write } from './database';

/** All datasets, newest first. */
export async function listDatasets(): Promise<DatasetRecord[]> {
  const all = await withDatabase((database) => database.getAll('datasets'));
  return all.sort((a, b) => b.createdAt - a.createdAt);
}

export function getDataset(id: DatasetId): Promise<DatasetRecord | undefined> {
  return withDatabase((database) => database.get('datasets', id));
}

export async function findDatasetByName(name: string): Promise<DatasetRecord | undefined> {
  return (await listDatasets()).find((dataset) => dataset.name === name);
}

/** Adds or replaces a dataset's record. */
export function putDataset(record: DatasetRecord): Promise<void> {
  return write(['datasets'], 'strict', (transaction) => transaction.objectStore('datasets').put(record));
}

/** Gives a dataset another name. Throws AppError 'not-found', or 'bad-settings' where another one has the name. */
export function renameDatasetRecord(id: DatasetId, name: string): Promise<void> {
  return write(['datasets'], 'strict', async (transaction) => {
    const store = transaction.objectStore('datasets');
    const all = await store.getAll();
    const record = all.find((dataset) => dataset.id === id);
    if (!record) throw noDataset();
    if (all.some((dataset) => dataset.name === name && dataset !== record)) throw nameTaken(name);
    await store.put({ ...record, name });
  });
}

export function nameTaken(name: string): AppError {
  return new AppError(
    'bad-settings',
    `There is a dataset called "${name}" already. Choose another name, or delete that dataset first.`,
  );
}

export function noDataset(): AppError {
  return new AppError(
    'not-found',
    'This dataset is not stored any more. It may have been deleted in another tab.',
  );
}

/** The name of the Web Lock that an import holds, so that another tab does not take it for dead. */
export function importLockName(id: DatasetId): string {
  return `intarsia-import-${id}`;
}

/** Marks as 'partial' every dataset whose import ended with its page. Those whose lock is held are left alone. */
export async function markInterruptedImports(): Promise<void> {
  const held = await heldLocks();
  await write(['datasets'], 'strict', async (transaction) => {
    const store = transaction.objectStore('datasets');
    for (const dataset of await store.getAll()) {
      if (dataset.state !== 'importing' || held.has(importLockName(dataset.id))) continue;
      await store.put({ ...dataset, state: 'partial' });
    }
  });
}

/** Stores tiles and, in the same transaction, the record of their dataset where one is given. */
export function putTiles(records: TileRecord[], dataset?: DatasetRecord): Promise<void> {
  return write(['tiles', 'datasets'], 'relaxed', (transaction) => {
    const tiles = transaction.objectStore('tiles');
    // The functions are async so that a record that cannot be cloned rejects like any other request.
    const requests: Promise<unknown>[] = records.map(async (record) => tiles.put(record));
    if (dataset) requests.push((async () => transaction.objectStore('datasets').put(dataset))());
    return Promise.all(requests);
  });
}

export function getTile(dataset: DatasetId, split: Split, index: number): Promise<TileRecord | undefined> {
  return withDatabase((database) => database.get('tiles', [dataset, split, index]));
}

/** Tiles in the order of `indices`, read in one transaction; undefined where there is none. */
export function getTiles(
  dataset: DatasetId,
  split: Split,
  indices: readonly number[],
): Promise<(TileRecord | undefined)[]> {
  return withDatabase((database) => {
    const store = database.transaction('tiles').store;
    return Promise.all(indices.map((index) => store.get([dataset, split, index])));
  });
}

/** Removes a dataset's record and all its tiles. */
export function deleteDatasetRecords(id: DatasetId): Promise<void> {
  return write(['datasets', 'tiles'], 'strict', (transaction) =>
    Promise.all([
      transaction.objectStore('datasets').delete(id),
      transaction.objectStore('tiles').delete(keysOf(id)),
    ]),
  );
}

/** Every key that begins with `id`: an array is greater than any string or number. */
function keysOf(id: DatasetId): IDBKeyRange {
  return IDBKeyRange.bound([id], [id, []]);
}
