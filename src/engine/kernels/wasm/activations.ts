// ReLU and its gradient on wasm: 4 bytes read and written for each value, 12 for the gradient; two operations each.
import type * as tf from '@tensorflow/tfjs';
import type { HostKernel, HostMemory } from '../host/memory';
import { floatField } from './machine';
import { machineOf } from './running';

/** Fewer values are not worth a thread. */
export const LEAST_VALUES = 8192;

/** Runs a kernel of assembly/activations.ts; dy only for the gradient. */
function bend(
  memory: HostMemory,
  kernel: 'relu' | 'reluGradient',
  x: tf.TensorInfo,
  dy: tf.TensorInfo | null,
  slope: number,
): tf.TensorInfo {
  const out = memory.allocate(x.shape);
  const machine = machineOf();
  const count = memory.view(x).length;
  const { step, chunks } = machine.cut(count, LEAST_VALUES, 4);
  const at = (tensor: tf.TensorInfo | null) => (tensor ? memory.view(tensor).byteOffset : 0);
  machine.run(kernel, chunks, [at(x), at(dy), at(out), count, step, floatField(slope)]);
  return out;
}

export const activationKernels: Readonly<Record<string, HostKernel>> = {
  /** The stock contract. */
  Relu: (memory, { x }) => bend(memory, 'relu', x!, null, 0),
  /** The stock contract: attrs alpha. */
  LeakyRelu: (memory, { x }, { alpha }) => bend(memory, 'relu', x!, null, alpha as number),
  /** dy and x, of which only the sign counts; attrs slope. Gives dy * (x > 0 ? 1 : slope). */
  ReluGrad: (memory, { x, dy }, { slope }) => bend(memory, 'reluGradient', x!, dy!, slope as number),
};
