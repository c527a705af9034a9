// What a kernel file of this folder exports.
import type * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

export interface WebgpuKernel {
  /** In TensorFlow.js' registry: the stock kernel's name where the contract is the same. */
  name: string;
  /** Queues the work; gives new tensors. Takes the kernel's own inputs and attributes. */
  run: (backend: WebGPUBackend, inputs: never, attrs: never) => tf.TensorInfo | tf.TensorInfo[];
  /** Whether it does this case; if not, the stock kernel does. */
  handles?: (inputs: never, attrs: never) => boolean;
  /** Whether it is chosen unless somebody asks for stock, or not until it is measured to be faster. */
  chosen: 'everywhere' | 'when asked for';
}
