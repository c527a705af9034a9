// Whole runs on wasm, with the store in memory: what is kept and what is told.
import { beforeAll, describe, expect, it } from 'vitest';
import { chooseBackend } from '../engine/devices';
import { memory } from '../engine/read-back';
import { initialWeights } from '../nets/fillers';
import { readNetwork } from '../nets/read-network';
import { startFrom } from './new-run';
import { fresh, store, toEnd } from './testing/run-session';
import { height, network, width } from './testing/stripes';

describe('a session', () => {
  beforeAll(async () => {
    await chooseBackend('wasm');
  });

  it('learns nothing from batches without a label, and gives no number that is none', async () => {
    const kept = store();
    const { read } = kept;
    kept.read = async (split, indices) =>
      (await read(split, indices)).map((one) => ({
        ...one,
        labels: new Uint8Array(one.labels.length).fill(255),
      }));
    const run = fresh({ epochs: 2 });
    const start = initialWeights(readNetwork(run.prototxt), run.settings.seed);
    await toEnd(run, kept);
    expect(run.status).toBe('done');
    expect(run.curve.loss).toEqual([0, 0, 0, 0, 0, 0]);
    expect(run.epochs.at(-1)).toMatchObject({ trainLoss: 0, valLoss: 0, pixelAccuracy: 0, meanIoU: 0 });
    for (const [name, { data }] of kept.snapshot!.weights) expect(data).toEqual(start.get(name)!.data);
  });

  it('trains every epoch, tells of it and keeps it', async () => {
    const kept = store();
    const run = fresh({ epochs: 6 });
    const before = memory().tensors;
    const events = await toEnd(run, kept);
    expect(memory().tensors).toBe(before);
    expect(events.at(-1)).toEqual({ kind: 'ended', status: 'done', error: null });
    expect(kept.epochs).toEqual([1, 2, 3, 4, 5, 6]);
    expect(kept.runs.at(-1)).toMatchObject({ status: 'done', model: 'model', stepsPerEpoch: 3 });
    expect(run.epochs.map(({ step }) => step)).toEqual([3, 6, 9, 12, 15, 18]);
    expect(run.curve.step).toHaveLength(18);
    expect(run.epochs.at(-1)!.trainLoss).toBeLessThan(run.epochs[0]!.trainLoss);
    const told = events.flatMap((event) => (event.kind === 'progress' ? event.losses : []));
    expect(told).toEqual(run.curve.loss);
    const preview = events.findLast((event) => event.kind === 'epoch')!;
    expect(preview.kind === 'epoch' && preview.preview?.prediction).toHaveLength(width * height);
    expect(run.baseline).toBeCloseTo(1 / 3, 12);
  });

  it('stops after the epoch that it is in, unless that is taken back', async () => {
    const stopped = fresh();
    await toEnd(stopped, store(), (event, session) => {
      if (event.kind === 'phase' && event.phase === 'training') session.stopAfterEpoch(true);
    });
    expect(stopped).toMatchObject({ status: 'stopped', error: null });
    expect(stopped.epochs).toHaveLength(1);
    const through = fresh({ epochs: 2 });
    await toEnd(through, store(), (event, session) => {
      if (event.kind !== 'phase') return;
      session.stopAfterEpoch(true);
      session.stopAfterEpoch(false);
    });
    expect(through).toMatchObject({ status: 'done' });
  });

  it('pauses between steps and goes on', async () => {
    const kept = store();
    const run = fresh({ epochs: 1 });
    const paused: number[] = [];
    await toEnd(run, kept, (event, session) => {
      if (event.kind === 'phase' && event.phase === 'training' && !paused.length) session.pause();
      if (event.kind === 'paused') {
        paused.push(event.step);
        expect(kept.runs.at(-1)!.status).toBe('paused');
        setTimeout(() => session.resume());
      }
    });
    expect(paused).toEqual([0]);
    expect(run.status).toBe('done');
  });

  it('stops at a loss that is no number before it keeps anything', async () => {
    const kept = store();
    const run = fresh({ network: { kind: 'prototxt', text: network(1e38) } });
    const events = await toEnd(run, kept);
    expect(run).toMatchObject({ status: 'failed', error: { code: 'not-finite' } });
    expect(run.error!.message).toContain('smaller learning rate than 0.05');
    expect(kept.epochs).toEqual([]);
    expect(run.epochs).toEqual([]);
    expect(events.at(-1)).toMatchObject({ kind: 'ended', status: 'failed' });
  });

  it('names the tiles of the step whose loss a learning rate of a million made no number', async () => {
    const kept = store();
    const run = fresh({ learningRate: 1e6, batch: 1, accumulation: 2, epochs: 30 });
    await toEnd(run, kept);
    expect(run).toMatchObject({ status: 'failed', error: { code: 'not-finite' } });
    expect(run.error!.message).toMatch(/with the tiles train \d(, train \d)?\. Nothing of it is kept/);
    expect(run.error!.message).toContain('such as 100000');
    const { step, tiles } = run.error!.details as { step: number; tiles: string[] };
    expect(tiles.length).toBeGreaterThan(0);
    expect(run.curve.step).toHaveLength(step - 1);
    expect(run.epochs.every((epoch) => epoch.step < step)).toBe(true);
    for (const { data } of kept.snapshot?.weights.values() ?? []) {
      expect(data.every(Number.isFinite)).toBe(true);
    }
  });

  it('does not start from weights with one value that is no number', () => {
    const run = fresh();
    const weights = initialWeights(readNetwork(run.prototxt), 1);
    weights.get('conv1/0')!.data[7] = NaN;
    expect(() => startFrom(run, { name: 'broken', weights })).toThrow(
      /^The weights of broken .*conv1\/0 has/,
    );
    expect(run.start).toBeNull();
  });

  it('starts from the weights of a model', async () => {
    const kept = store();
    const first = fresh({ epochs: 6 });
    await toEnd(first, kept);
    const run = fresh({ epochs: 1 });
    const start = startFrom(run, { name: 'stripes', weights: kept.snapshot!.weights });
    expect(run.start!.report).toMatchObject({ missing: [], unused: [], reshaped: [] });
    await toEnd(run, store(start));
    expect(run.curve.loss[0]).toBeLessThan(first.curve.loss[0]!);
  });
});
