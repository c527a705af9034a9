// What the database holds, and the steps that bring an older one to that form.
import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import type { ImportPlan } from '../data/import-plan';
import { inflateLabels } from '../data/label-codec';
import { countPixels } from '../data/statistics';
import type { DatasetId, DatasetRecord, Split, TileFacts, TileKey, TileRecord } from '../data/types';
import type { PolicyName, PolicyParameters } from '../nets/learning-rate';
import type { NetworkId, NetworkRecord } from '../nets/network-record';
import type { WeightSet } from '../nets/weights';
import type {
  ModelId,
  ModelRecord,
  PreviewRecord,
  RunId,
  RunRecord,
  SnapshotRecord,
  TrainSettings,
} from '../training/types';

type TileId = [dataset: DatasetId, split: Split, index: number];

export interface IntarsiaSchema extends DBSchema {
  datasets: { key: DatasetId; value: DatasetRecord };
  /** A tile is three records of one key: the gallery filters by facts, an edit writes labels, and neither moves pictures. */
  tiles: { key: TileId; value: TileFacts };
  images: { key: TileId; value: TileKey & Pick<TileRecord, 'rgb'> };
  labels: { key: TileId; value: TileKey & Pick<TileRecord, 'labels'> };
  /** What imports that have not ended need to go on, by their datasets. */
  imports: { key: DatasetId; value: ImportPlan };
  runs: { key: RunId; value: RunRecord };
  snapshots: { key: [run: RunId, step: number]; value: SnapshotRecord };
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
  async (database, transaction) => {
    const images = database.createObjectStore('images', { keyPath: ['dataset', 'split', 'index'] });
    const labelMaps = database.createObjectStore('labels', { keyPath: ['dataset', 'split', 'index'] });
    const records = await transaction.objectStore('datasets').getAll();
    const classes = new Map(records.map((record) => [record.id, record.classes.length]));
    let cursor = await transaction.objectStore('tiles').openCursor();
    for (; cursor; cursor = await cursor.continue()) {
      // Until now a tile was one record with everything but the counts.
      const { rgb, labels, ...facts } = cursor.value as TileRecord;
      const { dataset, split, index, width, height } = facts;
      const key = { dataset, split, index };
      const pixels = countPixels(inflateLabels(labels, width * height), classes.get(dataset) ?? 0);
      await Promise.all([
        images.put({ ...key, rgb }),
        labelMaps.put({ ...key, labels }),
        cursor.update({ ...facts, pixels }),
      ]);
    }
  },
  (database) => {
    database.createObjectStore('imports', { keyPath: 'dataset' });
  },
  async (_database, transaction) => {
    // Until now SGD was the only solver, and kept a velocity of each blob.
    let run = await transaction.objectStore('runs').openCursor();
    for (; run; run = await run.continue()) {
      await run.update({ ...run.value, settings: { ...run.value.settings, solver: 'SGD' } });
    }
    let snapshot = await transaction.objectStore('snapshots').openCursor();
    for (; snapshot; snapshot = await snapshot.continue()) {
      const { velocities, ...kept } = snapshot.value as SnapshotRecord & { velocities: WeightSet };
      const history = new Map([...velocities].map(([name, blob]) => [name, [blob]]));
      await snapshot.update({ ...kept, history });
    }
  },
  async (_database, transaction) => {
    // Until now a policy had DIGITS' parameters, a step was one batch, and nothing bounded its gradients.
    // Written out, because the defaults of later versions must not change what an old run did.
    const parameters: Record<PolicyName, PolicyParameters> = {
      fixed: { gamma: 1, power: 1, at: [] },
      step: { gamma: 0.1, power: 1, at: [33] },
      multistep: { gamma: 0.5, power: 1, at: [50, 85] },
      exp: { gamma: 0.95, power: 1, at: [] },
      inv: { gamma: 0.1, power: 0.5, at: [] },
      poly: { gamma: 1, power: 3, at: [] },
      sigmoid: { gamma: 0.1, power: 1, at: [50] },
    };
    let run = await transaction.objectStore('runs').openCursor();
    for (; run; run = await run.continue()) {
      const { settings } = run.value;
      const policyParameters = parameters[settings.policy];
      const added = { accumulation: 1, policyParameters, warmup: 0, clip: null, multipliers: {} };
      await run.update({ ...run.value, settings: { ...settings, ...added } });
    }
  },
  async (_database, transaction) => {
    // Until now every pixel counted alike, by its cross-entropy.
    let run = await transaction.objectStore('runs').openCursor();
    for (; run; run = await run.continue()) {
      const classWeights = { mode: 'none', weights: null } as const;
      const added = { loss: 'cross-entropy', focalGamma: 2, classWeights } as const;
      await run.update({ ...run.value, settings: { ...run.value.settings, ...added } });
    }
  },
  async (_database, transaction) => {
    // Until now mirroring was the only augmentation.
    const none = { crop: null, scale: [1, 1], rotation: 0, noise: 0, blur: 0 } as const;
    const sameColours = { brightness: 0, contrast: 0, saturation: 0, hue: 0 };
    let run = await transaction.objectStore('runs').openCursor();
    for (; run; run = await run.continue()) {
      const { flip, ...settings } = run.value.settings as TrainSettings & { flip: boolean };
      const augmentation = { flip, ...none, ...sameColours };
      await run.update({ ...run.value, settings: { ...settings, augmentation } });
    }
  },
  async (_database, transaction) => {
    // Until now a network subtracted what its text said.
    let run = await transaction.objectStore('runs').openCursor();
    for (; run; run = await run.continue()) {
      await run.update({ ...run.value, settings: { ...run.value.settings, mean: 'network' } });
    }
  },
  async (database, transaction) => {
    // Until now a run had one snapshot, under its own id. A store's key cannot change, so they move, one at a time: each may be large.
    const earlier = 'one-snapshot-a-run' as 'snapshots';
    transaction.objectStore('snapshots').name = earlier;
    const snapshots = database.createObjectStore('snapshots', { keyPath: ['run', 'step'] });
    const none = { all: [], last: null, previous: null, best: null };
    let run = await transaction.objectStore('runs').openCursor();
    for (; run; run = await run.continue()) await run.update({ ...run.value, snapshots: none });
    let cursor = await transaction.objectStore(earlier).openCursor();
    for (; cursor; cursor = await cursor.continue()) {
      const snapshot = cursor.value;
      await snapshots.put(snapshot);
      const owner = await transaction.objectStore('runs').get(snapshot.run);
      if (!owner) continue;
      const { epoch, step, weights, history } = snapshot;
      const scores = owner.epochs.find((record) => record.step === step);
      const blobs = [...weights.values(), ...[...history.values()].flat()];
      const bytes = blobs.reduce((sum, { data }) => sum + data.byteLength, 0);
      const { pixelAccuracy = null, meanIoU = null } = scores ?? {};
      const facts = { epoch, step, pixelAccuracy, meanIoU, bytes, kept: false };
      const best = scores ? step : null;
      await transaction
        .objectStore('runs')
        .put({ ...owner, snapshots: { all: [facts], last: step, previous: null, best } });
    }
    database.deleteObjectStore(earlier);
  },
];
