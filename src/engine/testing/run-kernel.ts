// Runs a kernel of the backend 'webgpu' as tests want it: twice, the second time into memory full of NaN.
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { randomNormal } from '../../core/random';

export interface Values {
  shape: readonly number[];
  data: ArrayLike<number>;
  dtype?: 'float32' | 'int32';
}

/** Numbers that float32 holds exactly. */
export const drawValues = (shape: readonly number[], stream: string): Float32Array =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => randomNormal(1, stream, i));

/** Fills every buffer that waits to be used again with NaN; returns how many there are. */
function poison(backend: WebGPUBackend): number {
  let count = 0;
  const { freeBuffers } = backend.bufferManager as unknown as { freeBuffers: Map<string, GPUBuffer[]> };
  for (const buffers of freeBuffers.values()) {
    for (const buffer of buffers) {
      if (!(buffer.usage & GPUBufferUsage.STORAGE)) continue;
      backend.device.queue.writeBuffer(buffer, 0, new Float32Array(buffer.size / 4).fill(NaN));
      count++;
    }
  }
  return count;
}

/** One run: the kernel's inputs and attributes. */
export interface KernelRun {
  inputs: Record<string, Values>;
  attrs: object;
}

/** Every run's outputs, on any backend; all are queued before the first is read. */
export async function runAll(name: string, runs: readonly KernelRun[]): Promise<Float32Array[][]> {
  const all = runs.map(({ inputs, attrs }) => {
    const tensors = Object.entries(inputs).map(([key, { shape, data, dtype }]) => {
      const typed = dtype === 'int32' ? Int32Array.from(data) : Float32Array.from(data);
      return [key, tf.tensor(typed, [...shape], dtype)] as const;
    });
    const made = tf.engine().runKernel(name, Object.fromEntries(tensors), { ...attrs });
    const outputs = Array.isArray(made) ? made : [made];
    return { tensors: tensors.map(([, tensor]) => tensor), outputs };
  });
  const values: Float32Array[][] = [];
  for (const { outputs } of all)
    values.push(await Promise.all(outputs.map(async (tensor) => (await tensor.data()) as Float32Array)));
  all.forEach(({ tensors, outputs }) => tf.dispose([...tensors, ...outputs]));
  return values;
}

const bits = (values: Float32Array) => new Uint32Array(values.buffer, values.byteOffset, values.length);

/**
 * Runs a kernel on fresh tensors and gives its outputs' values for each run.
 * @throws Error where the second time, into poisoned memory, gives other bits than the first; where there is no poisoned memory to run into;
 * where tensors are left behind.
 */
export async function runKernels(name: string, runs: readonly KernelRun[]): Promise<Float32Array[][]> {
  const backend = tf.backend() as WebGPUBackend;
  const before = tf.memory().numTensors;
  const first = await runAll(name, runs);
  const poisoned = poison(backend);
  const allocated = backend.bufferManager.numBytesAllocated;
  const second = await runAll(name, runs);
  if (poisoned === 0 || backend.bufferManager.numBytesAllocated !== allocated)
    throw new Error(`${name} did not run into poisoned memory`);
  if (tf.memory().numTensors !== before) throw new Error(`${name} left tensors behind`);
  for (const [run, outputs] of first.entries()) {
    for (const [i, values] of outputs.entries()) {
      const [a, b] = [bits(values), bits(second[run]![i]!)];
      if (a.length !== b.length || a.some((bit, at) => bit !== b[at]))
        throw new Error(`${name} gave other bits the second time, or left some unwritten`);
    }
  }
  return first;
}

/** As runKernels, once. */
export async function runKernel(
  name: string,
  inputs: Record<string, Values>,
  attrs: object,
): Promise<Float32Array[]> {
  return (await runKernels(name, [{ inputs, attrs }]))[0]!;
}
