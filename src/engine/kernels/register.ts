// Our kernels, registered with TensorFlow.js once per thread.
import { registerDeconvolution } from './host/deconvolution';
import { registerMaxPoolGrad } from './host/max-pool-grad';
import { registerSlice } from './host/slice';
import { registerSoftmaxWithLoss } from './host/softmax-with-loss';
import { registerSolverUpdate } from './host/solver-update';
import { registerUpsampledLoss } from './host/upsampled-loss';
import { registerConvolution } from './wasm/convolution';

let registered = false;

export function registerKernels(): void {
  if (registered) return;
  registered = true;
  registerDeconvolution();
  registerMaxPoolGrad();
  registerSlice();
  registerSoftmaxWithLoss();
  registerSolverUpdate();
  registerUpsampledLoss();
  registerConvolution();
}
