// A run that was stopped, or had to wait, or lost its device, ends where an undisturbed one does.
import { beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../core/errors';
import { chooseBackend } from '../engine/devices';
import { loseDeviceMidStep, misuseDeviceMidStep } from '../engine/testing/break-device';
import type { Session } from './session';
import { fresh, history, store, toEnd } from './testing/run-session';
import type { RunEvent, SnapshotRecord } from './types';

describe('a session that is disturbed', () => {
  beforeAll(async () => {
    await chooseBackend('wasm');
  });

  it('ends with the same bits when it was stopped and continued', async () => {
    const whole = store();
    const undisturbed = fresh();
    await toEnd(undisturbed, whole);

    const first = store();
    const run = fresh();
    await toEnd(run, first, (event, session) => {
      // In the middle of the second epoch, so that a step is thrown away and done again.
      if (event.kind === 'epoch') session.stop();
    });
    expect(run.status).toBe('stopped');
    expect(run.error).toBeNull();
    const second = store(first.snapshot);
    await toEnd(run, second);
    expect(run.status).toBe('done');
    expect(second.snapshot!.weights).toEqual(whole.snapshot!.weights);
    expect(second.snapshot!.history).toEqual(whole.snapshot!.history);
    expect(history(run)).toEqual(history(undisturbed));
  });

  it('takes a snapshot between two steps when asked to, and ends with the same bits', async () => {
    const whole = store();
    const undisturbed = fresh();
    await toEnd(undisturbed, whole);

    const kept = store();
    const run = fresh();
    const asked: Promise<unknown>[] = [];
    const events = await toEnd(run, kept, (event, session) => {
      if (event.kind === 'epoch' && event.record.epoch === 1) session.pause();
      if (event.kind === 'paused') {
        asked.push(session.snapshotNow());
        session.resume();
      }
      if (event.kind === 'epoch' && event.record.epoch === 2) asked.push(session.snapshotNow());
    });
    await Promise.all(asked);
    expect(kept.taken.map(({ epoch, step, history: state }) => [epoch, step, state.size])).toEqual([
      [1, 3, 0],
      [2, 6, 0],
    ]);
    expect(kept.taken[0]!.weights).not.toEqual(kept.taken[1]!.weights);
    expect(events.filter(({ kind }) => kind === 'marked')).toHaveLength(2);
    expect(run.marks!.filter(({ kind }) => kind === 'snapshot').map(({ step }) => step)).toEqual([3, 6]);
    expect(kept.snapshot!.weights).toEqual(whole.snapshot!.weights);
    expect(kept.snapshot!.history).toEqual(whole.snapshot!.history);
    expect(history(run)).toEqual(history(undisturbed));
  });

  it('goes on where a snapshot that was asked for has no room, and tells who asked', async () => {
    const kept = store();
    kept.saveTaken = () => Promise.reject(new AppError('storage-full', 'There is no storage left.'));
    const run = fresh();
    let told: unknown = null;
    let late: unknown = null;
    await toEnd(run, kept, (event, session) => {
      if (event.kind !== 'epoch') return;
      const ask = session.snapshotNow();
      if (event.record.epoch === 1) ask.catch((error: unknown) => (told = error));
      else ask.catch((error: unknown) => (late = error));
    });
    expect(run.status).toBe('done');
    expect(told).toMatchObject({ code: 'storage-full' });
    // After its last epoch no step follows.
    expect(late).toMatchObject({ code: 'aborted' });
    expect(run.marks!.some(({ kind }) => kind === 'snapshot')).toBe(false);
  });

  it('changes the learning rate between two steps, and does so again when continued from before', async () => {
    const halve = (event: RunEvent, session: Session) => {
      if (event.kind === 'epoch' && event.record.epoch === 2) void session.setLearningRate(0.025);
    };
    const whole = store();
    const run = fresh();
    const events = await toEnd(run, whole, halve);
    const mark = { kind: 'learning-rate', step: 6, learningRate: 0.025 };
    expect(events.find(({ kind }) => kind === 'marked')).toMatchObject({ mark });
    expect(run.marks).toMatchObject([{ kind: 'begun', step: 0 }, mark]);
    const plain = store();
    await toEnd(fresh(), plain);
    expect(plain.snapshot!.weights).not.toEqual(whole.snapshot!.weights);

    // The page is gone just after the change was stored: what is left is the record, and the snapshot of an epoch before.
    const first = store();
    const lost = fresh();
    let early: SnapshotRecord | null = null;
    await toEnd(lost, first, (event, session) => {
      if (event.kind === 'epoch' && event.record.epoch === 1) early = first.snapshot;
      halve(event, session);
      if (event.kind === 'marked') session.stop();
    });
    expect(lost.status).toBe('stopped');
    const second = store(early);
    await toEnd(lost, second);
    expect(lost.marks!.map(({ kind, step }) => [kind, step])).toEqual([
      ['begun', 0],
      ['learning-rate', 6],
      ['stopped', 6],
      ['begun', 3],
    ]);
    expect(second.snapshot).toEqual(whole.snapshot);
    expect(lost.curve.loss).toEqual(run.curve.loss);
  });

  it('keeps a learning rate that is chosen while it pauses, and forgets one of steps that were lost', async () => {
    const kept = store();
    const run = fresh({ epochs: 2 });
    run.marks = [{ kind: 'learning-rate', step: 5, at: 0, learningRate: 0.5 }];
    const events = await toEnd(run, kept, (event, session) => {
      if (event.kind === 'epoch' && event.record.epoch === 1) session.pause();
      if (event.kind === 'paused') void session.setLearningRate(0.01).then(() => session.resume());
    });
    const order = events.map(({ kind }) => kind).filter((kind) => /marked|paused|resumed/.test(kind));
    expect(order).toEqual(['paused', 'marked', 'resumed']);
    const rates = run.marks.filter(({ kind }) => kind === 'learning-rate');
    expect(rates).toMatchObject([{ step: 3, learningRate: 0.01 }]);
    const stored = kept.runs.findLast(({ status }) => status === 'paused')!;
    expect(stored.marks!.at(-1)).toMatchObject({ kind: 'learning-rate', step: 3 });
  });

  it('waits where there is no room for a snapshot, and goes on to the same bits', async () => {
    const whole = store();
    const undisturbed = fresh();
    await toEnd(undisturbed, whole);

    const kept = store();
    const saveEpoch = kept.saveEpoch.bind(kept);
    let refusals = 2;
    kept.saveEpoch = (run, next, preview) =>
      next.epoch === 2 && refusals-- > 0
        ? Promise.reject(new AppError('storage-full', 'There is no storage left.'))
        : saveEpoch(run, next, preview);
    const run = fresh();
    const told: RunEvent[] = [];
    await toEnd(run, kept, (event, session) => {
      if (event.kind !== 'paused') return;
      told.push(event);
      expect(kept.snapshot!.epoch).toBe(1);
      expect(kept.runs.at(-1)).toMatchObject({ status: 'paused', error: { code: 'storage-full' } });
      expect(kept.runs.at(-1)!.epochs).toHaveLength(1);
      setTimeout(() => session.resume());
    });
    expect(told).toHaveLength(2);
    expect(told[0]).toMatchObject({ step: 6, error: { code: 'storage-full' } });
    expect(run).toMatchObject({ status: 'done', error: null });
    expect(kept.snapshot).toEqual(whole.snapshot);
    expect(history(run)).toEqual(history(undisturbed));
  });

  it('can be stopped while it waits for room, and claims nothing that was not stored', async () => {
    const kept = store();
    const full = () => Promise.reject(new AppError('storage-full', 'There is no storage left.'));
    kept.saveEpoch = full;
    const run = fresh();
    const events = await toEnd(run, kept, (event, session) => {
      if (event.kind === 'phase' && event.phase === 'saving') kept.saveRun = full;
      if (event.kind === 'paused') setTimeout(() => session.stop());
    });
    expect(run).toMatchObject({ status: 'stopped', error: null, epochs: [] });
    expect(events.at(-1)).toMatchObject({ kind: 'ended', status: 'stopped' });
  });

  it('stores nothing more once another tab has it', async () => {
    const kept = store();
    const run = fresh();
    let writes = 0;
    const events = await toEnd(run, kept, (event, session) => {
      if (event.kind !== 'epoch') return;
      writes = kept.runs.length;
      session.stop(new AppError('taken-over', 'Another tab has it.'));
    });
    expect(events.at(-1)).toMatchObject({ status: 'interrupted', error: { code: 'taken-over' } });
    expect(kept.runs).toHaveLength(writes);
  });
});

describe.each([
  ['lost', loseDeviceMidStep, 'device-lost'],
  ['misused', misuseDeviceMidStep, 'gpu-error'],
])('a session whose device is %s in the middle of a step', (_what, breakDevice, code) => {
  it('ends within a second, keeps the epoch before, and goes on from there to the same bits', async () => {
    const webgpu = { backend: 'webgpu', batch: 5 } as const;
    const whole = store();
    const phases: string[] = [];
    await toEnd(fresh(webgpu), whole, (event) => event.kind === 'phase' && phases.push(event.phase));
    expect(phases).toEqual([
      'preparing',
      'compiling',
      'training',
      ...whole.epochs.flatMap(() => ['saving', 'training']),
    ]);

    const first = store();
    const run = fresh(webgpu);
    let broken: Promise<number> | null = null;
    const events = await toEnd(run, first, (event) => {
      if (event.kind === 'epoch') broken ??= breakDevice();
    });
    expect(performance.now() - (await broken!)).toBeLessThan(1000);
    expect(run).toMatchObject({ status: 'failed', error: { code } });
    expect(events.at(-1)).toMatchObject({ kind: 'ended', status: 'failed', error: { code } });
    expect(first.epochs).toEqual([1]);
    expect(run.epochs.map(({ epoch }) => epoch)).toEqual([1]);

    const second = store(first.snapshot);
    await toEnd(run, second);
    expect(run).toMatchObject({ status: 'done', error: null });
    expect(second.snapshot).toEqual(whole.snapshot);
  });
});

it('a session that goes on elsewhere says where it began', async () => {
  const first = store();
  const run = fresh({ backend: 'webgpu', batch: 5 });
  await toEnd(run, first, (event, session) => event.kind === 'epoch' && session.stop());
  expect(run.backend!.reason).not.toContain('began');
  run.settings.backend = 'wasm';
  await toEnd(run, store(first.snapshot));
  expect(run).toMatchObject({ status: 'done', backend: { name: 'wasm' } });
  expect(run.backend!.reason).toContain('The run began on webgpu.');
});
