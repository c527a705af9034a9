// The proof while it is set up, runs, is stopped, has failed or is done.
import { errorRecord } from '../../core/errors';
import type { Size } from '../../data/types';
import type { BackendName } from '../../engine/backends';
import type { SurgeryReport, SurgeryRequest } from '../../rpc/contract';

export interface ProofVerbs {
  prove(request: SurgeryRequest, onProgress: (done: number, total: number) => void): Promise<SurgeryReport>;
  stop(): Promise<void>;
}

/** What is proved: the classifier as its page has it. */
export type ProofSubject = Pick<SurgeryRequest, 'prototxt' | 'window' | 'image'>;

export class SurgeryProofRun {
  readonly #verbs: ProofVerbs;
  width = $state<number | null>(0.25);
  /** A stored model's id; '' for random weights. */
  model = $state('');
  /** Whether both networks keep their padding; with a model's weights they do. Without it the comparison is exact. */
  padding = $state(false);
  /** Null for what is suggested. */
  image = $state.raw<Size | null>(null);
  backend = $state<BackendName | 'auto'>('auto');
  #running = $state(false);
  #stopped = $state(false);
  #progress = $state.raw<{ done: number; total: number } | null>(null);
  #report = $state.raw<SurgeryReport | null>(null);
  #error = $state.raw<unknown>(null);

  constructor(verbs: ProofVerbs) {
    this.#verbs = verbs;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Whether the last one was stopped by hand. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Windows that were slid; null before the first of them. */
  get progress(): { done: number; total: number } | null {
    return this.#progress;
  }

  /** What the last comparison found; it stays until the next one is done. */
  get report(): SurgeryReport | null {
    return this.#report;
  }

  get error(): unknown {
    return this.#error;
  }

  get widthProblem(): string | undefined {
    const { width } = this;
    return width !== null && width > 0 && width <= 4 ? undefined : 'Give a number above 0 and up to 4.';
  }

  /** Runs it; never rejects. */
  async compare(subject: ProofSubject): Promise<void> {
    const { width, model, padding, backend } = this;
    if (this.#running || width === null || (this.widthProblem && !model)) return;
    this.#running = true;
    this.#stopped = false;
    this.#error = null;
    this.#progress = null;
    try {
      const request = model
        ? { ...subject, width: 1, padding: true, model, backend }
        : { ...subject, width, padding, model: null, backend };
      this.#report = await this.#verbs.prove(request, (done, total) => (this.#progress = { done, total }));
    } catch (error) {
      if (errorRecord(error).code === 'aborted') this.#stopped = true;
      else this.#error = error;
    } finally {
      this.#running = false;
      this.#progress = null;
    }
  }

  async stop(): Promise<void> {
    if (this.#running) await this.#verbs.stop().catch(() => undefined);
  }
}
