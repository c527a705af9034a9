// How long steps take: medians, because the first step compiles and a busy machine stumbles now and then.

const KEPT = 200;

export class StepClock {
  readonly #batch: number;
  readonly #milliseconds: number[] = [];
  #validating: number[] = [];
  #validationSeconds = 0;
  steps = 0;

  constructor(batch: number) {
    this.#batch = batch;
  }

  /** Counts a step; the first one is left out of every figure. */
  add(milliseconds: number): void {
    if (this.steps++ === 0) return;
    this.#milliseconds.push(milliseconds);
    if (this.#milliseconds.length > KEPT) this.#milliseconds.shift();
  }

  /** Counts a batch of a validation, and with the last one the validation: its first batch compiles, too. */
  addValidation(milliseconds: number, last: boolean): void {
    this.#validating.push(milliseconds);
    if (!last) return;
    this.#validationSeconds = (median(this.#validating) * this.#validating.length) / 1000;
    this.#validating = [];
  }

  /** Median of the recent steps; 0 before the second one. */
  get secondsPerStep(): number {
    return median(this.#milliseconds) / 1000;
  }

  get imagesPerSecond(): number {
    const seconds = this.secondsPerStep;
    return seconds ? this.#batch / seconds : 0;
  }

  /** Null until there is something to go by. */
  secondsLeft(steps: number, validations: number): number | null {
    const seconds = this.secondsPerStep;
    return seconds ? steps * seconds + validations * this.#validationSeconds : null;
  }
}

/** 0 of nothing. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
