// One pass over a plan: forward to the values that are asked for, and from there backward. There is no tape: each layer brings its own
// gradient, and every tensor is freed as soon as its last reader ran.
import * as tf from '@tensorflow/tfjs';
import type { Kept, Pass } from './layers/layer';
import { layerOps } from './layers/registry';
import type { Parameter } from './parameters';
import { stepsFor, type Plan, type Step } from '../nets/plan/plan';
import { blobShapes } from '../nets/plan/step-shapes';

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

/** Made within tf.tidy, which frees what is left where a kernel throws half-way. */
export class Sweep {
  /** New values of parameters that change outside the solver, by name. */
  readonly replaced = new Map<string, tf.Tensor>();
  readonly #plan: Plan;
  readonly #parameters: ReadonlyMap<string, Parameter>;
  /** Called when most tensors are there: after each layer. */
  readonly #noteMemory: () => void;
  readonly #saved = new Map<Step, Saved>();

  constructor(plan: Plan, parameters: ReadonlyMap<string, Parameter>, noteMemory: () => void) {
    this.#plan = plan;
    this.#parameters = parameters;
    this.#noteMemory = noteMemory;
  }

  /** Runs the layers on which the wanted values depend, and keeps what backward will read if it is to follow. */
  forward(data: tf.Tensor4D, pass: Pass, wanted: readonly number[], backward: boolean): tf.Tensor4D[] {
    const plan = this.#plan;
    const steps = stepsFor(plan, wanted);
    const shapes = blobShapes(plan, steps, data.shape);
    const readers = countReaders(steps, wanted, backward);
    // One reader more than there is: the data are the caller's.
    const values = new Map([[plan.data, new Value(data, (readers.get(plan.data) ?? 0) + 1)]]);
    for (const step of steps) {
      const inputs = step.inputs.map((value) => values.get(value) ?? null);
      const shape = {
        bottoms: step.inputs.map((value) => shapes.get(value) ?? []),
        tops: step.outputs.map((value) => shapes.get(value)!),
      };
      const params = this.#paramsOf(step);
      const tensors = inputs.map((input) => input?.tensor ?? null);
      const made = layerOps(step.layer).forward(step.layer, tensors, params, pass, shape);
      made.params?.forEach((value, i) => this.replaced.set(step.params[i]!, value));
      const outputs = step.outputs.map((value, i) => new Value(made.tops[i]!, readers.get(value) ?? 0));
      step.outputs.forEach((value, i) => values.set(value, outputs[i]!));
      const extra = made.extra ?? [];
      if (backward && step.backward) {
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
      this.#noteMemory();
      inputs.forEach((input) => input?.release());
    }
    // Whoever asks for the data themselves gets a tensor of their own.
    return wanted.map((value) => (value === plan.data ? data.clone() : values.get(value)!.tensor));
  }

  /**
   * Backward from the losses; to be called once, after forward to them.
   * @param take is given the gradient of each parameter that learns, by its owner's name, as soon as it is whole and nothing reads the
   *   parameter any more: then the solver may move it, and its gradient need not wait for the others.
   */
  backward(take: (name: string, gradient: tf.Tensor) => void): void {
    const gradients = new Map<string, tf.Tensor>();
    const users = countUsers(this.#saved.keys());
    const ofValues = new Map<number, tf.Tensor4D>();
    const losses = new Set(this.#plan.losses.map(({ value }) => value));
    for (const [step, saved] of [...this.#saved].toReversed()) {
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
        this.#noteMemory();
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

/** By parameter, in how many places steps have it. */
function countUsers(steps: Iterable<Step>): Map<string, number> {
  const users = new Map<string, number>();
  for (const { params } of steps) for (const name of params) users.set(name, (users.get(name) ?? 0) + 1);
  return users;
}

function countReaders(
  steps: readonly Step[],
  wanted: readonly number[],
  backward: boolean,
): Map<number, number> {
  const readers = new Map<number, number>();
  const count = (value: number) => readers.set(value, (readers.get(value) ?? 0) + 1);
  for (const { inputs, outputs, keeps, backward: returns } of steps) {
    inputs.forEach(count);
    if (!backward || !returns) continue;
    inputs.forEach((value, i) => keeps.bottoms[i] && count(value));
    if (keeps.tops) outputs.forEach(count);
  }
  wanted.forEach(count);
  return readers;
}
