// Our kernels, registered with TensorFlow.js once per thread.
import { registerDeconvolution } from './host/deconvolution';
import { registerSlice } from './host/slice';
import { registerSoftmaxWithLoss } from './host/softmax-with-loss';
import { registerSolverUpdate } from './host/solver-update';
import { registerUpsampledLoss } from './host/upsampled-loss';
import { registerWasmKernels } from './wasm/kernels';

let registered = false;

export function registerKernels(): void {
  if (registered) return;
  registered = true;
  registerDeconvolution();
  registerSlice();
  registerSoftmaxWithLoss();
  registerSolverUpdate();
  registerUpsampledLoss();
  registerWasmKernels();
}
