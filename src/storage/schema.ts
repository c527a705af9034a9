// What the database holds, and the steps that bring an older one to that form.
import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import type { DatasetId, DatasetRecord, Split, TileRecord } from '../data/types';
import type { NetworkId, NetworkRecord } from '../nets/network-record';
import type {
  ModelId,
  ModelRecord,
  PreviewRecord,
  RunId,
  RunRecord,
  SnapshotRecord,
} from '../training/types';

export interface IntarsiaSchema extends DBSchema {
  datasets: { key: DatasetId; value: DatasetRecord };
  tiles: { key: [dataset: DatasetId, split: Split, index: number]; value: TileRecord };
  runs: { key: RunId; value: RunRecord };
  snapshots: { key: RunId; value: SnapshotRecord };
  previews: { key: [run: RunId, epoch: number]; value: PreviewRecord };
  models: { key: ModelId; value: ModelRecord };
  networks: { key: NetworkId; value: NetworkRecord };
}

export type Store = StoreNames<IntarsiaSchema>;

type UpgradeTransaction = IDBPTransaction<IntarsiaSchema, Store[], 'versionchange'>;

/** Brings a database one version forward. It may await requests of its transaction and nothing else. */
export type Migration = (
  database: IDBPDatabase<IntarsiaSchema>,
  transaction: UpgradeTransaction,
) => void | Promise<void>;

/** Entry i leads from version i to version i + 1. A released entry is never edited: add one. */
export const migrations: readonly Migration[] = [
  (database) => {
    database.createObjectStore('datasets', { keyPath: 'id' });
    database.createObjectStore('tiles', { keyPath: ['dataset', 'split', 'index'] });
    database.createObjectStore('runs', { keyPath: 'id' });
    database.createObjectStore('snapshots', { keyPath: 'run' });
    database.createObjectStore('previews', { keyPath: ['run', 'epoch'] });
    database.createObjectStore('models', { keyPath: 'id' });
  },
  (database) => {
    database.createObjectStore('networks', { keyPath: 'id' });
  },
];
