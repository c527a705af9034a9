// A network's learned blobs on the device, with what the solver keeps of each.
import * as tf from '@tensorflow/tfjs';
import { AppError } from '../core/errors';
import { expectedShapes } from '../nets/shapes';
import type { LayerSpec, NetSpec } from '../nets/spec';
import type { WeightBlob, WeightSet } from '../nets/weights';
import { caffeFromHwio, hwioFromCaffe } from './layout';

export interface Parameter {
  /** "conv1/0" */
  name: string;
  layer: LayerSpec;
  value: tf.Tensor;
  /** Made by the first update. */
  velocity: tf.Tensor | null;
  lrMult: number;
  decayMult: number;
}

const isHwio = (parameter: { name: string; layer: LayerSpec }) =>
  parameter.layer.type === 'Convolution' && parameter.name.endsWith('/0');

function toTensor(name: string, layer: LayerSpec, blob: WeightBlob): tf.Tensor {
  const { shape, data } = isHwio({ name, layer }) ? hwioFromCaffe(blob) : blob;
  return tf.tensor(data, [...shape], 'float32');
}

async function toBlob(parameter: Parameter, tensor: tf.Tensor): Promise<WeightBlob> {
  // The copy matters where the tensor's memory is the backend's own.
  const data = new Float32Array(await tensor.data<'float32'>());
  const blob = { shape: tensor.shape, data };
  return isHwio(parameter) ? caffeFromHwio(blob) : blob;
}

/**
 * Puts weights on the device.
 * @throws AppError 'bad-weights' that lists every blob that is missing or has another shape.
 */
export function loadParameters(spec: NetSpec, weights: WeightSet): Map<string, Parameter> {
  const problems: string[] = [];
  const expected = expectedShapes(spec);
  for (const [name, shape] of expected) {
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
  for (const layer of spec.layers) {
    for (let i = 0; expected.has(`${layer.name}/${i}`); i++) {
      const name = `${layer.name}/${i}`;
      const { lrMult, decayMult } = layer.params[i] ?? { lrMult: 1, decayMult: 1 };
      const value = toTensor(name, layer, weights.get(name)!);
      parameters.set(name, { name, layer, value, velocity: null, lrMult, decayMult });
    }
  }
  return parameters;
}

/** The weights, read from the device, in Caffe's layout. */
export async function readWeights(parameters: ReadonlyMap<string, Parameter>): Promise<WeightSet> {
  const weights: WeightSet = new Map();
  for (const parameter of parameters.values())
    weights.set(parameter.name, await toBlob(parameter, parameter.value));
  return weights;
}

/** The solver's velocities, in Caffe's layout; blobs that were never updated are left out. */
export async function readVelocities(parameters: ReadonlyMap<string, Parameter>): Promise<WeightSet> {
  const velocities: WeightSet = new Map();
  for (const parameter of parameters.values()) {
    if (parameter.velocity) velocities.set(parameter.name, await toBlob(parameter, parameter.velocity));
  }
  return velocities;
}

/** Puts velocities back, so that a run goes on exactly where it was. */
export function loadVelocities(parameters: ReadonlyMap<string, Parameter>, velocities: WeightSet): void {
  for (const [name, blob] of velocities) {
    const parameter = parameters.get(name);
    if (!parameter) continue;
    parameter.velocity?.dispose();
    parameter.velocity = toTensor(name, parameter.layer, blob);
  }
}
