// Datasets and their tiles.
import { AppError } from '../core/errors';
import { addCounts, subtractCounts } from '../data/statistics';
import type {
  DatasetId,
  DatasetRecord,
  PixelCounts,
  Split,
  TileFacts,
  TileKey,
  TileRecord,
} from '../data/types';
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

const tileStores = ['tiles', 'images', 'labels'] as const;

/**
 * Stores tiles and, in the same transaction, the record of their dataset where one is given; what its import needs to go on goes
 * when it is complete.
 */
export function putTiles(records: TileRecord[], dataset?: DatasetRecord): Promise<void> {
  return write([...tileStores, 'datasets', 'imports'], 'relaxed', (transaction) => {
    // The functions are async so that a record that cannot be cloned rejects like any other request.
    const requests = records.flatMap(({ rgb, labels, ...facts }): Promise<unknown>[] => {
      const key = keyOf(facts);
      return [
        (async () => transaction.objectStore('tiles').put(facts))(),
        (async () => transaction.objectStore('images').put({ ...key, rgb }))(),
        (async () => transaction.objectStore('labels').put({ ...key, labels }))(),
      ];
    });
    if (dataset) requests.push((async () => transaction.objectStore('datasets').put(dataset))());
    if (dataset?.state === 'ready') requests.push(transaction.objectStore('imports').delete(dataset.id));
    return Promise.all(requests);
  });
}

const keyOf = ({ dataset, split, index }: TileKey): TileKey => ({ dataset, split, index });

export async function getTile(
  dataset: DatasetId,
  split: Split,
  index: number,
): Promise<TileRecord | undefined> {
  return (await getTiles(dataset, split, [index]))[0];
}

/** Tiles in the order of `indices`, read in one transaction; undefined where there is none. */
export function getTiles(
  dataset: DatasetId,
  split: Split,
  indices: readonly number[],
): Promise<(TileRecord | undefined)[]> {
  return withDatabase((database) => {
    const transaction = database.transaction(tileStores);
    return Promise.all(
      indices.map(async (index) => {
        const key: [DatasetId, Split, number] = [dataset, split, index];
        const [facts, image, label] = await Promise.all([
          transaction.objectStore('tiles').get(key),
          transaction.objectStore('images').get(key),
          transaction.objectStore('labels').get(key),
        ]);
        return facts && image && label && { ...facts, rgb: image.rgb, labels: label.labels };
      }),
    );
  });
}

/** What is known of a split's tiles without their pixels, in the order of their indices: about 200 bytes each. */
export function listTiles(dataset: DatasetId, split: Split): Promise<TileFacts[]> {
  return withDatabase((database) => database.getAll('tiles', keysOf(dataset, split)));
}

/** A tile's new label map (deflated) and its counts. */
export interface LabelChange extends TileKey {
  labels: Uint8Array;
  pixels: PixelCounts;
}

/** The id under which new label maps of a whole dataset wait (label-merge.ts); no dataset has it. */
export const stagingId = (id: DatasetId): DatasetId => `${id}~staged`;

/**
 * Gives tiles of a dataset other label maps; facts, maps and the dataset's counts change together or not at all.
 * Throws AppError 'not-found' where the dataset or a tile is gone, 'bad-settings' while its classes are being merged.
 */
export function changeLabels(id: DatasetId, changes: readonly LabelChange[]): Promise<void> {
  return write(['tiles', 'labels', 'datasets'], 'strict', async (transaction) => {
    const record = await transaction.objectStore('datasets').get(id);
    if (!record) throw noDataset();
    if (await transaction.objectStore('labels').getKey(keysOf(stagingId(id)))) throw merging(record);
    const pixels = { ...record.pixels };
    for (const { labels, pixels: counts, ...key } of changes) {
      const tile: [DatasetId, Split, number] = [id, key.split, key.index];
      const facts = await transaction.objectStore('tiles').get(tile);
      if (!facts) throw noDataset();
      const after = addCounts(subtractCounts(pixels[key.split], facts.pixels), counts);
      // What pads a tile is counted with the tile and not with the dataset, and can be labelled all the same.
      pixels[key.split] = { ...after, void: Math.max(0, after.void) };
      await transaction.objectStore('tiles').put({ ...facts, pixels: counts });
      await transaction.objectStore('labels').put({ ...keyOf(facts), labels });
    }
    await transaction.objectStore('datasets').put({ ...record, pixels });
  });
}

const merging = ({ name }: DatasetRecord) =>
  new AppError(
    'bad-settings',
    `Classes of "${name}" are being merged, so its labels cannot be changed now. Wait until that has ended.`,
  );

/** Removes a dataset's record and all its tiles. */
export function deleteDatasetRecords(id: DatasetId): Promise<void> {
  return write([...tileStores, 'datasets', 'imports'], 'strict', (transaction) =>
    Promise.all([
      transaction.objectStore('datasets').delete(id),
      transaction.objectStore('imports').delete(id),
      ...tileStores.map((store) => transaction.objectStore(store).delete(keysOf(id))),
    ]),
  );
}

/** Every key that begins with these: an array is greater than any string or number. */
function keysOf(...begin: [DatasetId] | [DatasetId, Split]): IDBKeyRange {
  return IDBKeyRange.bound(begin, [...begin, []]);
}
