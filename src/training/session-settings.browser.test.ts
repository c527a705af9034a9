// What settings do to a whole run, and that a continued one does the same.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Augmentation } from '../data/augment/settings';
import { noAugmentation } from '../data/augment/settings';
import { chooseBackend } from '../engine/devices';
import { memory } from '../engine/read-back';
import { relativeError } from '../engine/testing/close';
import { initialWeights } from '../nets/fillers';
import { readNetwork } from '../nets/read-network';
import { newRun } from './new-run';
import { Session } from './session';
import { fresh, store, toEnd } from './testing/run-session';
import { dataset, height, network, settings, width } from './testing/stripes';
import type { TrainSettings } from './types';

describe('a session with settings', () => {
  beforeAll(async () => {
    await chooseBackend('wasm');
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
});
