// Which WebGPU kernels run: ours, or TensorFlow.js' stock ones under the same names.
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { batchMatMul } from './batch-mat-mul';
import { conv2D, fusedConv2D } from './conv2d';
import { conv2DBackpropFilter } from './conv2d-backprop-filter';
import { conv2DBackpropInput } from './conv2d-backprop-input';
import { deconv2D, deconv2DBackpropFilter, deconv2DBackpropInput } from './deconv2d';
import type { WebgpuKernel } from './kernel';
import { lrnGrad } from './lrn-grad';
import { maxPoolGrad } from './max-pool-grad';
import { solverUpdate } from './solver-update';
import { upsampledLoss } from './upsampled-loss';

/** 'auto' is ours where a kernel is not slower than the stock one: see each kernel's `chosen`. */
export type KernelChoice = 'auto' | 'ours' | 'stock';

export const webgpuKernels: readonly WebgpuKernel[] = [
  conv2D,
  fusedConv2D,
  conv2DBackpropFilter,
  conv2DBackpropInput,
  deconv2D,
  deconv2DBackpropInput,
  deconv2DBackpropFilter,
  batchMatMul,
  lrnGrad,
  maxPoolGrad,
  solverUpdate,
  upsampledLoss,
];

/** The stock kernels in whose place ours are, by name. */
const stock = new Map<string, tf.KernelConfig>();
const selected = new Set<string>();

function toConfig({ name, run, handles }: WebgpuKernel): tf.KernelConfig {
  return {
    kernelName: name,
    backendName: 'webgpu',
    kernelFunc: (params) => {
      const [inputs, attrs] = [params.inputs as never, params.attrs as never];
      const other = stock.get(name);
      if (other && handles && !handles(inputs, attrs)) return other.kernelFunc(params);
      return run(params.backend as WebGPUBackend, inputs, attrs);
    },
  };
}

/** Registers the kernels of the backend 'webgpu'; may be called again with another choice at any time between two kernels. */
export function selectWebgpuKernels(choice: KernelChoice): void {
  for (const kernel of webgpuKernels) {
    const { name, chosen } = kernel;
    const isOurs = choice === 'ours' || (choice === 'auto' && chosen === 'everywhere');
    if (isOurs === selected.has(name)) continue;
    const registered = tf.getKernel(name, 'webgpu');
    if (registered) tf.unregisterKernel(name, 'webgpu');
    if (isOurs) {
      if (registered) stock.set(name, registered);
      tf.registerKernel(toConfig(kernel));
      selected.add(name);
    } else {
      const before = stock.get(name);
      if (before) tf.registerKernel(before);
      selected.delete(name);
    }
  }
}

/** Whether our kernel of this name is registered. */
export const isSelected = (name: string): boolean => selected.has(name);
