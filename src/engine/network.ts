// A network on the device: what can be asked of it, and its weights.
import * as tf from '@tensorflow/tfjs';
import { AppError } from '../core/errors';
import type { SolverName } from '../nets/solvers';
import type { BlobShape, NetSpec } from '../nets/spec';
import type { SolverHistory, WeightSet } from '../nets/weights';
import { GradientSum } from './gradient-sum';
import type { LabelBatch, Pass } from './layers/layer';
import { lossNormalizer } from './layers/pixel-loss';
import { transformPixels } from './layout';
import {
  loadParameters,
  loadHistory,
  readHistory,
  readWeights,
  replaceValue,
  type Parameter,
} from './parameters';
import { planNetwork, stepsFor, trainingLosses, type Loss, type Plan, type Purpose } from '../nets/plan/plan';
import { PassMemory } from './pass-memory';
import { readCaffeOrder } from './read-back';
import { updateParameter } from './solver-update';
import type { SolverRates } from './solvers';
import { blobShapes } from '../nets/plan/step-shapes';
import { Sweep } from './sweep';

type Shape4D = [number, number, number, number];

export interface StepResult {
  /** A scalar, to be read and disposed by the caller. */
  loss: tf.Tensor;
}

/** A blob as Caffe has it: N x C x H x W, or N x K after an inner product. */
export interface BlobValues {
  shape: BlobShape;
  data: Float32Array;
}

const inference: Pass = { training: false, seed: 0, step: 0, labels: null };

export class Network {
  readonly spec: NetSpec;
  readonly #parameters: Map<string, Parameter>;
  /** Made when they are first asked for. */
  readonly #plans = new Map<Purpose, Plan>();
  /** Of the batches of a step that has yet to be taken. */
  readonly #waiting = new GradientSum();
  /** Known with the first step. */
  #solver: SolverName = 'SGD';
  readonly #memory: PassMemory;

  /**
   * @param limit bytes that a training step should not exceed: where it would, its first block is computed twice; the backend's own where it
   *   is not given.
   * @throws AppError 'bad-weights' where weights and network do not fit together, 'bad-network' where it cannot be run.
   */
  constructor(spec: NetSpec, weights: WeightSet, limit?: number) {
    this.spec = spec;
    this.#memory = new PassMemory(spec, limit);
    this.#planFor('scores');
    this.#parameters = loadParameters(spec, weights);
  }

  /** The most bytes that the backend held during any pass so far (byte-counter.ts). */
  get peakBytes(): number {
    return this.#memory.peak;
  }

  /**
   * Pixels as the network's data, with what its data layer does to them (a mean taken away, a scale). The caller disposes the tensor.
   * @param bgr N x H x W x C as float32, blue first; changed in place.
   */
  input(bgr: Float32Array, shape: Shape4D): tf.Tensor4D {
    const transform = this.spec.inputs.find(({ role }) => role === 'image')?.transform;
    if (transform) transformPixels(bgr, shape[3], transform);
    return dataTensor(bgr, shape);
  }

  /** The name of the blob that `scores` returns. */
  get scoreBlob(): string {
    const { names, scores } = this.#planFor('scores');
    return names.get(scores)!;
  }

  /**
   * The scores N x H x W x C of data N x H x W x 3 (BGR), without dropout: what the main loss reads, or where there is none the last blob,
   * before a softmax. The caller disposes them.
   */
  scores(data: tf.Tensor4D): tf.Tensor4D {
    const plan = this.#planFor('scores');
    return this.#values(plan, data, inference, [plan.scores])[0]!;
  }

  /**
   * The values of any blob of the network, without dropout or labels, in Caffe's order: to look at, or to compare two networks.
   * @param data N x H x W x C (BGR); stays the caller's.
   * @throws AppError 'not-found' where there is no such blob, 'bad-network' where the network does not fit the data.
   */
  async blobValues(blob: string, data: tf.Tensor4D): Promise<BlobValues> {
    const plan = this.#planWith([blob]);
    const value = plan.last.get(blob)!;
    const tensor = this.#values(plan, data, inference, [value])[0]!;
    const shapes = blobShapes(plan, stepsFor(plan, [value]), data.shape);
    return { shape: shapes.get(value)!, data: await readCaffeOrder(tensor) };
  }

  /**
   * Predictions (the best class of each pixel, N x H x W, or of each image) and loss of a labelled batch, without dropout or gradients, and what
   * the (main) loss was divided by. The caller disposes the tensors.
   * @throws AppError 'bad-network' where the network has no loss.
   */
  evaluate(
    data: tf.Tensor4D,
    labels: LabelBatch,
  ): { predictions: tf.Tensor; loss: tf.Tensor; normalizer: number } {
    const testing = this.#planFor('testing');
    const plan = testing.predictions === null ? this.#planFor('scores') : testing;
    const losses = valuesOf(trainingLosses(plan));
    const wanted = [plan.predictions ?? plan.scores, ...losses];
    const purpose = testing.predictions === null ? 'scores' : 'testing';
    const [predictions, loss] = this.#memory.run(data, { purpose }, this.#weightTensors(), () =>
      tf.tidy((): [tf.Tensor, tf.Tensor] => {
        const [first, ...rest] = new Sweep(plan, this.#parameters).forward(
          data,
          { ...inference, labels },
          wanted,
          false,
        );
        return [plan.predictions === null ? tf.argMax(first!, 3) : first!, sum(rest)];
      }),
    );
    const normalizer = lossNormalizer(plan.mainLoss!.layer, labels.labels, data.shape[0]);
    return { predictions, loss, normalizer };
  }

  /** The last version of each named blob after a training-mode forward pass; for inspection. The caller disposes them. */
  blobs(data: tf.Tensor4D, labels: LabelBatch, names: readonly string[]): tf.Tensor4D[] {
    const plan = this.#planWith(names);
    const pass: Pass = { training: true, seed: 0, step: 0, labels };
    const values = names.map((name) => plan.last.get(name)!);
    return this.#values(plan, data, pass, values);
  }

  /**
   * Loss and the gradient of every learned blob ("conv1/0"), in the engine's layout; a shared blob has one, under its owner's name.
   * The caller disposes all of them.
   * @throws AppError 'bad-network' where the network cannot be trained.
   */
  gradients(data: tf.Tensor4D, pass: Pass): { loss: tf.Tensor; gradients: Map<string, tf.Tensor> } {
    const gradients = new Map<string, tf.Tensor>();
    const { loss, replaced } = this.#learn(data, pass, (name, gradient) => {
      gradients.set(name, tf.keep(gradient));
    });
    replaced.forEach((value) => value.dispose());
    return { loss, gradients };
  }

  /**
   * One solver step. `data` stays the caller's. Each parameter moves as soon as its gradient is known, so that the gradients never exist all
   * at once; where a kernel fails half-way, some have moved and some have not.
   * @throws AppError 'bad-network' where the network cannot be trained.
   */
  trainStep(data: tf.Tensor4D, pass: Pass, rates: SolverRates): StepResult {
    this.#solver = rates.solver;
    const { loss, replaced } = this.#learn(data, pass, (name, gradient) => {
      updateParameter(this.#parameters.get(name)!, gradient, rates);
      gradient.dispose();
    });
    for (const [name, value] of replaced) replaceValue(this.#parameters.get(name)!, value);
    return { loss };
  }

  /**
   * Adds a batch's gradients to those that wait for `step`; they all stay in memory until then. `data` stays the caller's.
   * @throws AppError 'bad-network' where the network cannot be trained.
   */
  addGradients(data: tf.Tensor4D, pass: Pass): StepResult {
    const add = (name: string, gradient: tf.Tensor) => this.#waiting.add(name, gradient);
    const { loss, replaced } = this.#learn(data, pass, add, { accumulation: 2, clips: true });
    this.#waiting.batchAdded();
    for (const [name, value] of replaced) replaceValue(this.#parameters.get(name)!, value);
    return { loss };
  }

  /** One solver step by the mean of the gradients that wait, their sum's norm bounded by `clip` (gradient-sum.ts). */
  step(rates: SolverRates, clip: number | null): void {
    this.#solver = rates.solver;
    this.#waiting.take(clip, (name, gradient) => {
      updateParameter(this.#parameters.get(name)!, gradient, rates);
      gradient.dispose();
    });
  }

  weights(): Promise<WeightSet> {
    return readWeights(this.#parameters);
  }

  history(): Promise<SolverHistory> {
    return readHistory(this.#parameters);
  }

  setHistory(history: SolverHistory): void {
    loadHistory(this.#parameters, history);
  }

  dispose(): void {
    this.#waiting.dispose();
    for (const parameter of this.#parameters.values()) {
      parameter.value.dispose();
      tf.dispose(parameter.history);
    }
    this.#parameters.clear();
  }

  /** The loss, and new values of parameters that change outside the solver. */
  #learn(
    data: tf.Tensor4D,
    pass: Pass,
    take: (name: string, gradient: tf.Tensor) => void,
    options: { accumulation?: number; clips?: boolean } = {},
  ): { loss: tf.Tensor; replaced: ReadonlyMap<string, tf.Tensor> } {
    const plan = this.#planFor('training');
    const losses = valuesOf(trainingLosses(plan));
    const own = [...this.#parameters.values()].flatMap(({ history }) => history);
    const there = [...this.#weightTensors(), ...own, ...this.#waiting.tensors];
    const planned = { purpose: 'training', solver: this.#solver, ...options } as const;
    return this.#memory.run(data, planned, there, (recompute) => {
      const sweep = new Sweep(plan, this.#parameters, recompute);
      // Tensors free themselves as they go; the scope is for a kernel that throws half-way.
      const [loss] = tf.tidy(() => {
        const total = sum(sweep.forward(data, pass, losses, true));
        sweep.backward(take);
        return [total, ...sweep.replaced.values()];
      });
      return { loss: loss, replaced: sweep.replaced };
    });
  }

  #values(plan: Plan, data: tf.Tensor4D, pass: Pass, values: readonly number[]): tf.Tensor4D[] {
    return this.#memory.run(data, { purpose: 'scores' }, this.#weightTensors(), () =>
      tf.tidy(() => new Sweep(plan, this.#parameters).forward(data, pass, values, false)),
    );
  }

  #weightTensors(): tf.Tensor[] {
    return [...this.#parameters.values()].map(({ value }) => value);
  }

  #planFor(purpose: Purpose): Plan {
    const plan = this.#plans.get(purpose) ?? planNetwork(this.spec, purpose);
    this.#plans.set(purpose, plan);
    return plan;
  }

  /** A plan that makes all these blobs. */
  #planWith(blobs: readonly string[]): Plan {
    const plan = (['scores', 'blobs'] as const)
      .map((purpose) => this.#planFor(purpose))
      .find(({ last }) => blobs.every((blob) => last.has(blob)));
    if (plan) return plan;
    const { last } = this.#planFor('blobs');
    const missing = blobs.find((blob) => !last.has(blob));
    const there = [...last.keys()].join(', ');
    throw new AppError('not-found', `The network makes no blob "${missing}". It makes ${there}.`);
  }
}

const valuesOf = (losses: readonly Loss[]) => losses.map(({ value }) => value);

/** The sum of all losses; frees what it added. */
function sum(losses: tf.Tensor[]): tf.Tensor {
  if (losses.length === 1) return losses[0]!;
  const total = tf.addN(losses);
  losses.forEach((loss) => loss.dispose());
  return total;
}

/** N images of one size as data: BGR bytes as float32, N x H x W x 3. */
export function dataTensor(bgr: Float32Array, shape: Shape4D): tf.Tensor4D {
  return tf.tensor4d(bgr, shape);
}
