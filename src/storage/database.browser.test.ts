import { deleteDB } from 'idb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect, storageError } from './connection';
import { deleteEverything, openDatabase, write } from './database';
import { getDataset, getTile, putTiles } from './datasets';
import { saveNetworkDraft } from './networks';
import { migrations, type Migration } from './schema';
import { getLastSnapshot } from './snapshots';
import { datasetRecord, epochRecord, runRecord, tileRecord } from './test-records';

beforeEach(deleteEverything);
afterEach(deleteEverything);

/** Opens a database without this project's code, as a test of the code must. */
function rawOpen(
  name: string,
  version: number,
  upgrade: (database: IDBDatabase) => void,
): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onupgradeneeded = () => upgrade(request.result);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error!);
  });
}

/** Version 1 as it was released, and never to be edited. */
function buildVersion1(database: IDBDatabase): void {
  database.createObjectStore('datasets', { keyPath: 'id' });
  database.createObjectStore('tiles', { keyPath: ['dataset', 'split', 'index'] });
  database.createObjectStore('runs', { keyPath: 'id' });
  database.createObjectStore('snapshots', { keyPath: 'run' });
  database.createObjectStore('previews', { keyPath: ['run', 'epoch'] });
  database.createObjectStore('models', { keyPath: 'id' });
}

test('a database that a released version made opens with its records intact', async () => {
  const raw = await rawOpen('intarsia', 1, buildVersion1);
  const transaction = raw.transaction(['datasets', 'tiles', 'runs', 'snapshots'], 'readwrite');
  transaction.objectStore('datasets').put(datasetRecord('d', 'streets'));
  // Until version 3 a tile was one record, without counts.
  const { pixels: _pixels, ...whole } = tileRecord('d', 'train', 0);
  transaction.objectStore('tiles').put(whole);
  // Until version 5 there was one solver, and a snapshot had its velocities.
  const {
    solver: _solver,
    // Until version 6 these had no choice.
    accumulation: _accumulation,
    policyParameters: _policyParameters,
    warmup: _warmup,
    clip: _clip,
    multipliers: _multipliers,
    // Until version 7 the loss was cross-entropy, and every pixel counted alike.
    loss: _loss,
    focalGamma: _focalGamma,
    classWeights: _classWeights,
    // Until version 8 mirroring was the only augmentation.
    augmentation: _augmentation,
    // Until version 9 no other mean could be chosen.
    mean: _mean,
    ...settings
  } = runRecord('r', 'done').settings;
  // Until version 10 a run had one snapshot, and its record said nothing of it.
  const { snapshots: _snapshots, ...record } = runRecord('r', 'done');
  const epochs = [epochRecord(1, 4, 0.25)];
  transaction.objectStore('runs').put({ ...record, epochs, settings: { ...settings, flip: false } });
  transaction.objectStore('runs').put({ ...record, id: 'waiting', settings: { ...settings, flip: false } });
  const blob = { shape: [1], data: Float32Array.of(2) };
  const snapshot = { run: 'r', epoch: 1, step: 4, weights: new Map([['conv1/0', blob]]) };
  transaction.objectStore('snapshots').put({ ...snapshot, velocities: new Map([['conv1/0', blob]]) });
  await new Promise((resolve) => (transaction.oncomplete = resolve));
  raw.close();

  expect(await getDataset('d')).toEqual(datasetRecord('d', 'streets'));
  const database = await openDatabase();
  expect([...database.objectStoreNames]).toEqual([
    'datasets',
    'images',
    'imports',
    'labels',
    'models',
    'networks',
    'previews',
    'runs',
    'snapshots',
    'tiles',
  ]);
  expect(await getTile('d', 'train', 0)).toEqual(tileRecord('d', 'train', 0));
  const facts = { epoch: 1, step: 4, pixelAccuracy: 0.5, meanIoU: 0.25, bytes: 8, kept: false };
  const snapshots = { all: [facts], last: 4, previous: null, best: 4 };
  expect(await database.get('runs', 'r')).toEqual({ ...runRecord('r', 'done'), epochs, snapshots });
  expect(await database.get('runs', 'waiting')).toEqual({ ...runRecord('r', 'done'), id: 'waiting' });
  expect(await getLastSnapshot('r')).toEqual({ ...snapshot, history: new Map([['conv1/0', [blob]]]) });
  expect(await database.count('snapshots')).toBe(1);
  expect(await getLastSnapshot('waiting')).toBeUndefined();
  await saveNetworkDraft({ name: 'mine', prototxt: '' }, 'n');
  expect(await database.count('networks')).toBe(1);
});

test('later migrations run on what is there, each once, and a failing one changes nothing', async () => {
  const name = 'intarsia-migrations';
  await deleteDB(name);
  const first = await connect(name, migrations, () => {});
  await first.put('datasets', datasetRecord('d', 'streets'));
  first.close();

  const failing: Migration = async (database, transaction) => {
    await transaction.objectStore('datasets').clear();
    database.deleteObjectStore('runs');
    throw new Error('half-way');
  };
  await expect(connect(name, [...migrations, failing], () => {})).rejects.toMatchObject({
    code: 'storage-failed',
    message: expect.stringContaining('half-way') as string,
  });

  let runs = 0;
  const rename: Migration = async (_database, transaction) => {
    runs++;
    const store = transaction.objectStore('datasets');
    for (const record of await store.getAll()) await store.put({ ...record, name: record.name + '!' });
  };
  const steps = [...migrations, rename];
  for (let time = 0; time < 2; time++) {
    const upgraded = await connect(name, steps, () => {});
    expect(upgraded.version).toBe(migrations.length + 1);
    expect(await upgraded.get('datasets', 'd')).toEqual(datasetRecord('d', 'streets!'));
    upgraded.close();
  }
  expect(runs).toBe(1);
  await deleteDB(name);
});

test('a connection steps aside for an upgrade by another tab, and then says what to do', async () => {
  await openDatabase();
  const newer = await rawOpen('intarsia', migrations.length + 1, () => {});
  await expect(getDataset('d')).rejects.toMatchObject({
    code: 'storage-failed',
    message: expect.stringContaining('Reload') as string,
  });
  newer.close();
});

test('a closed connection is opened again', async () => {
  const first = await openDatabase();
  first.close();
  await putTiles([tileRecord('d', 'val', 3)], datasetRecord('d', 'streets'));
  expect(await openDatabase()).not.toBe(first);
  expect(await getDataset('d')).toEqual(datasetRecord('d', 'streets'));
});

test('a transaction that fails stores nothing', async () => {
  const uncloneable = { ...tileRecord('d', 'train', 1), name: (() => {}) as unknown as string };
  await expect(
    putTiles([tileRecord('d', 'train', 0), uncloneable], datasetRecord('d', 'streets')),
  ).rejects.toMatchObject({ code: 'storage-failed' });
  await expect(
    write(['datasets'], 'relaxed', async (transaction) => {
      await transaction.objectStore('datasets').add(datasetRecord('e', 'one'));
      await transaction.objectStore('datasets').add(datasetRecord('e', 'two'));
    }),
  ).rejects.toMatchObject({ message: expect.stringContaining('ConstraintError') as string });
  const database = await openDatabase();
  expect(await database.count('tiles')).toBe(0);
  expect(await database.count('datasets')).toBe(0);
});

test('a full disk has its own code', () => {
  const full = new DOMException('no room', 'QuotaExceededError');
  expect(storageError(full)).toMatchObject({ code: 'storage-full' });
});

test('deleteEverything leaves an empty database that works', async () => {
  await putTiles([tileRecord('d', 'train', 0)], datasetRecord('d', 'streets'));
  await deleteEverything();
  expect(await getDataset('d')).toBeUndefined();
});
