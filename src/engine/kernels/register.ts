// Our kernels, registered with TensorFlow.js once per thread.
import { registerDeconvolution } from './host/deconvolution';
import { registerMaxPoolGrad } from './host/max-pool-grad';
import { registerSgdUpdate } from './host/sgd-update';
import { registerSoftmaxWithLoss } from './host/softmax-with-loss';
import { registerConv2DBackprop } from './wasm/conv2d-backprop';

let registered = false;

export function registerKernels(): void {
  if (registered) return;
  registered = true;
  registerDeconvolution();
  registerMaxPoolGrad();
  registerSgdUpdate();
  registerSoftmaxWithLoss();
  registerConv2DBackprop();
}
