import { afterEach, beforeEach, expect, test } from 'vitest';
import { editClasses, noEdit, replaceCounts, replaceLabels } from '../data/class-edit';
import { stageMerge } from '../data/dataset-merge';
import { deflateLabels, inflateLabels } from '../data/label-codec';
import { countPixels } from '../data/statistics';
import { storedTiles } from '../data/testing/tiles';
import type { DatasetRecord } from '../data/types';
import type { RunStatus } from '../training/types';
import { deleteEverything, openDatabase } from './database';
import * as datasets from './datasets';
import { importLockName } from './imports';
import * as merges from './label-merge';
import { putRun } from './runs';
import { runRecord } from './test-records';

beforeEach(deleteEverything);
afterEach(deleteEverything);

const count = { train: 130, val: 3 };
const stored = storedTiles(count, { width: 16, height: 8 });

/** Stores the dataset and returns the edit that merges class 1 into 0 and makes class 3 void. */
async function prepare() {
  await datasets.putTiles([...stored.tiles.train, ...stored.tiles.val], stored.record);
  const edit = noEdit(stored.record);
  edit.classes[1]!.into = 0;
  edit.classes[3]!.into = 'void';
  return editClasses(stored.record, edit);
}

function stage(table: Uint8Array, signal = new AbortController().signal, onProgress = () => {}) {
  return stageMerge({
    dataset: stored.record,
    table,
    read: (split, from, size) => merges.readLabelMaps('d', split, from, size),
    stage: merges.stageLabels,
    signal,
    onProgress,
  });
}

async function everything() {
  const database = await openDatabase();
  const [tiles, labels, record] = await Promise.all([
    database.getAll('tiles'),
    database.getAll('labels'),
    datasets.getDataset('d'),
  ]);
  return { tiles, labels, record: record! };
}

test('a merge rewrites maps, facts and record, and leaves nothing behind', async () => {
  const edited = await prepare();
  const table = edited.table!;
  await stage(table);
  await merges.switchClasses(stored.record, edited);
  const { tiles, labels, record } = await everything();
  expect(record).toEqual({
    ...stored.record,
    ...edited.list,
    pixels: {
      train: replaceCounts(stored.record.pixels.train, table, 2),
      val: replaceCounts(stored.record.pixels.val, table, 2),
    },
  });
  const all = [...stored.tiles.train, ...stored.tiles.val];
  expect(labels).toHaveLength(all.length);
  for (const before of all) {
    const map = labels.find(({ split, index }) => split === before.split && index === before.index)!;
    const after = inflateLabels(map.labels, 128);
    expect(after).toEqual(replaceLabels(inflateLabels(before.labels, 128), table));
    const facts = tiles.find(({ split, index }) => split === before.split && index === before.index)!;
    expect(facts.pixels).toEqual(countPixels(after, 2));
  }
});

test('until the switch nothing changes, and the next start removes what was staged', async () => {
  const { table } = await prepare();
  const before = await everything();
  await stage(table!);
  // The tab is killed here: another start sees the old dataset and what is staged.
  expect((await everything()).labels.length).toBe(2 * before.labels.length);
  expect((await everything()).record).toEqual(before.record);
  const held = navigator.locks.request(importLockName('d'), () => merges.dropAllStaged());
  await held;
  expect((await everything()).labels.length).toBe(2 * before.labels.length);
  await merges.dropAllStaged();
  expect(await everything()).toEqual(before);
});

test('a switch that fails in the middle changes nothing', async () => {
  const edited = await prepare();
  await stage(edited.table!);
  const database = await openDatabase();
  await database.delete('labels', [datasets.stagingId('d'), 'val', 2]);
  const before = await everything();
  await expect(merges.switchClasses(stored.record, edited)).rejects.toThrow(/changed meanwhile/);
  expect(await everything()).toEqual(before);
});

test('a stop ends the staging', async () => {
  const { table } = await prepare();
  const stop = new AbortController();
  await expect(stage(table!, stop.signal, () => stop.abort())).rejects.toMatchObject({ code: 'aborted' });
  expect((await everything()).labels.length).toBeLessThan(2 * (count.train + count.val));
});

test('labels cannot be painted meanwhile, nor can classes have changed', async () => {
  const edited = await prepare();
  await stage(edited.table!);
  const change = {
    dataset: 'd',
    split: 'train' as const,
    index: 0,
    labels: deflateLabels(new Uint8Array(128)),
    pixels: { classes: [128, 0, 0, 0], void: 0 },
  };
  await expect(datasets.changeLabels('d', [change])).rejects.toThrow(/are being merged/);
  const other: DatasetRecord = { ...stored.record, classes: stored.record.classes.slice(1) };
  await datasets.putDataset(other);
  await expect(merges.switchClasses(stored.record, edited)).rejects.toThrow(/changed meanwhile/);
});

test.each<[RunStatus, number, boolean]>([
  ['waiting', 0, true],
  ['running', 0, true],
  ['paused', 0, true],
  ['interrupted', 0, true],
  ['failed', 0, true],
  ['stopped', 0, true],
  ['stopped', 1, false],
  ['done', 1, false],
])('a run that is %s after %i of 1 epochs refuses a merge: %s', async (status, epochs, refused) => {
  const edited = await prepare();
  await putRun({ ...runRecord('r', status), epochs: Array(epochs).fill({ epoch: 1 }) as never });
  await stage(edited.table!);
  const work = merges.switchClasses(stored.record, edited);
  if (!refused) return expect(work).resolves.toBeUndefined();
  await expect(work).rejects.toMatchObject({
    code: 'bad-settings',
    message: expect.stringContaining(`"run r" (${status})`) as string,
  });
  expect((await datasets.getDataset('d'))?.classes).toHaveLength(4);
  // Names and colours do not move positions.
  const renamed = noEdit(stored.record);
  renamed.classes[0]!.name = 'other';
  await merges.switchClasses(stored.record, editClasses(stored.record, renamed));
  expect((await datasets.getDataset('d'))?.classes[0]?.name).toBe('other');
});
