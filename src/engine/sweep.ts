// One pass over a plan: forward to the values that are asked for, and from there backward. There is no tape: each layer brings its own
// gradient, and every tensor is freed as soon as its last reader ran.
import * as tf from '@tensorflow/tfjs';
import type { Kept, Pass } from './layers/layer';
import { layerOps } from './layers/registry';
import type { Parameter } from './parameters';
import { stepsFor, type Plan, type Step } from '../nets/plan/plan';
import { countReaders, countUsers, firstBlock } from '../nets/plan/readers';
import { blobShapes } from '../nets/plan/step-shapes';
import type { BlobShape } from '../nets/spec';

/** Counts a tensor's readers to come and frees it after the last. */
class Value {
  constructor(
    readonly tensor: tf.Tensor4D,
    private readers: number,
  ) {
    if (readers === 0) tensor.dispose();
  }

  release(): void {
    if (--this.readers === 0) this.tensor.dispose();
  }
}

interface Saved extends Kept {
  /** As forward had them. */
  params: tf.Tensor[];
  release(): void;
}

/** What every step of a pass needs to know. */
interface Forward {
  data: tf.Tensor4D;
  pass: Pass;
  shapes: ReadonlyMap<number, BlobShape>;
  /** Whether a step's kept tensors are saved for backward. */
  saves: (step: Step) => boolean;
  /** What is computed again changes no parameter once more. */
  again: boolean;
}

/** Made within tf.tidy, which frees what is left where a kernel throws half-way. */
export class Sweep {
  /** New values of parameters that change outside the solver, by name. */
  readonly replaced = new Map<string, tf.Tensor>();
  readonly #plan: Plan;
  readonly #parameters: ReadonlyMap<string, Parameter>;
  readonly #recompute: boolean;
  readonly #saved = new Map<Step, Saved>();
  /** The steps that will run backward, in order. */
  #returning: Step[] = [];
  /** Runs the steps that were not saved once more. */
  #again: (() => void) | null = null;

  /** @param recompute whether the first block is computed again on the way back instead of saved. */
  constructor(plan: Plan, parameters: ReadonlyMap<string, Parameter>, recompute = false) {
    this.#plan = plan;
    this.#parameters = parameters;
    this.#recompute = recompute;
  }

  /** Runs the layers on which the wanted values depend, and keeps what backward will read if it is to follow. */
  forward(data: tf.Tensor4D, pass: Pass, wanted: readonly number[], backward: boolean): tf.Tensor4D[] {
    const plan = this.#plan;
    const steps = stepsFor(plan, wanted);
    const shapes = blobShapes(plan, steps, data.shape);
    this.#returning = backward ? steps.filter((step) => step.backward) : [];
    const returns = new Set(this.#returning);
    const block = backward && this.#recompute ? firstBlock(steps) : [];
    const later = new Set(block);
    const saves = (step: Step) => returns.has(step) && !later.has(step);
    const values = this.#run(steps, wanted, { data, pass, shapes, saves, again: false });
    if (block.length) {
      this.#again = () =>
        this.#run(block, [], { data, pass, shapes, saves: (step) => returns.has(step), again: true });
    }
    // Whoever asks for the data themselves gets a tensor of their own.
    return wanted.map((value) => (value === plan.data ? data.clone() : values.get(value)!.tensor));
  }

  /** Runs steps forward; gives all values, of which those without a reader left are gone. */
  #run(
    steps: readonly Step[],
    wanted: readonly number[],
    { data, pass, shapes, saves, again }: Forward,
  ): Map<number, Value> {
    const readers = countReaders(steps, wanted, saves);
    // One reader more than there is: the data are the caller's.
    const values = new Map([[this.#plan.data, new Value(data, (readers.get(this.#plan.data) ?? 0) + 1)]]);
    for (const step of steps) {
      const inputs = step.inputs.map((value) => values.get(value) ?? null);
      const shape = {
        bottoms: step.inputs.map((value) => shapes.get(value) ?? []),
        tops: step.outputs.map((value) => shapes.get(value)!),
      };
      const params = this.#paramsOf(step);
      const tensors = inputs.map((input) => input?.tensor ?? null);
      const made = layerOps(step.layer).forward(step.layer, tensors, params, pass, shape);
      if (again) made.params?.forEach((value) => value.dispose());
      else made.params?.forEach((value, i) => this.replaced.set(step.params[i]!, value));
      const outputs = step.outputs.map((value, i) => new Value(made.tops[i]!, readers.get(value) ?? 0));
      step.outputs.forEach((value, i) => values.set(value, outputs[i]!));
      const extra = made.extra ?? [];
      if (saves(step)) {
        const bottoms = inputs.map((input, i) => (step.keeps.bottoms[i] ? input : null));
        const tops = outputs.map((output) => (step.keeps.tops ? output : null));
        this.#saved.set(step, {
          bottoms: bottoms.map((value) => value?.tensor ?? null),
          tops: tops.map((value) => value?.tensor ?? null),
          extra,
          shapes: shape,
          params,
          release() {
            [...bottoms, ...tops].forEach((value) => value?.release());
            extra.forEach((tensor) => tensor.dispose());
          },
        });
      } else {
        extra.forEach((tensor) => tensor.dispose());
      }
      inputs.forEach((input) => input?.release());
    }
    return values;
  }

  /**
   * Backward from the losses; to be called once, after forward to them.
   * @param take is given the gradient of each parameter that learns, by its owner's name, as soon as it is whole and nothing reads the
   *   parameter any more: then the solver may move it, and its gradient need not wait for the others.
   */
  backward(take: (name: string, gradient: tf.Tensor) => void): void {
    const gradients = new Map<string, tf.Tensor>();
    const users = countUsers(this.#returning);
    const ofValues = new Map<number, tf.Tensor4D>();
    const losses = new Set(this.#plan.losses.map(({ value }) => value));
    for (const step of this.#returning.toReversed()) {
      if (!this.#saved.has(step)) this.#again!();
      const saved = this.#saved.get(step)!;
      const dTops = step.outputs.map((value) => ofValues.get(value) ?? null);
      // A layer may have owed its bottom no gradient after all.
      if (dTops.some((dTop) => dTop !== null) || losses.has(step.outputs[0]!)) {
        const made = layerOps(step.layer).backward(step.layer, saved, dTops, saved.params, step.wants);
        made.params.forEach((gradient, i) => {
          const name = step.params[i]!;
          if (this.#parameters.get(name)!.lrMult === 0) gradient.dispose();
          else accumulate(gradients, name, gradient);
        });
        made.bottoms.forEach((gradient, i) => gradient && accumulate(ofValues, step.inputs[i]!, gradient));
      }
      saved.release();
      dTops.forEach((dTop) => dTop?.dispose());
      step.outputs.forEach((value) => ofValues.delete(value));
      for (const name of step.params) {
        const left = users.get(name)! - 1;
        users.set(name, left);
        const gradient = gradients.get(name);
        if (left > 0 || !gradient) continue;
        gradients.delete(name);
        take(name, gradient);
      }
    }
  }

  #paramsOf({ params }: Step): tf.Tensor[] {
    return params.map((name) => this.replaced.get(name) ?? this.#parameters.get(name)!.value);
  }
}

/** Adds to a gradient: a blob may have several readers, a parameter several users. */
function accumulate<Key, T extends tf.Tensor>(gradients: Map<Key, T>, key: Key, gradient: T): void {
  const before = gradients.get(key);
  gradients.set(key, before ? tf.add<T>(before, gradient) : gradient);
  if (before) {
    before.dispose();
    gradient.dispose();
  }
}
