// What runs now: at most one import and one training run, and the runs that wait for their turn. Verbs report here; the strip and the pages look here.
import type { ErrorRecord } from '../../core/errors';
import type { ImportProgress } from '../../data/import-types';
import type { DatasetId } from '../../data/types';
import type { EpochRecord, PreviewRecord, RunEvent, RunId, RunRecord, RunStatus } from '../../training/types';
import { datasetTasks } from './dataset-task.svelte';
import { library } from './library.svelte';
import { LossCurve } from './loss-curve';

type LostEvent = Extract<RunEvent, { kind: 'lost' }>;
type Progress = Extract<RunEvent, { kind: 'progress' }>;

/** Charts follow at most four times a second, however often steps arrive. */
const REDRAW_MS = 250;

/** A training run as it happens. Big arrays stay outside of Svelte's reach; `curveVersion` says when to look again. */
export class LiveRun {
  readonly id: RunId;
  readonly name: string;
  readonly epochsPlanned: number;
  readonly stepsPerEpoch: number;
  readonly curve: LossCurve;
  #status = $state<RunStatus>('running');
  #error = $state.raw<ErrorRecord | null>(null);
  #phase = $state('preparing');
  #progress = $state.raw<Progress | null>(null);
  #validating = $state.raw<{ done: number; total: number } | null>(null);
  #epochs = $state.raw<EpochRecord[]>([]);
  #previews = $state.raw<PreviewRecord[]>([]);
  #curveVersion = $state(0);
  #lastEpoch = $state(false);
  #loss = $state.raw<LostEvent | null>(null);
  #redrawPending = false;

  constructor(record: RunRecord) {
    this.id = record.id;
    this.name = record.name;
    this.epochsPlanned = record.settings.epochs;
    this.stepsPerEpoch = record.stepsPerEpoch;
    this.curve = LossCurve.from(record.curve);
    this.#epochs = record.epochs;
  }

  get status(): RunStatus {
    return this.#status;
  }
  /** Why it failed, or waits; null while it does neither. */
  get error(): ErrorRecord | null {
    return this.#error;
  }
  get phase(): string {
    return this.#phase;
  }
  get progress(): Progress | null {
    return this.#progress;
  }
  get validating(): { done: number; total: number } | null {
    return this.#validating;
  }
  get epochs(): EpochRecord[] {
    return this.#epochs;
  }
  /** The previews that came while this page watched; older ones are in storage. */
  get previews(): PreviewRecord[] {
    return this.#previews;
  }
  /** Whether it will end with the epoch that it is in, as a person asked. */
  get lastEpoch(): boolean {
    return this.#lastEpoch;
  }
  endsAfterEpoch(ends: boolean): void {
    this.#lastEpoch = ends;
  }
  /** The last loss of the worker or its device; null where there was none. */
  get loss(): LostEvent | null {
    return this.#loss;
  }
  get curveVersion(): number {
    return this.#curveVersion;
  }
  /** Share of all steps that are done, 0 to 1. */
  get share(): number {
    const total = this.#progress?.steps ?? this.epochsPlanned * this.stepsPerEpoch;
    return total > 0 ? Math.min(1, (this.#progress?.step ?? 0) / total) : 0;
  }

  handle(event: RunEvent): void {
    switch (event.kind) {
      case 'lost':
        this.#loss = event;
        this.#phase = 'starting again';
        this.#validating = null;
        break;
      case 'begun':
        this.curve.cut(event.step);
        this.#epochs = this.#epochs.filter(({ step }) => step <= event.step);
        this.#announceCurve();
        break;
      case 'phase':
        this.#phase = event.phase;
        this.#validating = null;
        void library.refreshRun(this.id);
        break;
      case 'progress':
        // Who begins to watch has missed the phase.
        if (this.#phase === 'preparing') this.#phase = 'training';
        this.curve.push(event.step, event.losses);
        this.#progress = event;
        this.#announceCurve();
        break;
      case 'validating':
        this.#validating = event;
        break;
      case 'epoch':
        this.#validating = null;
        this.#epochs = [...this.#epochs.filter((record) => record.epoch < event.record.epoch), event.record];
        if (event.preview) this.#previews = [...this.#previews, event.preview];
        this.#announceCurve();
        void library.refreshRun(this.id);
        break;
      case 'marked':
        void library.refreshRun(this.id);
        break;
      case 'paused':
      case 'resumed':
        this.#status = event.kind === 'paused' ? 'paused' : 'running';
        this.#error = event.kind === 'paused' ? event.error : null;
        void library.refreshRun(this.id);
        break;
      case 'ended':
        this.#status = event.status;
        this.#error = event.error;
        void library.refreshRun(this.id);
    }
  }

  #announceCurve(): void {
    if (this.#redrawPending) return;
    this.#redrawPending = true;
    setTimeout(() => {
      this.#redrawPending = false;
      this.#curveVersion++;
    }, REDRAW_MS);
  }
}

export interface ImportJob {
  name: string;
  /** The dataset that goes on; null for a new one. */
  dataset: DatasetId | null;
  progress: ImportProgress | null;
  cancelling: boolean;
}

class Jobs {
  #run = $state.raw<LiveRun | null>(null);
  #queue = $state.raw<readonly RunId[]>([]);
  #importing = $state.raw<ImportJob | null>(null);
  #watched = $state.raw<ReadonlyMap<RunId, LiveRun>>(new Map());

  /** The run that this page drives now. */
  get run(): LiveRun | null {
    return this.#run;
  }
  get importing(): ImportJob | null {
    return this.#importing;
  }
  get busy(): boolean {
    return this.#run !== null || this.#importing !== null || datasetTasks.current !== null;
  }

  /** A run as it happens, in this page or in another tab. */
  liveRun(id: string): LiveRun | null {
    return this.#run?.id === id ? this.#run : (this.#watched.get(id) ?? null);
  }

  /** Follows a run that another tab trains; null when it does no more. */
  watch(id: RunId, live: LiveRun | null): void {
    const others = [...this.#watched].filter(([other]) => other !== id);
    this.#watched = new Map(live ? [...others, [id, live]] : others);
  }

  /** The runs that wait for their turn, the next one first. */
  get queue(): readonly RunId[] {
    return this.#queue;
  }

  /** Moves a run in the queue towards its begin or its end; one that is there already stays. */
  move(id: RunId, towards: 'begin' | 'end'): void {
    const from = this.#queue.indexOf(id);
    const to = towards === 'begin' ? from - 1 : from + 1;
    if (from < 0 || to < 0 || to >= this.#queue.length) return;
    const others = this.#queue.filter((other) => other !== id);
    this.#queue = others.toSpliced(to, 0, id);
  }

  /** Whether the run begins by itself when those before it have ended. */
  isQueued(id: RunId): boolean {
    return this.#queue.includes(id);
  }

  /** How the run is doing as far as this page knows more than its record. */
  statusOf({ id, status }: Pick<RunRecord, 'id' | 'status'>): RunStatus {
    return this.liveRun(id)?.status ?? (this.isQueued(id) ? 'waiting' : status);
  }

  enqueue(id: RunId): void {
    this.#queue = [...this.#queue, id];
  }

  /** Takes the run out of the queue; false where it was not in it, or not any more. */
  dequeue(id: RunId): boolean {
    const waiting = this.isQueued(id);
    this.#queue = this.#queue.filter((other) => other !== id);
    return waiting;
  }

  startRun(record: RunRecord): LiveRun {
    const run = new LiveRun(record);
    this.#run = run;
    this.watch(record.id, null);
    return run;
  }

  endRun(run: LiveRun): void {
    if (this.#run === run) this.#run = null;
  }

  startImport(name: string, dataset: DatasetId | null): void {
    this.#importing = { name, dataset, progress: null, cancelling: false };
  }

  importProgress(progress: ImportProgress): void {
    if (this.#importing) this.#importing = { ...this.#importing, progress };
  }

  importCancelled(): void {
    if (this.#importing) this.#importing = { ...this.#importing, cancelling: true };
  }

  endImport(): void {
    this.#importing = null;
  }
}

export const jobs = new Jobs();
