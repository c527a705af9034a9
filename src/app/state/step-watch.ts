// Whether a run still takes steps. How long one may take is learnt from the run itself; what a computer sleeps does not count.
import type { RunEvent } from '../../training/types';

/** A run that took a step before may be silent for this long, or for so many times its longest silence. */
const LEAST_SECONDS = 300;
const TIMES_LONGEST = 20;

export class StepWatch {
  readonly #stuck: (seconds: number) => void;
  readonly #timer: ReturnType<typeof setInterval>;
  /** Null until the first step, which compiles, and while the run is paused. */
  #silent: number | null = null;
  #longest = 0;

  /** `stuck` is called once, where no event came for too many seconds after the first step. */
  constructor(stuck: (seconds: number) => void) {
    this.#stuck = stuck;
    this.#timer = setInterval(() => this.#tick(), 1000);
  }

  /** Takes any event of the run as a sign of life. */
  sign(event: RunEvent): void {
    const stepping = this.#silent !== null || event.kind === 'progress' || event.kind === 'resumed';
    this.#longest = Math.max(this.#longest, this.#silent ?? 0);
    this.#silent = stepping && event.kind !== 'paused' ? 0 : null;
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    if (this.#silent === null || ++this.#silent <= Math.max(LEAST_SECONDS, TIMES_LONGEST * this.#longest)) {
      return;
    }
    this.end();
    this.#stuck(this.#silent);
  }
}
