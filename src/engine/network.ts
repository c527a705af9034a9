// A network on the device: the list of layers run forward, then backward. There is no tape: each layer brings its own gradient, and every
// tensor is freed as soon as its last reader ran.
import * as tf from '@tensorflow/tfjs';
import type { LayerSpec, NetSpec } from '../nets/spec';
import type { WeightSet } from '../nets/weights';
import type { Kept, LabelBatch, Pass } from './layers/layer';
import { layerOps } from './layers/registry';
import { lossNormalizer } from './layers/softmax';
import { loadParameters, loadVelocities, readVelocities, readWeights, type Parameter } from './parameters';
import { planNetwork, type Plan } from './plan';
import { updateParameter, type SolverRates } from './solver-update';

type Shape4D = [number, number, number, number];

export interface StepResult {
  /** A scalar, to be read and disposed by the caller. */
  loss: tf.Tensor;
}

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

export class Network {
  readonly spec: NetSpec;
  readonly #parameters: Map<string, Parameter>;
  readonly #plan: Plan;
  #peakBytes = 0;

  /** @throws AppError 'bad-weights' where weights and network do not fit together. */
  constructor(spec: NetSpec, weights: WeightSet) {
    this.spec = spec;
    this.#plan = planNetwork(spec);
    this.#parameters = loadParameters(spec, weights);
  }

  /** The most bytes that all tensors together took after any layer so far. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  /** The scores N x H x W x C of data N x H x W x 3 (BGR), without dropout. The caller disposes them. */
  scores(data: tf.Tensor4D): tf.Tensor4D {
    const { value, step } = this.#plan.scores;
    const pass: Pass = { training: false, seed: 0, step: 0, labels: null };
    return tf.tidy(
      () => this.#forward(data, pass, { upTo: step, blobs: [value], backward: false }).blobs[0]!,
    );
  }

  /**
   * Scores and loss of a labelled batch, without dropout or gradients, and what the loss was divided by.
   * The caller disposes the tensors.
   */
  evaluate(
    data: tf.Tensor4D,
    labels: LabelBatch,
  ): { scores: tf.Tensor4D; loss: tf.Tensor; normalizer: number } {
    const pass: Pass = { training: false, seed: 0, step: 0, labels };
    const { scores, loss, lossLayer } = this.#plan;
    const want = { upTo: Infinity, blobs: [scores.value, loss], backward: false };
    const [scoreBlob, lossBlob] = tf.tidy(() => this.#forward(data, pass, want).blobs);
    return {
      scores: scoreBlob!,
      loss: lossBlob!,
      normalizer: lossNormalizer(lossLayer, labels.labels, data.shape[0]),
    };
  }

  /** The last version of each named blob after a training-mode forward pass; for inspection. The caller disposes them. */
  blobs(data: tf.Tensor4D, labels: LabelBatch, names: readonly string[]): tf.Tensor4D[] {
    const values = names.map((name) => {
      const value = this.#plan.last.get(name);
      if (value === undefined) throw new Error(`there is no blob "${name}"`);
      return value;
    });
    const pass: Pass = { training: true, seed: 0, step: 0, labels };
    return tf.tidy(() => this.#forward(data, pass, { upTo: Infinity, blobs: values, backward: false }).blobs);
  }

  /** Loss and the gradient of every learned blob ("conv1/0"), in the engine's layout. The caller disposes all of them. */
  gradients(data: tf.Tensor4D, pass: Pass): { loss: tf.Tensor; gradients: Map<string, tf.Tensor> } {
    const names: string[] = [];
    // Tensors free themselves as they go; the scope is for a kernel that throws half-way.
    const [loss, ...tensors] = tf.tidy(() => {
      const { blobs, kept } = this.#forward(data, pass, {
        upTo: Infinity,
        blobs: [this.#plan.loss],
        backward: true,
      });
      const gradients = this.#backward(kept);
      names.push(...gradients.keys());
      return [blobs[0]!, ...gradients.values()];
    });
    return { loss: loss, gradients: new Map(names.map((name, i) => [name, tensors[i]!])) };
  }

  /** One solver step. `data` stays the caller's. */
  trainStep(data: tf.Tensor4D, pass: Pass, rates: SolverRates): StepResult {
    const { loss, gradients } = this.gradients(data, pass);
    try {
      for (const [name, gradient] of gradients) updateParameter(this.#parameters.get(name)!, gradient, rates);
    } finally {
      gradients.forEach((gradient) => gradient.dispose());
    }
    return { loss };
  }

  weights(): Promise<WeightSet> {
    return readWeights(this.#parameters);
  }

  velocities(): Promise<WeightSet> {
    return readVelocities(this.#parameters);
  }

  setVelocities(velocities: WeightSet): void {
    loadVelocities(this.#parameters, velocities);
  }

  dispose(): void {
    for (const parameter of this.#parameters.values()) {
      parameter.value.dispose();
      parameter.velocity?.dispose();
    }
    this.#parameters.clear();
  }

  #params(layer: LayerSpec): tf.Tensor[] {
    const tensors: tf.Tensor[] = [];
    for (let i = 0; ; i++) {
      const parameter = this.#parameters.get(`${layer.name}/${i}`);
      if (!parameter) return tensors;
      tensors.push(parameter.value);
    }
  }

  #forward(
    data: tf.Tensor4D,
    pass: Pass,
    want: { upTo: number; blobs: readonly number[]; backward: boolean },
  ) {
    const { steps } = this.#plan;
    const last = Math.min(want.upTo, steps.length - 1);
    const readers = new Map<number, number>();
    const count = (value: number) => readers.set(value, (readers.get(value) ?? 0) + 1);
    for (const [i, step] of steps.entries()) {
      if (i > last) break;
      step.inputs.forEach((input) => input !== null && count(input));
      if (!want.backward || !step.backward) continue;
      if (step.keeps.bottom && step.inputs[0] !== null) count(step.inputs[0]!);
      if (step.keeps.top) count(step.output);
    }
    want.blobs.forEach(count);

    // One reader more than there is: the data are the caller's.
    const values = new Map<number, Value>([[0, new Value(data, (readers.get(0) ?? 0) + 1)]]);
    const kept = new Map<number, Kept & { release(): void }>();
    for (const [i, step] of steps.entries()) {
      if (i > last) break;
      const inputs = step.inputs.map((input) => (input === null ? null : values.get(input)!));
      const ops = layerOps(step.layer);
      const { top, extra = [] } = ops.forward(
        step.layer,
        inputs.map((input) => input?.tensor ?? null),
        this.#params(step.layer),
        pass,
      );
      const bottomShape = inputs[0]!.tensor.shape;
      const output = new Value(top, readers.get(step.output) ?? 0);
      values.set(step.output, output);
      if (want.backward && step.backward) {
        const bottom = step.keeps.bottom ? inputs[0]! : null;
        const keptTop = step.keeps.top ? output : null;
        kept.set(i, {
          bottom: bottom?.tensor ?? null,
          top: keptTop?.tensor ?? null,
          extra,
          bottomShape,
          release() {
            bottom?.release();
            keptTop?.release();
            extra.forEach((tensor) => tensor.dispose());
          },
        });
      } else {
        extra.forEach((tensor) => tensor.dispose());
      }
      this.#notePeak();
      inputs.forEach((input) => input?.release());
    }
    return { blobs: want.blobs.map((value) => values.get(value)!.tensor), kept };
  }

  #backward(kept: Map<number, Kept & { release(): void }>): Map<string, tf.Tensor> {
    const { steps } = this.#plan;
    const gradients = new Map<string, tf.Tensor>();
    const blobGradients = new Map<number, tf.Tensor4D>();
    for (let i = steps.length - 1; i >= 0; i--) {
      const step = steps[i]!;
      const saved = kept.get(i);
      if (!saved) continue;
      const dTop = blobGradients.get(step.output) ?? null;
      blobGradients.delete(step.output);
      const { bottom, params } = layerOps(step.layer).backward(
        step.layer,
        saved,
        dTop,
        this.#params(step.layer),
        step.wants,
      );
      params.forEach((gradient, k) => gradients.set(`${step.layer.name}/${k}`, gradient));
      if (bottom) accumulate(blobGradients, step.inputs[0]!, bottom);
      this.#notePeak();
      saved.release();
      dTop?.dispose();
    }
    return gradients;
  }

  #notePeak(): void {
    this.#peakBytes = Math.max(this.#peakBytes, tf.memory().numBytes);
  }
}

/** Adds to a blob's gradient: one blob may have several readers. */
function accumulate(gradients: Map<number, tf.Tensor4D>, value: number, gradient: tf.Tensor4D): void {
  const before = gradients.get(value);
  gradients.set(value, before ? tf.add<tf.Tensor4D>(before, gradient) : gradient);
  if (before) {
    before.dispose();
    gradient.dispose();
  }
}

/** N images of one size as data: BGR bytes as float32, N x H x W x 3. */
export function dataTensor(bgr: Float32Array, shape: Shape4D): tf.Tensor4D {
  return tf.tensor4d(bgr, shape);
}
