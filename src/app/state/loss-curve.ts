// The training loss per step while it grows: typed arrays, thinned by two whenever they are full.

export class LossCurve {
  #steps: Float64Array;
  #losses: Float64Array;
  #length = 0;
  #stride = 1;

  /** Keeps at most `capacity` points (even). */
  constructor(capacity = 8192) {
    this.#steps = new Float64Array(capacity);
    this.#losses = new Float64Array(capacity);
  }

  static from(points: { step: readonly number[]; loss: readonly number[] }): LossCurve {
    const curve = new LossCurve();
    points.step.forEach((step, i) => curve.#store(step, points.loss[i] ?? Number.NaN));
    return curve;
  }

  get length(): number {
    return this.#length;
  }

  /** The step numbers so far; a view that the next push may change. */
  get steps(): Float64Array {
    return this.#steps.subarray(0, this.#length);
  }

  /** The losses so far, NaN where one was not a number; a view that the next push may change. */
  get losses(): Float64Array {
    return this.#losses.subarray(0, this.#length);
  }

  /** Appends the losses of consecutive steps, the last of which is `lastStep`. */
  push(lastStep: number, losses: readonly number[]): void {
    losses.forEach((loss, i) => {
      const step = lastStep - losses.length + 1 + i;
      if (step % this.#stride === 0) this.#store(step, loss);
    });
  }

  /** Forgets what comes after a step. */
  cut(lastStep: number): void {
    while (this.#length > 0 && this.#steps[this.#length - 1]! > lastStep) this.#length--;
  }

  /** The curve cut down to `count` means, for a sparkline. */
  summary(count: number): number[] {
    const size = Math.max(1, Math.ceil(this.#length / count));
    const means: number[] = [];
    for (let start = 0; start < this.#length; start += size) {
      const end = Math.min(start + size, this.#length);
      let sum = 0;
      for (let i = start; i < end; i++) sum += this.#losses[i]!;
      means.push(sum / (end - start));
    }
    return means;
  }

  #store(step: number, loss: number): void {
    if (this.#length === this.#steps.length) this.#thin();
    this.#steps[this.#length] = step;
    this.#losses[this.#length] = loss;
    this.#length++;
  }

  #thin(): void {
    const half = this.#length >> 1;
    for (let i = 0; i < half; i++) {
      this.#steps[i] = this.#steps[2 * i]!;
      this.#losses[i] = this.#losses[2 * i]!;
    }
    this.#length = half;
    this.#stride *= 2;
  }
}

/** An exponential mean that ignores what is not a number; `weight` is the share of the old value at each point. */
export function smooth(values: Float64Array, weight: number): Float64Array {
  const out = new Float64Array(values.length);
  let mean = 0;
  let trust = 0;
  values.forEach((value, i) => {
    if (Number.isFinite(value)) {
      mean = weight * mean + (1 - weight) * value;
      trust = weight * trust + (1 - weight);
    }
    out[i] = trust > 0 ? mean / trust : Number.NaN;
  });
  return out;
}
