// Whether a kernel of ours runs, which may do more than the stock one of its name.
import * as tf from '@tensorflow/tfjs';
import { wasmKernels } from './wasm/kernels';
import { isSelected } from './webgpu/select';

/** Whether our kernel of this name runs on the backend at hand. */
export function runsOurs(name: string): boolean {
  const backend = tf.getBackend();
  return backend === 'webgpu' ? isSelected(name) : backend === 'wasm' && name in wasmKernels;
}
