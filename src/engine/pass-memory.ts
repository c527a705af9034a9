// What a network's passes take: planned before each, room made for it, the first block computed twice where it would not fit, and measured.
import * as tf from '@tensorflow/tfjs';
import { planWithin, plainStep, type BytesOptions, type MemoryPlan } from '../nets/plan/bytes';
import type { NetSpec } from '../nets/spec';
import { totalBytes, type BackendName } from './backends';
import { runningCounter } from './byte-counter';
import { makeRoomFor } from './gpu-buffers';

type PassOptions = Pick<BytesOptions, 'purpose'> & Partial<Omit<BytesOptions, 'kernels' | 'recompute'>>;

/** Plans that are remembered: a run has a few sizes, a person's photos may have many. */
const MOST_PLANS = 32;

export class PassMemory {
  readonly #spec: NetSpec;
  readonly #limit: number | undefined;
  readonly #plans = new Map<string, MemoryPlan>();
  #peak = 0;

  /** @param limit bytes that a training step should not exceed; the backend's own where it is not given. */
  constructor(spec: NetSpec, limit: number | undefined) {
    this.#spec = spec;
    this.#limit = limit;
  }

  /** The most bytes that the backend held during any pass so far. */
  get peak(): number {
    return this.#peak;
  }

  /**
   * Runs a pass.
   * @param own what of the plan is there already: parameters, what the solver keeps, data.
   * @param work is told whether the first block is to be computed again on the way back instead of kept.
   */
  run<T>(
    data: tf.Tensor4D,
    options: PassOptions,
    own: readonly tf.Tensor[],
    work: (recompute: boolean) => T,
  ): T {
    const { estimate, recompute } = this.plan(data.shape, options);
    makeRoomFor(estimate.total, [data, ...own]);
    const counter = runningCounter();
    counter.restart();
    try {
      return work(recompute);
    } finally {
      this.#peak = Math.max(this.#peak, counter.peak);
    }
  }

  /** What a pass takes on the running backend, N x H x W x C being its data. */
  plan(shape: tf.Tensor4D['shape'], options: PassOptions): MemoryPlan {
    const kernels = tf.getBackend() as BackendName;
    const key = JSON.stringify([kernels, shape, options]);
    const known = this.#plans.get(key);
    if (known) return known;
    const whole = { ...plainStep, ...options, kernels };
    const planned = planWithin(this.#spec, shape, whole, this.#limit ?? totalBytes[kernels] ?? Infinity);
    if (this.#plans.size >= MOST_PLANS) this.#plans.clear();
    this.#plans.set(key, planned);
    return planned;
  }
}
