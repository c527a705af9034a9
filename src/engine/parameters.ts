// A network's learned blobs on the device, with what the solver keeps of each. A blob that layers share is here once, by its owner's name.
import * as tf from '@tensorflow/tfjs';
import { AppError } from '../core/errors';
import type { NetSpec } from '../nets/spec';
import type { SolverHistory, WeightBlob, WeightSet } from '../nets/weights';
import { caffeFromHwio, hwioFromCaffe } from './layout';
import { isHwio, learnedBlobs, solverMultipliers } from '../nets/plan/learned-blobs';

export interface Parameter {
  /** "conv1/0" */
  name: string;
  /** KH x KW x I x O on the device, where Caffe has O x I x KH x KW. */
  hwio: boolean;
  value: tf.Tensor;
  /** What the solver keeps of it, in its shape: empty until the first update. */
  history: tf.Tensor[];
  lrMult: number;
  decayMult: number;
}

function toTensor(blob: WeightBlob, hwio: boolean): tf.Tensor {
  const { shape, data } = hwio ? hwioFromCaffe(blob) : blob;
  // Kept: parameters outlive whatever scope they were made in.
  return tf.keep(tf.tensor(data, [...shape], 'float32'));
}

async function toBlob(tensor: tf.Tensor, hwio: boolean): Promise<WeightBlob> {
  // The copy matters where the tensor's memory is the backend's own.
  const data = new Float32Array(await tensor.data<'float32'>());
  const blob = { shape: tensor.shape, data };
  return hwio ? caffeFromHwio(blob) : blob;
}

/**
 * Puts weights on the device.
 * @throws AppError 'bad-weights' that lists every blob that is missing or has another shape.
 */
export function loadParameters(spec: NetSpec, weights: WeightSet): Map<string, Parameter> {
  const problems: string[] = [];
  const blobs = learnedBlobs(spec);
  for (const { name, owner, shape } of blobs) {
    if (name !== owner) continue;
    const blob = weights.get(name);
    if (!blob) problems.push(`${name} is missing`);
    else if (blob.shape.join() !== shape.join()) {
      problems.push(`${name} is ${blob.shape.join(' x ')} instead of ${shape.join(' x ')}`);
    }
  }
  if (problems.length) {
    throw new AppError(
      'bad-weights',
      `The weights do not belong to this network: ${problems.slice(0, 5).join('; ')}` +
        `${problems.length > 5 ? `; and ${problems.length - 5} more` : ''}. Choose the network they were trained with.`,
      { problems },
    );
  }
  const parameters = new Map<string, Parameter>();
  for (const blob of blobs) {
    const { name, owner } = blob;
    if (name !== owner) continue;
    const hwio = isHwio(blob);
    const value = toTensor(weights.get(name)!, hwio);
    parameters.set(name, { name, hwio, value, history: [], ...solverMultipliers(blob) });
  }
  return parameters;
}

/** Puts a new value in the place of a parameter's. */
export function replaceValue(parameter: Parameter, value: tf.Tensor): void {
  parameter.value.dispose();
  parameter.value = tf.keep(value);
}

/** Puts a new history in the place of a parameter's. */
export function replaceHistory(parameter: Parameter, history: tf.Tensor[]): void {
  tf.dispose(parameter.history);
  parameter.history = history.map((tensor) => tf.keep(tensor));
}

/** The weights, read from the device, in Caffe's layout. */
export async function readWeights(parameters: ReadonlyMap<string, Parameter>): Promise<WeightSet> {
  const weights: WeightSet = new Map();
  for (const { name, value, hwio } of parameters.values()) weights.set(name, await toBlob(value, hwio));
  return weights;
}

/** The solver's history of each blob, in Caffe's layout; blobs that were never updated are left out. */
export async function readHistory(parameters: ReadonlyMap<string, Parameter>): Promise<SolverHistory> {
  const all: SolverHistory = new Map();
  for (const { name, history, hwio } of parameters.values()) {
    if (!history.length) continue;
    const blobs: WeightBlob[] = [];
    for (const tensor of history) blobs.push(await toBlob(tensor, hwio));
    all.set(name, blobs);
  }
  return all;
}

/** Puts a history back, so that a run goes on exactly where it was. */
export function loadHistory(parameters: ReadonlyMap<string, Parameter>, history: SolverHistory): void {
  for (const [name, blobs] of history) {
    const parameter = parameters.get(name);
    if (parameter) {
      const tensors = blobs.map((blob) => toTensor(blob, parameter.hwio));
      replaceHistory(parameter, tensors);
    }
  }
}
