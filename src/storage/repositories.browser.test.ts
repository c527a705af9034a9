import { afterEach, beforeEach, expect, test } from 'vitest';
import { deflateLabels } from '../data/label-codec';
import { deleteEverything, openDatabase } from './database';
import * as datasets from './datasets';
import * as models from './models';
import * as networks from './networks';
import * as runs from './runs';
import { getLastSnapshot } from './snapshots';
import { datasetRecord, modelRecord, runRecord, tileRecord } from './test-records';

beforeEach(deleteEverything);
afterEach(deleteEverything);

test('datasets are listed newest first and found by name', async () => {
  await datasets.putDataset(datasetRecord('old', 'streets', 1));
  await datasets.putDataset(datasetRecord('new', 'fields', 2));
  expect((await datasets.listDatasets()).map(({ id }) => id)).toEqual(['new', 'old']);
  expect((await datasets.findDatasetByName('streets'))?.id).toBe('old');
  expect(await datasets.findDatasetByName('Streets')).toBeUndefined();
});

test('tiles come back in the order asked for', async () => {
  await datasets.putTiles([0, 1, 2, 10].map((index) => tileRecord('d', 'train', index)));
  const tiles = await datasets.getTiles('d', 'train', [10, 3, 0]);
  expect(tiles.map((tile) => tile?.index)).toEqual([10, undefined, 0]);
  expect(await datasets.getTile('d', 'train', 2)).toEqual(tileRecord('d', 'train', 2));
  expect(await datasets.getTile('d', 'val', 2)).toBeUndefined();
});

test('facts are listed by split, without pixels', async () => {
  await datasets.putTiles([
    ...[2, 10, 0].map((index) => tileRecord('d', 'train', index)),
    tileRecord('d', 'val', 0),
    tileRecord('dd', 'train', 0),
  ]);
  const facts = await datasets.listTiles('d', 'train');
  expect(facts.map(({ index }) => index)).toEqual([0, 2, 10]);
  expect(facts[1]).not.toHaveProperty('rgb');
  expect(facts[1]).toMatchObject({ name: 'picture-2', pixels: { classes: [2], void: 0 } });
});

test('another label map changes the counts of tile and dataset with it, or nothing', async () => {
  await datasets.putTiles([tileRecord('d', 'train', 0)], datasetRecord('d', 'streets'));
  const labels = deflateLabels(Uint8Array.of(0, 255));
  const change: datasets.LabelChange = {
    dataset: 'd',
    split: 'train',
    index: 0,
    labels,
    pixels: { classes: [1], void: 1 },
  };
  await datasets.changeLabels('d', [change]);
  expect(await datasets.getTile('d', 'train', 0)).toMatchObject({
    pixels: { classes: [1], void: 1 },
    labels,
  });
  expect((await datasets.getDataset('d'))?.pixels.train).toEqual({ classes: [1], void: 1 });
  const more = { ...change, labels: deflateLabels(Uint8Array.of(0, 0)), pixels: { classes: [2], void: 0 } };
  const missing = { ...change, index: 7 };
  await expect(datasets.changeLabels('d', [more, missing])).rejects.toMatchObject({ code: 'not-found' });
  expect(await datasets.getTile('d', 'train', 0)).toMatchObject({ pixels: { classes: [1], void: 1 } });
});

test('deleting a dataset takes its tiles and no others', async () => {
  for (const id of ['d', 'dd', 'c']) {
    await datasets.putTiles(
      [tileRecord(id, 'train', 0), tileRecord(id, 'val', 0)],
      datasetRecord(id, `dataset ${id}`),
    );
  }
  await datasets.deleteDatasetRecords('d');
  expect((await datasets.listDatasets()).map(({ id }) => id).sort()).toEqual(['c', 'dd']);
  const database = await openDatabase();
  for (const store of ['tiles', 'images', 'labels'] as const) {
    expect(await database.getAllKeys(store)).toEqual([
      ['c', 'train', 0],
      ['c', 'val', 0],
      ['dd', 'train', 0],
      ['dd', 'val', 0],
    ]);
  }
});

const blob = { shape: [2], data: Float32Array.of(0.5, -1) };

function epochOf(run: string, epoch: number) {
  const record = { ...runRecord(run, 'running'), model: `model-${run}` };
  const snapshot = {
    run,
    epoch,
    step: epoch * 10,
    weights: new Map([['conv1/0', blob]]),
    history: new Map([['conv1/0', [blob]]]),
  };
  const preview = { run, epoch, tile: 0, width: 1, height: 1, prediction: Uint8Array.of(epoch) };
  return [record, snapshot, preview, modelRecord(`model-${run}`, run)] as const;
}

test('an epoch is stored whole, and its run is deleted whole', async () => {
  for (const epoch of [1, 2, 11]) await runs.putEpoch(...epochOf('a', epoch));
  await runs.putEpoch(...epochOf('ab', 1));
  expect(await getLastSnapshot('a')).toEqual(epochOf('a', 11)[1]);
  expect((await runs.getPreviews('a')).map(({ epoch }) => epoch)).toEqual([1, 2, 11]);

  await runs.deleteRunRecords('a');
  expect(await runs.getRun('a')).toBeUndefined();
  expect(await getLastSnapshot('a')).toBeUndefined();
  expect(await runs.getPreviews('a')).toEqual([]);
  expect((await models.listModels()).map(({ id }) => id)).toEqual(['model-ab']);
  expect(await runs.getPreviews('ab')).toHaveLength(1);
});

test('networks are stored, changed and deleted, each under a name of its own', async () => {
  const first = await networks.saveNetworkDraft(
    { name: ' mine ', prototxt: 'a', origin: { kind: 'zoo', id: 'fcn-8s' } },
    'n',
  );
  expect(first).toMatchObject({
    id: 'n',
    name: 'mine',
    prototxt: 'a',
    origin: { kind: 'zoo', id: 'fcn-8s' },
  });
  await networks.saveNetworkDraft({ name: 'other', prototxt: 'b' }, 'm');
  await expect.poll(() => Date.now()).toBeGreaterThan(first.changedAt);
  const second = await networks.saveNetworkDraft({ id: 'n', name: 'renamed', prototxt: 'c' }, 'x');
  expect(second).toEqual({ ...first, name: 'renamed', prototxt: 'c', changedAt: second.changedAt });
  expect(second.changedAt).toBeGreaterThan(first.changedAt);
  expect(await networks.getNetwork('n')).toEqual(second);
  expect((await networks.listNetworks()).map(({ id }) => id)).toEqual(['n', 'm']);

  const refused = (draft: Parameters<typeof networks.saveNetworkDraft>[0]) =>
    expect(networks.saveNetworkDraft(draft, 'x')).rejects;
  await refused({ name: 'other', prototxt: '' }).toMatchObject({ code: 'bad-settings' });
  await refused({ id: 'n', name: 'other', prototxt: '' }).toMatchObject({ code: 'bad-settings' });
  await refused({ name: ' ', prototxt: '' }).toMatchObject({ code: 'bad-settings' });
  await networks.deleteNetworkRecord('m');
  await refused({ id: 'm', name: 'other', prototxt: '' }).toMatchObject({ code: 'not-found' });
  expect(await networks.listNetworks()).toEqual([second]);
});

test('models are kept and deleted', async () => {
  await models.putModel(modelRecord('m', 'a'));
  expect(await models.getModel('m')).toEqual(modelRecord('m', 'a'));
  await models.deleteModelRecord('m');
  expect(await models.getModel('m')).toBeUndefined();
});

test('runs that were under way when the page ended are interrupted, unless another tab has them', async () => {
  await runs.putRun(runRecord('waiting', 'waiting', 5));
  await runs.putRun(runRecord('running', 'running', 4));
  await runs.putRun(runRecord('paused', 'paused', 3));
  await runs.putRun(runRecord('done', 'done', 2));
  await runs.putRun(runRecord('elsewhere', 'running', 1));
  await navigator.locks.request(runs.runLockName('elsewhere'), () => runs.markInterruptedRuns());
  expect((await runs.listRuns()).map(({ id, status }) => [id, status])).toEqual([
    ['waiting', 'waiting'],
    ['running', 'interrupted'],
    ['paused', 'interrupted'],
    ['done', 'done'],
    ['elsewhere', 'running'],
  ]);
});

test('who was made the owner of a run writes, and a former owner is refused', async () => {
  await runs.putNewRun(runRecord('r', 'waiting'), null);
  const first = (await runs.claimRun('r'))!;
  await runs.putRun({ ...first, status: 'running' });
  const second = (await runs.claimRun('r'))!;
  expect([first.owner, second.owner]).toEqual([1, 2]);
  const [, snapshot, preview, model] = epochOf('r', 1);
  await expect(runs.putRun({ ...first, status: 'done' })).rejects.toMatchObject({ code: 'taken-over' });
  await expect(runs.putEpoch(first, snapshot, preview, model)).rejects.toMatchObject({ code: 'taken-over' });
  expect(await getLastSnapshot('r')).toBeUndefined();
  expect(await runs.getPreviews('r')).toEqual([]);
  expect(await runs.getRun('r')).toMatchObject({ status: 'running', owner: 2 });
  await runs.putEpoch(second, snapshot, preview, model);
  expect(await getLastSnapshot('r')).toEqual(snapshot);
  expect(await runs.claimRun('gone')).toBeUndefined();
});
