// The training loop: an async generator of events. It is handed a reader of samples and knows neither the database nor the page.
import { AppError } from '../core/errors';
import { readAhead } from '../core/read-ahead';
import { VOID, type Rgb, type Split } from '../data/types';
import { onDevice } from '../engine/gpu-devices';
import type { Network } from '../engine/network';
import { readLabels, readScalar, settle } from '../engine/read-back';
import type { SolverRates } from '../engine/solvers';
import {
  batchesOfStep,
  batchesPerEpoch,
  makeBatch,
  stepsPerEpoch,
  trainingBatch,
  type Batch,
  type BatchOrder,
  type SampleReader,
} from './batches';
import { Confusion } from '../data/metrics';
import { baseRateAt, learningRateAt, type RateChange } from '../nets/learning-rate';
import type { EpochRecord, TrainSettings } from './types';

/**
 * How many batches wait. One would not do on the processor: a step keeps the thread, so what is asked for at its begin is
 * asked for at its end. With two, the browser reads the second while a step runs.
 */
const BATCHES_AHEAD = 2;

export interface LoopPlan {
  network: Network;
  settings: Pick<
    TrainSettings,
    | 'epochs'
    | 'batch'
    | 'accumulation'
    | 'learningRate'
    | 'policy'
    | 'policyParameters'
    | 'warmup'
    | 'solver'
    | 'momentum'
    | 'weightDecay'
    | 'clip'
    | 'classWeights'
    | 'augmentation'
    | 'seed'
  >;
  classes: number;
  /** Samples per split. */
  samples: Record<Split, number>;
  read: SampleReader;
  /** The colour of what a changed picture does not cover. */
  outside: Rgb;
  /** The step to begin with: 0, or where a snapshot was taken (the end of an epoch). */
  firstStep: number;
  /** Validation samples at once: 1 where they differ in size. */
  validationBatch: number;
  /** The validation sample whose prediction every epoch shows; null for none. */
  preview: number | null;
  /** Learning rates in place of the settings' from a step on; may grow between two steps. */
  rateChanges: readonly RateChange[];
  /** Resolves at once, or when a pause ends; asked between steps. */
  turn: () => Promise<void>;
}

export type LoopEvent =
  | {
      kind: 'step';
      step: number;
      steps: number;
      epoch: number;
      loss: number;
      images: number;
      milliseconds: number;
    }
  | { kind: 'validating'; done: number; total: number; milliseconds: number }
  | {
      kind: 'epoch';
      record: EpochRecord;
      preview: { tile: number; width: number; height: number; prediction: Uint8Array } | null;
    };

/**
 * Trains until the last epoch. Between two steps other work of the thread gets its turn.
 * @throws AppError 'not-finite' at the first loss that is no number, before anything of that step is reported;
 *   'aborted' after `signal`; 'device-lost', 'out-of-gpu-memory' or 'gpu-error' as soon as the device is not sound.
 */
export async function* train(plan: LoopPlan, signal: AbortSignal): AsyncGenerator<LoopEvent, void> {
  const { settings, read, samples } = plan;
  const order: BatchOrder = {
    seed: settings.seed,
    length: samples.train,
    batch: settings.batch,
    accumulation: settings.accumulation,
  };
  const changes = { augmentation: settings.augmentation, outside: plan.outside };
  const perEpoch = stepsPerEpoch(order);
  const steps = perEpoch * settings.epochs;
  const nextBatch = readAhead(
    (batch) => trainingBatch(read, order, changes, batch),
    batchesOfStep(order, plan.firstStep)[0],
    batchesPerEpoch(order) * settings.epochs,
    BATCHES_AHEAD,
  );
  let epochLoss = 0;
  let epochMs = 0;
  for (let step = plan.firstStep; step < steps; step++) {
    await plan.turn();
    // What was read meanwhile arrives as the thread settles, and belongs to the step's time.
    const start = performance.now();
    const [first, end] = batchesOfStep(order, step);
    const losses: number[] = [];
    const tiles: string[] = [];
    let images = 0;
    for (let i = first; i < end; i++) {
      await settle();
      assertGoing(signal);
      const batch = await nextBatch();
      images += batch.shape[0];
      tiles.push(...batch.names);
      // Without a label that counts there is nothing to learn, and momentum and weight decay would move the weights all the same.
      if (hasLabel(batch, settings.classWeights))
        losses.push(await learn(plan, batch, i, ratesAt(plan, step, steps, perEpoch)));
    }
    const loss = losses.length ? losses.reduce((sum, value) => sum + value, 0) / losses.length : 0;
    if (waits(settings) && losses.length && Number.isFinite(loss)) {
      plan.network.step(ratesAt(plan, step, steps, perEpoch), settings.clip);
    }
    const epoch = Math.floor(step / perEpoch) + 1;
    if (!Number.isFinite(loss)) throw notFinite(step, epoch, baseRate(plan, step), tiles);
    epochLoss += loss;
    const milliseconds = performance.now() - start;
    epochMs += milliseconds;
    yield { kind: 'step', step: step + 1, steps, epoch, loss, images, milliseconds };

    if ((step + 1) % perEpoch) continue;
    const validation = yield* validate(plan, signal);
    if (!Number.isFinite(validation.loss)) throw notFinite(step, epoch, baseRate(plan, step));
    const record: EpochRecord = {
      epoch,
      step: step + 1,
      trainLoss: epochLoss / perEpoch,
      valLoss: validation.loss,
      seconds: (epochMs + validation.milliseconds) / 1000,
      ...validation.confusion.scores(),
    };
    yield { kind: 'epoch', record, preview: validation.preview };
    epochLoss = 0;
    epochMs = 0;
  }
}

const hasLabel = ({ labels }: Batch, { weights }: TrainSettings['classWeights']) =>
  labels.some((label) => label !== VOID && (weights?.[label] ?? 1) > 0);

/** Whether parameters wait until all gradients of a step are known, for their sum over the batches or for their norm. */
const waits = ({ accumulation, clip }: LoopPlan['settings']) => accumulation > 1 || clip !== null;

const baseRate = ({ settings, rateChanges }: LoopPlan, step: number) =>
  baseRateAt({ ...settings, changes: rateChanges }, step);

function ratesAt(plan: LoopPlan, step: number, steps: number, perEpoch: number): SolverRates {
  const { settings, rateChanges } = plan;
  const schedule = { ...settings, changes: rateChanges };
  const learningRate = learningRateAt(schedule, step, steps, settings.warmup * perEpoch);
  const { solver, momentum, weightDecay } = settings;
  return { solver, momentum, weightDecay, learningRate, step };
}

/** Learns from a batch: moves the weights, or where they wait adds to the gradients of the step. Its loss. */
async function learn(
  { network, settings }: LoopPlan,
  batch: Batch,
  index: number,
  rates: SolverRates,
): Promise<number> {
  const pass = { training: true, seed: settings.seed, step: index, labels: { labels: batch.labels } };
  return onDevice(() => {
    const data = network.input(batch.bgr, batch.shape);
    const { loss } = waits(settings)
      ? network.addGradients(data, pass)
      : network.trainStep(data, pass, rates);
    data.dispose();
    return readScalar(loss);
  });
}

/** Loss and confusion over the whole validation split. */
async function* validate(plan: LoopPlan, signal: AbortSignal) {
  const { network, samples, read, validationBatch } = plan;
  const confusion = new Confusion(plan.classes);
  let lossSum = 0;
  let weightSum = 0;
  let milliseconds = 0;
  let preview: Extract<LoopEvent, { kind: 'epoch' }>['preview'] = null;
  const batches = Math.ceil(samples.val / validationBatch);
  const readBatch = async (i: number) => {
    const first = i * validationBatch;
    const length = Math.min(validationBatch, samples.val - first);
    const indices = Array.from({ length }, (_, k) => first + k);
    return makeBatch(await read('val', indices));
  };
  const nextBatch = readAhead(readBatch, 0, batches, BATCHES_AHEAD);
  for (let i = 0; i < batches; i++) {
    await plan.turn();
    const start = performance.now();
    await settle();
    assertGoing(signal);
    const batch = await nextBatch();
    const data = network.input(batch.bgr, batch.shape);
    const { predictions, loss, normalizer } = network.evaluate(data, { labels: batch.labels });
    data.dispose();
    const [prediction, mean] = await onDevice(() => Promise.all([readLabels(predictions), readScalar(loss)]));
    // The network's own mean over the split: each batch counts by what its loss was divided by.
    lossSum += mean * normalizer;
    weightSum += normalizer;
    confusion.add(batch.labels, prediction);
    const [length, height, width] = batch.shape;
    const first = i * validationBatch;
    const shown = (plan.preview ?? -1) - first;
    if (shown >= 0 && shown < length) {
      const from = shown * width * height;
      preview = {
        tile: plan.preview!,
        width,
        height,
        prediction: prediction.slice(from, from + width * height),
      };
    }
    const batchMs = performance.now() - start;
    milliseconds += batchMs;
    yield {
      kind: 'validating' as const,
      done: first + length,
      total: samples.val,
      milliseconds: batchMs,
    };
  }
  return { loss: weightSum ? lossSum / weightSum : 0, confusion, preview, milliseconds };
}

function assertGoing(signal: AbortSignal): void {
  if (signal.aborted) throw new AppError('aborted', 'The run was stopped.');
}

/** Tiles that a message names; the rest are in its details. */
const NAMED = 4;

/**
 * The error for a step (counted from 0) whose loss, or weights, are no numbers any more.
 * @param tiles of the step's batches, where it was the loss of these
 */
export function notFinite(
  step: number,
  epoch: number,
  learningRate: number,
  tiles: readonly string[] = [],
): AppError {
  const more = tiles.length > NAMED ? ` and ${tiles.length - NAMED} more` : '';
  const named = tiles.length ? `, with the tiles ${tiles.slice(0, NAMED).join(', ')}${more}` : '';
  return new AppError(
    'not-finite',
    `The loss stopped being a number at step ${step + 1} (epoch ${epoch})${named}. Nothing of it is kept. ` +
      'Where the loss grew before, the weights grew without bound: ' +
      `train again with a smaller learning rate than ${learningRate}, such as ${learningRate / 10}, ` +
      "and with this run's last model as starting weights where it has one.",
    { step: step + 1, epoch, learningRate, tiles },
  );
}
