// Kernels in plain JavaScript for backends whose tensors lie in this thread's memory: cpu and wasm.
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

type CpuBackend = tf.KernelBackend & {
  data: { get(id: tf.DataId): { values: tf.TypedArray } };
  makeTensorInfo(shape: number[], dtype: tf.DataType, values: tf.TypedArray): tf.TensorInfo;
};

/** What a host kernel needs of its backend. */
export interface HostMemory {
  /** A new tensor; its values are undefined until written. */
  allocate(shape: number[], dtype?: 'float32' | 'int32'): tf.TensorInfo;
  /** The tensor's own values. Any later `allocate` may move them, so allocate first and view last. */
  view(tensor: tf.TensorInfo): Float32Array;
  viewInt(tensor: tf.TensorInfo): Int32Array;
  free(tensor: tf.TensorInfo): void;
}

export const hostBackends = ['cpu', 'wasm'] as const;

export function hostMemory(name: (typeof hostBackends)[number], backend: unknown): HostMemory {
  if (name === 'wasm') {
    const wasm = backend as BackendWasm;
    return {
      allocate: (shape, dtype = 'float32') => wasm.makeOutput(shape, dtype),
      view: (tensor) => wasm.typedArrayFromHeap(tensor) as Float32Array,
      viewInt: (tensor) => wasm.typedArrayFromHeap(tensor) as Int32Array,
      free: (tensor) => void wasm.disposeData(tensor.dataId),
    };
  }
  const cpu = backend as CpuBackend;
  return {
    allocate: (shape, dtype = 'float32') => {
      const length = tf.util.sizeFromShape(shape);
      return cpu.makeTensorInfo(
        shape,
        dtype,
        dtype === 'int32' ? new Int32Array(length) : new Float32Array(length),
      );
    },
    view: (tensor) => cpu.data.get(tensor.dataId).values as Float32Array,
    viewInt: (tensor) => cpu.data.get(tensor.dataId).values as Int32Array,
    free: (tensor) => void cpu.disposeData(tensor.dataId),
  };
}

export type HostKernel = (
  memory: HostMemory,
  inputs: Record<string, tf.TensorInfo>,
  attrs: Record<string, unknown>,
) => tf.TensorInfo | tf.TensorInfo[];

/** Registers one implementation for both host backends, taking the place of a stock kernel of that name. */
export function registerHostKernel(
  kernelName: string,
  kernel: HostKernel,
  backends: readonly (typeof hostBackends)[number][] = hostBackends,
): void {
  for (const backendName of backends) {
    if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, backend, attrs }) =>
        kernel(hostMemory(backendName, backend), inputs as Record<string, tf.TensorInfo>, { ...attrs }),
    });
  }
}
