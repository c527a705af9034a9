// One run from its record to its end: events for the page at a bearable rate, and everything worth keeping into the store.
import { AppError, errorRecord, type ErrorRecord } from '../core/errors';
import { meanColour } from '../data/statistics';
import type { DatasetRecord } from '../data/types';
import type { BackendName } from '../engine/backends';
import { chooseBackend } from '../engine/devices';
import { causeOf, onDevice } from '../engine/gpu-devices';
import { Network } from '../engine/network';
import { memory } from '../engine/read-back';
import { initialWeights } from '../nets/fillers';
import { baseRateAt, rateChanges, type RateChange } from '../nets/learning-rate';
import { objectiveOf, withObjective } from '../nets/objective';
import { readNetwork } from '../nets/read-network';
import type { WeightSet } from '../nets/weights';
import type { SampleReader } from './batches';
import { appendToCurve, cutCurve } from './curve';
import { learntBiases, stillLayers, zeroLayers, type Biases } from './layer-health';
import { notFinite, train, type LoopEvent } from './loop';
import { SnapshotTaker } from './snapshot-taker';
import { StepClock } from './step-clock';
import type { Happening, PreviewRecord, RunEvent, RunMark, RunRecord, SnapshotRecord } from './types';

/** Where a session reads from and writes to. */
export interface RunStore {
  read: SampleReader;
  /** The last finished epoch of this run, where there is one. */
  snapshot: SnapshotRecord | null;
  saveRun(run: RunRecord): Promise<void>;
  /** Keeps an epoch as a whole: record, snapshot, preview and model belong together. Fills in run.model. */
  saveEpoch(run: RunRecord, snapshot: SnapshotRecord, preview: PreviewRecord | null): Promise<void>;
  /** Keeps weights from within an epoch, beside those that the run goes on from. */
  saveTaken(run: RunRecord, snapshot: SnapshotRecord): Promise<void>;
}

const EVENT_INTERVAL_MS = 100;

/** A run that is going on, and what a person can do to it. */
export class Session {
  readonly #run: RunRecord;
  readonly #store: RunStore;
  readonly #emit: (event: RunEvent) => void;
  readonly #abort = new AbortController();
  readonly #clock: StepClock;
  #resume: (() => void) | null = null;
  #paused: Promise<void> | null = null;
  #losses: number[] = [];
  #lastEvent = 0;
  #step = 0;
  /** A learning rate that the next step begins with. */
  #newRate: number | null = null;
  readonly #rates: RateChange[] = [];
  #lastEpoch = false;
  /** As the last record, or the start, had them. */
  #biases: Biases = new Map();
  #network: Network | null = null;
  readonly #taker = new SnapshotTaker(() => this.#takeSnapshot());

  constructor(run: RunRecord, store: RunStore, emit: (event: RunEvent) => void) {
    this.#run = run;
    this.#store = store;
    this.#emit = emit;
    this.#clock = new StepClock(run.settings.batch * run.settings.accumulation);
  }

  get run(): RunRecord {
    return this.#run;
  }

  pause(): void {
    if (this.#paused || this.#abort.signal.aborted) return;
    this.#paused = new Promise((resolve) => (this.#resume = resolve));
  }

  resume(): void {
    this.#resume?.();
    this.#resume = null;
    this.#paused = null;
  }

  /** Ends the run after the step it is in; `reason` is the error that it ends with, if it was no wish of a person. */
  stop(reason?: AppError): void {
    this.#abort.abort(reason);
    this.resume();
  }

  /** Ends the run with the epoch that it is in, or no longer so. */
  stopAfterEpoch(stops: boolean): void {
    this.#lastEpoch = stops;
  }

  /** Keeps the weights as they are after the current step, without a change of what the run does. Resolves when they are stored. */
  snapshotNow(): Promise<void> {
    return this.#taker.ask(this.#run.status === 'paused');
  }

  /**
   * Changes the learning rate that the policy starts from, from the next step on; kept as a mark with its step, so that a run
   * that is continued from before does the same again.
   */
  async setLearningRate(rate: number): Promise<void> {
    this.#newRate = rate;
    // A pause lies between two steps, and may last longer than the page.
    if (this.#run.status !== 'paused') return;
    try {
      await this.#changeRate();
    } finally {
      this.#newRate = null;
    }
  }

  /** Resolves when the run has ended; how it ended is in its record. */
  async toEnd(dataset: DatasetRecord): Promise<void> {
    const run = this.#run;
    const before = run.backend;
    run.backend = null;
    let network: Network | null = null;
    try {
      this.#emit({ kind: 'phase', phase: 'preparing' });
      run.backend = await chooseBackend(run.settings.backend);
      // Their sums differ in the last digits, so from here on the run is no longer what it would have been.
      if (this.#store.snapshot?.epoch && before && before.name !== run.backend.name) {
        run.backend.reason += ` The run began on ${before.name}.`;
      }
      run.status = 'running';
      run.error = null;
      network = this.#network = this.#prepare();
      this.#mark({ kind: 'begun' });
      await this.#store.saveRun(run);
      this.#emit({ kind: 'begun', step: this.#step });
      this.#emit({ kind: 'phase', phase: compiles(run.backend.name) ? 'compiling' : 'training' });
      const plan = {
        network,
        settings: run.settings,
        classes: run.classes.length,
        samples: dataset.tiles,
        read: this.#store.read,
        outside: meanColour(dataset),
        validationBatch: dataset.tileSizes.length > 1 ? 1 : run.settings.batch,
        firstStep: this.#step,
        preview: 0,
        rateChanges: this.#rates,
        turn: () => this.#turn(),
      };
      for await (const event of train(plan, this.#abort.signal)) await this.#handle(event, network);
      run.status = 'done';
    } catch (error) {
      // A backend that did not start is none, and where the run went on is to be told when it does again.
      run.backend ??= before;
      const { aborted } = this.#abort.signal;
      const reason: unknown = this.#abort.signal.reason;
      const cause = reason instanceof AppError ? reason : error;
      run.error = errorRecord(cause).code === 'taken-over' ? errorRecord(cause) : null;
      run.status = run.error ? 'interrupted' : aborted ? 'stopped' : 'failed';
      if (run.status === 'failed') run.error = errorRecord(await causeOf(error));
    } finally {
      this.#taker.end();
      if (network) run.peakBytes = Math.max(run.peakBytes, network.peakBytes);
      network?.dispose();
    }
    this.#flush();
    if (run.status === 'stopped' || run.status === 'failed') this.#mark({ kind: run.status });
    // What was taken over is another tab's.
    if (run.status !== 'interrupted') await this.#saveStatus();
    this.#emit({ kind: 'ended', status: run.status, error: run.error });
  }

  /** The network at the start, or exactly where the last finished epoch left it. */
  #prepare(): Network {
    const run = this.#run;
    const { snapshot } = this.#store;
    const { loss, focalGamma, classWeights } = run.settings;
    const objective = objectiveOf(loss, focalGamma, classWeights.weights);
    const spec = withObjective(readNetwork(run.prototxt), objective);
    this.#step = snapshot?.step ?? 0;
    run.epochs = run.epochs.filter((epoch) => epoch.step <= this.#step);
    run.curve = cutCurve(run.curve, this.#step);
    this.#rates.push(...rateChanges(run.marks));
    const weights = snapshot?.weights ?? initialWeights(spec, run.settings.seed);
    this.#biases = learntBiases(spec, weights, run.settings.weightDecay);
    const network = new Network(spec, weights);
    if (snapshot) network.setHistory(snapshot.history);
    return network;
  }

  async #turn(): Promise<void> {
    if (this.#paused) await this.#wait(this.#paused, null);
    await this.#taker.turn();
    await this.#saveWhenRoom('the new learning rate', () => this.#changeRate());
  }

  /** Waits until a pause ends that a person or an error has made. */
  async #wait(paused: Promise<void>, error: ErrorRecord | null): Promise<void> {
    this.#flush();
    Object.assign(this.#run, { status: 'paused', error });
    this.#mark({ kind: 'paused' });
    await this.#saveStatus();
    this.#emit({ kind: 'paused', step: this.#step, error });
    await onDevice(() => paused);
    Object.assign(this.#run, { status: 'running', error: null });
    this.#mark({ kind: 'resumed' });
    await this.#saveStatus();
    this.#emit({ kind: 'resumed', step: this.#step });
  }

  /** Stores how the run stands. Where there is no room it goes untold: the run goes on from its snapshot all the same. */
  async #saveStatus(): Promise<void> {
    try {
      await this.#store.saveRun(this.#run);
    } catch (error) {
      if (errorRecord(error).code !== 'storage-full') throw error;
    }
  }

  /** Stores what must not be lost; where there is no room, the run waits with it until it is resumed. */
  async #saveWhenRoom(what: string, save: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await save();
      } catch (error) {
        if (errorRecord(error).code !== 'storage-full' || this.#abort.signal.aborted) throw error;
        const before = this.#run.epochs.at(-1);
        const kept = before ? `The snapshot of epoch ${before.epoch} is kept` : 'No epoch is stored yet';
        const full = new AppError(
          'storage-full',
          `The browser has no storage left for ${what}. ${kept}, and the run waits until there is room. ` +
            'Delete a dataset or a run, or free disk space, then resume it.',
        );
        this.pause();
        await this.#wait(this.#paused!, errorRecord(full));
      }
    }
  }

  /** Stored before the step that it is for, so that no step is done that a continued run would do otherwise. */
  async #changeRate(): Promise<void> {
    const rate = this.#newRate;
    if (rate === null) return;
    const run = this.#run;
    const marks = run.marks ?? [];
    // Later ones are of steps that were lost and will be done otherwise now.
    run.marks = marks.filter(({ kind, step }) => kind !== 'learning-rate' || step <= this.#step);
    const mark = this.#mark({ kind: 'learning-rate', learningRate: rate });
    try {
      await this.#store.saveRun(run);
    } catch (error) {
      run.marks = marks;
      throw error;
    }
    // Another one may have been asked for meanwhile.
    if (this.#newRate === rate) this.#newRate = null;
    this.#rates.splice(0, Infinity, ...rateChanges(run.marks));
    this.#emit({ kind: 'marked', mark });
  }

  /** Without what the solver kept: a run goes on from the end of an epoch. */
  async #takeSnapshot(): Promise<void> {
    const run = this.#run;
    const weights = await onDevice(() => this.#network!.weights());
    const marks = run.marks;
    const mark = this.#mark({ kind: 'snapshot' });
    const epoch = run.epochs.at(-1)?.epoch ?? 0;
    try {
      await this.#store.saveTaken(run, { run: run.id, epoch, step: this.#step, weights, history: new Map() });
    } catch (error) {
      run.marks = marks ?? [];
      throw error;
    }
    this.#emit({ kind: 'marked', mark });
  }

  #mark(what: Happening): RunMark {
    const mark = { ...what, step: this.#step, at: Date.now() };
    this.#run.marks = [...(this.#run.marks ?? []), mark];
    return mark;
  }

  async #handle(event: LoopEvent, network: Network): Promise<void> {
    const run = this.#run;
    if (event.kind === 'step') {
      if (this.#clock.steps === 0 && compiles(run.backend!.name))
        this.#emit({ kind: 'phase', phase: 'training' });
      this.#clock.add(event.milliseconds);
      this.#step = event.step;
      this.#losses.push(event.loss);
      appendToCurve(run.curve, event.step, event.loss);
      if (performance.now() - this.#lastEvent >= EVENT_INTERVAL_MS) this.#flush();
    } else if (event.kind === 'validating') {
      this.#clock.addValidation(event.milliseconds, event.done === event.total);
      if (performance.now() - this.#lastEvent >= EVENT_INTERVAL_MS) {
        this.#flush();
        this.#lastEvent = performance.now();
        this.#emit({ kind: 'validating', done: event.done, total: event.total });
      }
    } else {
      this.#flush();
      this.#emit({ kind: 'phase', phase: 'saving' });
      const { epoch, step } = event.record;
      const preview = event.preview && { run: run.id, epoch, ...event.preview };
      const { weights, history } = await onDevice(async () => ({
        weights: await network.weights(),
        history: await network.history(),
      }));
      // A rectifier may turn what is no number into 0, and the loss then looks sound.
      if (!allFinite(weights))
        throw notFinite(step - 1, epoch, baseRateAt({ ...run.settings, changes: this.#rates }, step - 1));
      const biases = learntBiases(network.spec, weights, run.settings.weightDecay);
      const record = {
        ...event.record,
        still: stillLayers(this.#biases, biases),
        zero: zeroLayers(weights),
      };
      this.#biases = biases;
      // A copy: an epoch that could not be stored must not appear in the record that tells so.
      const next: RunRecord = {
        ...run,
        epochs: [...run.epochs, record],
        secondsPerStep: this.#clock.secondsPerStep,
        imagesPerSecond: this.#clock.imagesPerSecond,
        peakBytes: Math.max(run.peakBytes, network.peakBytes),
      };
      const snapshot = { run: run.id, epoch, step, weights, history };
      await this.#saveWhenRoom(`the snapshot of epoch ${epoch}`, () =>
        this.#store.saveEpoch(next, snapshot, preview),
      );
      Object.assign(run, next);
      this.#emit({ kind: 'epoch', record, preview });
      this.#emit({ kind: 'phase', phase: 'training' });
      if (this.#lastEpoch) this.stop();
    }
  }

  #flush(): void {
    if (!this.#losses.length) return;
    this.#lastEvent = performance.now();
    const { settings, stepsPerEpoch } = this.#run;
    const steps = settings.epochs * stepsPerEpoch;
    this.#emit({
      kind: 'progress',
      step: this.#step,
      steps,
      epoch: Math.ceil(this.#step / stepsPerEpoch),
      losses: this.#losses,
      imagesPerSecond: this.#clock.imagesPerSecond,
      secondsLeft: this.#clock.secondsLeft(
        steps - this.#step,
        Math.ceil((steps - this.#step) / stepsPerEpoch),
      ),
      bytes: memory().bytes,
    });
    this.#losses = [];
  }
}

const compiles = (backend: BackendName) => backend === 'webgpu' || backend === 'webgl';

function allFinite(weights: WeightSet): boolean {
  for (const { data } of weights.values()) {
    for (const value of data) if (!Number.isFinite(value)) return false;
  }
  return true;
}

/** @throws AppError 'bad-settings' when a run cannot be started (again). */
export function assertStartable(run: RunRecord): void {
  if (run.status === 'done') {
    throw new AppError(
      'bad-settings',
      `"${run.name}" has finished all its epochs. Start a new run to train further.`,
    );
  }
}
