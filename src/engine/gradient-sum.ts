// The gradients of several batches, for one step of the solver: summed, clipped, averaged (Caffe, solver.cpp Step and sgd_solver.cpp ApplyUpdate).
import * as tf from '@tensorflow/tfjs';

/** Gradients that wait until all are known, by the parameter's name. */
export class GradientSum {
  readonly #sums = new Map<string, tf.Tensor>();
  #batches = 0;

  /** How many batches were added since the last `take`. */
  get batches(): number {
    return this.#batches;
  }

  /** What waits. */
  get tensors(): tf.Tensor[] {
    return [...this.#sums.values()];
  }

  /** Adds a batch's gradient of one parameter; it belongs to the sum from here on. */
  add(name: string, gradient: tf.Tensor): void {
    const before = this.#sums.get(name);
    // Kept: it outlives the pass that made it.
    this.#sums.set(name, tf.keep(before ? tf.add(before, gradient) : gradient));
    if (!before) return;
    before.dispose();
    gradient.dispose();
  }

  /** To be called once all of a batch's gradients are added. */
  batchAdded(): void {
    this.#batches++;
  }

  /**
   * Gives each gradient to `use`, which disposes it, and begins anew. In Caffe's order: where the L2 norm of all sums together is more
   * than `clip`, they are scaled to it; then they are divided by the number of batches. Weight decay comes after that, with the step.
   * @param clip null for no bound
   */
  take(clip: number | null, use: (name: string, gradient: tf.Tensor) => void): void {
    const { factor, isOne } = this.#factor(clip);
    for (const [name, sum] of this.#sums) {
      this.#sums.delete(name);
      if (isOne) {
        use(name, sum);
        continue;
      }
      const scaled = tf.mul(sum, factor);
      sum.dispose();
      use(name, scaled);
    }
    factor.dispose();
    this.#batches = 0;
  }

  dispose(): void {
    tf.dispose([...this.#sums.values()]);
    this.#sums.clear();
    this.#batches = 0;
  }

  /** On the device, so that nothing waits for the norm. */
  #factor(clip: number | null): { factor: tf.Tensor; isOne: boolean } {
    const share = 1 / Math.max(1, this.#batches);
    if (clip === null) return { factor: tf.scalar(share), isOne: share === 1 };
    const factor = tf.tidy(() => {
      const squares = [...this.#sums.values()].map((sum) => tf.tidy(() => tf.sum(tf.square(sum))));
      const norm = tf.sqrt(tf.addN(squares));
      // Of a norm of 0 it is 1: nothing is divided by less than the bound.
      return tf.mul(tf.div(clip, tf.maximum(norm, clip)), share);
    });
    return { factor, isOne: false };
  }
}
