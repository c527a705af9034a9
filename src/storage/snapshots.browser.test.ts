import { afterEach, beforeEach, expect, test } from 'vitest';
import { deleteEverything, openDatabase } from './database';
import { deleteRunRecords, getRun, putEpoch, putNewRun, putRun, putTaken } from './runs';
import { getLastSnapshot, getSnapshot, keepSnapshot } from './snapshots';
import { epochRecord, modelRecord, runRecord } from './test-records';

beforeEach(deleteEverything);
afterEach(deleteEverything);

const STEPS = 10;
const blob = (value: number) => ({ shape: [2], data: Float32Array.of(value, -1) });

function snapshotOf(run: string, step: number) {
  return {
    run,
    epoch: Math.floor(step / STEPS),
    step,
    weights: new Map([['conv1/0', blob(step)]]),
    history: new Map([['conv1/0', [blob(0)]]]),
  };
}

/** Stores epochs as a session does, one after another: of each its mean IoU. */
async function train(id: string, ious: readonly number[], from = 0): Promise<void> {
  let record = (await getRun(id)) ?? runRecord(id, 'running');
  for (const [i, iou] of ious.entries()) {
    const epoch = from + i + 1;
    const epochs = [...record.epochs, epochRecord(epoch, epoch * STEPS, iou)];
    record = { ...record, epochs, model: `model-${id}` };
    await putEpoch(record, snapshotOf(id, epoch * STEPS), null, modelRecord(`model-${id}`, id));
  }
}

/** What the record says, checked against what lies in the store. */
async function stored(id: string) {
  const { all, ...named } = (await getRun(id))!.snapshots;
  const keys = await (await openDatabase()).getAllKeys('snapshots');
  expect(keys.filter(([run]) => run === id).map(([, step]) => step)).toEqual(all.map(({ step }) => step));
  return { steps: all.map(({ step }) => step), ...named };
}

test('last, previous and best are kept, and no others', async () => {
  await train('r', [0.1]);
  expect(await stored('r')).toEqual({ steps: [10], last: 10, previous: null, best: 10 });
  await train('r', [0.3, 0.2, 0.3], 1);
  // The first of equals is the best.
  expect(await stored('r')).toEqual({ steps: [20, 30, 40], last: 40, previous: 30, best: 20 });
  await train('r', [0.1], 4);
  expect(await stored('r')).toEqual({ steps: [20, 40, 50], last: 50, previous: 40, best: 20 });
  await train('r', [0.5, 0.4, 0.3], 5);
  expect(await stored('r')).toEqual({ steps: [60, 70, 80], last: 80, previous: 70, best: 60 });
  expect(await getLastSnapshot('r')).toEqual(snapshotOf('r', 80));
  expect(await getSnapshot({ run: 'r', step: 60 })).toEqual(snapshotOf('r', 60));
  expect((await getRun('r'))!.snapshots.all[0]).toEqual({
    epoch: 6,
    step: 60,
    pixelAccuracy: 0.5,
    meanIoU: 0.5,
    bytes: 16,
    kept: false,
  });
});

test('what a person keeps stays until it is let go, also while the run goes on', async () => {
  await train('r', [0.1, 0.2]);
  const session = (await getRun('r'))!;
  await keepSnapshot({ run: 'r', step: 10 }, true);
  // Who trains the run knows nothing of that, and writes its own record.
  await putRun({ ...session, status: 'paused' });
  expect((await getRun('r'))!.status).toBe('paused');
  expect((await getRun('r'))!.snapshots.all.map(({ kept }) => kept)).toEqual([true, false]);
  await train('r', [0.3, 0.4, 0.5], 2);
  expect(await stored('r')).toEqual({ steps: [10, 40, 50], last: 50, previous: 40, best: 50 });
  await keepSnapshot({ run: 'r', step: 50 }, true);
  await keepSnapshot({ run: 'r', step: 10 }, false);
  expect((await stored('r')).steps).toEqual([40, 50]);
  await keepSnapshot({ run: 'r', step: 50 }, false);
  // The run goes on from it all the same.
  expect(await stored('r')).toMatchObject({ steps: [40, 50], last: 50 });
  await keepSnapshot({ run: 'gone', step: 1 }, true);
});

test('one that was taken within an epoch is kept, and the run goes on from the epoch before', async () => {
  await train('r', [0.1]);
  const taken = { ...snapshotOf('r', 14), history: new Map() };
  await putTaken((await getRun('r'))!, taken);
  expect(await stored('r')).toEqual({ steps: [10, 14], last: 10, previous: null, best: 10 });
  expect((await getRun('r'))!.snapshots.all[1]).toEqual({
    epoch: 1,
    step: 14,
    pixelAccuracy: null,
    meanIoU: null,
    bytes: 8,
    kept: true,
  });
  expect(await getLastSnapshot('r')).toEqual(snapshotOf('r', 10));
  // Between two epochs the snapshot of that step is there already, and better.
  await putTaken((await getRun('r'))!, { ...snapshotOf('r', 10), history: new Map() });
  expect(await getLastSnapshot('r')).toEqual(snapshotOf('r', 10));
  // Taken while the epoch was validated, it becomes that epoch's own, and stays kept.
  await putTaken((await getRun('r'))!, { ...snapshotOf('r', 20), history: new Map() });
  await train('r', [0.2, 0.3, 0.4, 0.5], 1);
  expect(await stored('r')).toEqual({ steps: [10, 14, 20, 40, 50], last: 50, previous: 40, best: 50 });
  expect(await getSnapshot({ run: 'r', step: 20 })).toEqual(snapshotOf('r', 20));
});

test('starting weights are the snapshot before the first step, and go like any other', async () => {
  await putNewRun(runRecord('r', 'waiting'), { ...snapshotOf('r', 0), history: new Map() });
  expect(await stored('r')).toEqual({ steps: [0], last: 0, previous: null, best: null });
  await train('r', [0.1]);
  expect(await stored('r')).toEqual({ steps: [0, 10], last: 10, previous: 0, best: 10 });
  await train('r', [0.2], 1);
  expect(await stored('r')).toEqual({ steps: [10, 20], last: 20, previous: 10, best: 20 });
});

test('an epoch that cannot be stored leaves the snapshots as they were', async () => {
  await train('r', [0.3, 0.2]);
  const record = (await getRun('r'))!;
  const epochs = [...record.epochs, epochRecord(3, 30, 0.1)];
  const bad = {
    ...snapshotOf('r', 30),
    weights: new Map([['conv1/0', { shape: [1], data: (() => {}) as never }]]),
  };
  await expect(putEpoch({ ...record, epochs }, bad, null, modelRecord('m', 'r'))).rejects.toBeDefined();
  expect(await stored('r')).toEqual({ steps: [10, 20], last: 20, previous: 10, best: 10 });
  expect((await getRun('r'))!.epochs).toHaveLength(2);
});

test('a run is deleted with all its snapshots, and another one keeps its own', async () => {
  await train('a', [0.1, 0.2]);
  await train('ab', [0.1, 0.2]);
  await deleteRunRecords('a');
  expect(await (await openDatabase()).getAllKeys('snapshots')).toEqual([
    ['ab', 10],
    ['ab', 20],
  ]);
});
