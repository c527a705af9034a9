// Whole runs on wasm, with the store in memory: what is kept, what is told, and that a continued run ends where an undisturbed one does.
import { beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../core/errors';
import { random32 } from '../core/random';
import { noAugmentation, type Augmentation } from '../data/augment/settings';
import { VOID, type DatasetRecord, type Split } from '../data/types';
import { chooseBackend } from '../engine/devices';
import { memory } from '../engine/read-back';
import { relativeError } from '../engine/testing/close';
import { loseDeviceMidStep, misuseDeviceMidStep } from '../engine/testing/break-device';
import { initialWeights } from '../nets/fillers';
import { policyDefaults } from '../nets/learning-rate';
import { readNetwork } from '../nets/read-network';
import type { Sample } from './batches';
import { newRun, startFrom } from './new-run';
import { Session, type RunStore } from './session';
import type { RunEvent, RunRecord, SnapshotRecord, TrainSettings } from './types';

const [width, height, classes] = [24, 16, 3];
const colours = [40, 120, 220];

/** Tiles of vertical stripes: each class has its grey, with noise. */
function sample(split: Split, index: number): Sample {
  const labels = Uint8Array.from({ length: width * height }, (_, i) =>
    Math.floor(((i % width) * classes) / width),
  );
  const noise = (i: number) => random32(1, split, index, i) % 16;
  const rgb = Uint8Array.from(
    { length: labels.length * 3 },
    (_, i) => colours[labels[Math.floor(i / 3)]!]! + noise(i),
  );
  return { name: `${split} ${index}`, image: { width, height, rgb }, labels };
}

const pixels = (tiles: number) => ({
  classes: Array.from({ length: classes }, () => (tiles * width * height) / classes),
  void: 0,
});

const dataset: DatasetRecord = {
  id: 'stripes',
  schema: 1,
  name: 'stripes',
  createdAt: 0,
  state: 'ready',
  format: 'grey-index',
  classes: ['left', 'middle', 'right'].map((name, id) => ({ id, name, colour: [id, id, id] as const })),
  voidClass: null,
  scale: null,
  tile: null,
  split: { kind: 'folders' },
  pairs: { train: 5, val: 2 },
  tiles: { train: 5, val: 2 },
  pixels: { train: pixels(5), val: pixels(2) },
  tileSizes: [{ width, height, count: 7 }],
  rejected: [],
  sizeBytes: 0,
};

/** Small enough to learn the stripes in a second; dropout, so that continuing exactly is no matter of course. */
const network = (scale: number) => `
layer { name: "shift" type: "Power" bottom: "data" top: "shift" power_param { scale: ${scale} shift: -1.2 } }
layer { name: "conv1" type: "Convolution" bottom: "shift" top: "conv1"
  convolution_param { num_output: 16 kernel_size: 3 pad: 1 weight_filler { type: "msra" } } }
layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
layer { name: "drop1" type: "Dropout" bottom: "conv1" top: "conv1" }
layer { name: "score" type: "Convolution" bottom: "conv1" top: "score"
  convolution_param { num_output: 3 kernel_size: 1 weight_filler { type: "gaussian" std: 0.01 } } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "score" bottom: "label" top: "loss" loss_param { ignore_label: 255 } }
`;

const settings: TrainSettings = {
  dataset: 'stripes',
  network: { kind: 'prototxt', text: network(0.01) },
  width: 1,
  epochs: 3,
  batch: 2,
  accumulation: 1,
  learningRate: 0.05,
  solver: 'SGD',
  policy: 'poly',
  policyParameters: policyDefaults.poly,
  warmup: 0,
  momentum: 0.9,
  weightDecay: 5e-4,
  clip: null,
  multipliers: {},
  loss: 'cross-entropy',
  focalGamma: 2,
  classWeights: { mode: 'none', weights: null },
  augmentation: { ...noAugmentation, flip: true },
  mean: 'network',
  seed: 11,
  backend: 'wasm',
};

interface Kept extends RunStore {
  runs: RunRecord[];
  epochs: number[];
  snapshot: SnapshotRecord | null;
  /** By hand. */
  taken: SnapshotRecord[];
}

function store(snapshot: SnapshotRecord | null = null): Kept {
  const kept: Kept = {
    runs: [],
    epochs: [],
    snapshot,
    taken: [],
    read: (split, indices) => Promise.resolve(indices.map((index) => sample(split, index))),
    saveRun: (run) => Promise.resolve(void kept.runs.push(structuredClone(run))),
    saveEpoch: (run, next) => {
      kept.epochs.push(next.epoch);
      kept.snapshot = structuredClone(next);
      run.model = 'model';
      return kept.saveRun(run);
    },
    saveTaken: (run, next) => {
      kept.taken.push(structuredClone(next));
      return kept.saveRun(run);
    },
  };
  return kept;
}

/** Runs a session to its end; `onEvent` may act on it. */
async function toEnd(
  run: RunRecord,
  kept: RunStore,
  onEvent: (event: RunEvent, session: Session) => void = () => {},
) {
  const events: RunEvent[] = [];
  const session = new Session(run, kept, (event) => {
    events.push(event);
    onEvent(event, session);
  });
  await session.toEnd(dataset);
  return events;
}

const fresh = (changes: Partial<TrainSettings> = {}) =>
  newRun('run', null, { ...settings, ...changes }, dataset);

/** What a run has measured, but for times. */
const history = ({ epochs, curve }: RunRecord) => ({
  curve,
  epochs: epochs.map((epoch) => ({ ...epoch, seconds: 0 })),
});

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

  it('accumulates batches, bounds gradients and warms up, with the same bits when continued', async () => {
    const changes = { batch: 1, accumulation: 3, clip: 0.5, warmup: 1.5, epochs: 4 };
    const whole = store();
    const run = fresh(changes);
    const before = memory().tensors;
    await toEnd(run, whole);
    expect(memory().tensors).toBe(before);
    // Five samples are a step of three and one of two.
    expect(run).toMatchObject({ status: 'done', stepsPerEpoch: 2 });
    expect(run.curve.step).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(run.epochs.at(-1)!.trainLoss).toBeLessThan(run.epochs[0]!.trainLoss);

    const first = store();
    const stopped = fresh(changes);
    await toEnd(stopped, first, (event, session) => event.kind === 'epoch' && session.stop());
    const second = store(first.snapshot);
    await toEnd(stopped, second);
    expect(second.snapshot).toEqual(whole.snapshot);
  });

  it('trains and validates by the loss and the weights of its record, with the same bits when continued', async () => {
    const weights = [0.5, 0, 3];
    const changes: Partial<TrainSettings> = {
      loss: 'focal+dice',
      classWeights: { mode: 'by-hand', weights },
    };
    const whole = store();
    const run = fresh(changes);
    await toEnd(run, whole);
    expect(run.status).toBe('done');
    expect(run.epochs.at(-1)!.trainLoss).toBeLessThan(run.epochs[0]!.trainLoss);
    const other = store();
    await toEnd(fresh({ ...changes, loss: 'focal' }), other);
    expect(other.snapshot!.weights).not.toEqual(whole.snapshot!.weights);

    // At the beginning every class is as likely as another: a pixel's loss is (2/3)^2 log 3, and nothing depends on the weights.
    const still = fresh({ ...changes, loss: 'focal', learningRate: 1e-12, epochs: 1 });
    await toEnd(still, store());
    expect(still.epochs[0]!.valLoss).toBeCloseTo((4 / 9) * Math.log(3), 1);

    const first = store();
    const stopped = fresh(changes);
    await toEnd(stopped, first, (event, session) => event.kind === 'epoch' && session.stop());
    const second = store(first.snapshot);
    await toEnd(stopped, second);
    expect(second.snapshot).toEqual(whole.snapshot);
  });

  it('augments, with the same bits when continued, and other ones than without', async () => {
    const augmentation: Augmentation = {
      flip: true,
      crop: { width: 16, height: 16 },
      scale: [0.7, 1.5],
      rotation: 20,
      brightness: 0.2,
      contrast: 0.2,
      saturation: 0.3,
      hue: 10,
      noise: 6,
      blur: 0.8,
    };
    const whole = store();
    const run = fresh({ augmentation });
    await toEnd(run, whole);
    expect(run.status).toBe('done');
    const plain = store();
    await toEnd(fresh({ augmentation: noAugmentation }), plain);
    expect(plain.snapshot!.weights).not.toEqual(whole.snapshot!.weights);

    const first = store();
    const stopped = fresh({ augmentation });
    await toEnd(stopped, first, (event, session) => event.kind === 'epoch' && session.stop());
    expect(stopped.status).toBe('stopped');
    const second = store(first.snapshot);
    await toEnd(stopped, second);
    expect(second.snapshot).toEqual(whole.snapshot);
    expect(stopped.curve).toEqual(run.curve);
    expect(stopped.epochs.map(({ valLoss }) => valLoss)).toEqual(run.epochs.map(({ valLoss }) => valLoss));
  });

  it('crops tiles of several sizes to batches of one', async () => {
    const crop = { width: 16, height: 16 };
    const kept = store();
    const { read } = kept;
    kept.read = async (split, indices) =>
      (await read(split, indices)).map((one, i) => {
        if (indices[i]! % 2) return one;
        const rows = height - 4;
        const image = { width, height: rows, rgb: one.image.rgb.slice(0, 3 * rows * width) };
        return { ...one, image, labels: one.labels.slice(0, rows * width) };
      });
    const mixed = {
      ...dataset,
      tileSizes: [...dataset.tileSizes, { width, height: height - 4, count: 3 }],
    };
    const changes = { ...settings, epochs: 4, augmentation: { ...noAugmentation, crop } };
    const run = newRun('run', null, changes, mixed);
    await new Session(run, kept, () => {}).toEnd(mixed);
    expect(run.status).toBe('done');
    expect(run.epochs.at(-1)!.trainLoss).toBeLessThan(run.epochs[0]!.trainLoss);
  });

  it('makes the same step of five single samples as of one batch of five', async () => {
    const weightsAfter = async (changes: Partial<TrainSettings>) => {
      const kept = store();
      const text = network(0.01).replace(/layer \{ name: "drop1".*\n/, '');
      const single = {
        epochs: 1,
        augmentation: noAugmentation,
        network: { kind: 'prototxt', text },
      } as const;
      const run = fresh({ ...single, ...changes });
      await toEnd(run, kept);
      return kept.snapshot!.weights;
    };
    const batched = await weightsAfter({ batch: 5 });
    const accumulated = await weightsAfter({ batch: 1, accumulation: 5 });
    for (const [name, { data }] of batched) {
      // Sums in another order, and a bias of the score that is nearly 0.
      expect(relativeError(accumulated.get(name)!.data, data), name).toBeLessThan(1e-5);
    }
  });

  it('leaves a frozen layer as it was', async () => {
    const kept = store();
    const none = { lrMult: 0, decayMult: 0 };
    const run = fresh({ multipliers: { conv1: [none, none] } });
    const start = initialWeights(readNetwork(run.prototxt), run.settings.seed);
    await toEnd(run, kept);
    const weights = kept.snapshot!.weights;
    expect(weights.get('conv1/0')!.data).toEqual(start.get('conv1/0')!.data);
    expect(weights.get('score/0')!.data).not.toEqual(start.get('score/0')!.data);
    expect([...kept.snapshot!.history.keys()]).toEqual(['score/0', 'score/1']);
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

  it('takes no step with tiles that are all void: their loss is 0, and no weight moves', async () => {
    const kept = store();
    const read = kept.read.bind(kept);
    kept.read = async (split, indices) =>
      (await read(split, indices)).map((tile) => ({ ...tile, labels: tile.labels.map(() => VOID) }));
    const run = fresh({ batch: 1, epochs: 1 });
    await toEnd(run, kept);
    expect(run).toMatchObject({ status: 'done', curve: { loss: [0, 0, 0, 0, 0] } });
    const start = initialWeights(readNetwork(run.prototxt), run.settings.seed);
    for (const [name, { data }] of kept.snapshot!.weights) expect(data).toEqual(start.get(name)!.data);
    // Neither does one such tile among others stop a run.
    kept.read = async (split, indices) =>
      (await read(split, indices)).map((tile, i) =>
        split === 'train' && indices[i] === 0 ? { ...tile, labels: tile.labels.map(() => VOID) } : tile,
      );
    const mixed = fresh({ batch: 1, epochs: 1 });
    await toEnd(mixed, { ...kept, snapshot: null });
    expect(mixed.curve.loss.filter((loss) => loss === 0)).toHaveLength(1);
    expect(mixed.status).toBe('done');
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

describe('newRun', () => {
  const score = `layer { name: "score" type: "Convolution" bottom: "data" top: "score"
    convolution_param { num_output: 3 kernel_size: 1 weight_filler { type: "msra" } } }\n`;
  const loss = (name: string, rest = '') =>
    `layer { name: "${name}" type: "SoftmaxWithLoss" bottom: "score" bottom: "label" top: "${name}" ${rest} }\n`;
  const ofText = (text: string): Partial<TrainSettings> => ({ network: { kind: 'prototxt', text } });

  it.each<[string, Partial<TrainSettings>, Partial<DatasetRecord>, RegExp]>([
    ['no epochs', { epochs: 0 }, {}, /^Epochs must be a whole number/],
    ['a learning rate of 0', { learningRate: 0 }, {}, /^The learning rate must be a number above 0/],
    ['accumulation of 0', { accumulation: 0 }, {}, /^Accumulation must be a whole number/],
    ['warm-up longer than the run', { warmup: 4 }, {}, /^Warm-up must be from 0 to the run's 3 epochs/],
    ['a bound of 0', { clip: 0 }, {}, /^The bound of the gradients' norm/],
    [
      'an augmentation that cannot be',
      { augmentation: { ...noAugmentation, hue: 200 } },
      {},
      /^The augmentation "hue"/,
    ],
    ['a policy without its parameter', { policy: 'step' }, {}, /"step" cannot be used as given/],
    ['multipliers of no layer', { multipliers: { fc9: [] } }, {}, /no layer "fc9"/],
    ['a gamma below 0', { focalGamma: -1 }, {}, /gamma must be from 0 to 10, not -1/],
    [
      'too few class weights',
      { classWeights: { mode: 'by-hand', weights: [1, 2] } },
      {},
      /^The class weights cannot be used as given. Give one weight for each of the 3 classes, not 2/,
    ],
    [
      'class weights that leave nothing to learn',
      { classWeights: { mode: 'by-hand', weights: [0, 0, 0] } },
      {},
      /training pixels a weight above 0/,
    ],
    ['no validation', {}, { tiles: { train: 5, val: 0 } }, /no tiles for validation/],
    [
      'sizes that differ',
      {},
      { tileSizes: [...dataset.tileSizes, { width: 8, height: 8, count: 1 }] },
      /2 sizes/,
    ],
    [
      'a dataset without a label',
      {},
      { pixels: { train: { classes: [0, 0, 0], void: 9 }, val: pixels(2) } },
      /^The training pictures of "stripes" have no labelled pixel/,
    ],
    [
      'validation without a label',
      {},
      { pixels: { train: pixels(5), val: { classes: [0, 0, 0], void: 9 } } },
      /^The validation pictures of "stripes" have no labelled pixel/,
    ],
    ['an unknown network', { network: { kind: 'zoo', id: 'nothing' } }, {}, /no built-in network "nothing"/],
    ['void pixels that would count', ofText(score + loss('loss')), { pixels: withVoid() }, /ignore_label/],
    ['a network without a loss', ofText(score), {}, /^Line 1: the last layer is "score" \(Convolution\)/],
    [
      'a network that labels whole images',
      ofText(`layer { name: "fc" type: "InnerProduct" bottom: "data" top: "score"
        inner_product_param { num_output: 3 } }\n${loss('loss')}`),
      {},
      /^Line 3: layer "loss" reads one score for the whole image/,
    ],
    [
      'a network for grey images',
      ofText(`input: "data" input_shape { dim: 1 dim: 1 dim: 16 dim: 24 }\n${score}${loss('loss')}`),
      {},
      /^Line 1: the network reads images of 1 channels/,
    ],
    [
      'void pixels that would count in one of two losses',
      ofText(score + loss('first', 'loss_param { ignore_label: 255 }') + loss('second')),
      { pixels: withVoid() },
      /Give layer "second" the line/,
    ],
  ])('refuses %s', (_what, changes, record, message) => {
    expect(() => newRun('run', null, { ...settings, ...changes }, { ...dataset, ...record })).toThrow(
      message,
    );
  });

  it('takes a network whose loss is not its last layer', () => {
    const shown = `layer { name: "shown" type: "Softmax" bottom: "score" top: "shown" }`;
    const run = newRun('run', null, { ...settings, ...ofText(score + loss('loss') + shown) }, dataset);
    expect(run.status).toBe('waiting');
  });

  function withVoid() {
    return { train: { ...pixels(5), void: 4 }, val: pixels(2) };
  }
});
