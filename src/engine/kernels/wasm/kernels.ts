// Our kernels of the backend 'wasm', by the names under which TensorFlow.js calls them.
import { registerHostKernel, type HostKernel } from '../host/memory';
import { activationKernels } from './activations';
import { sumKernels } from './channel-sums';
import { convolutionKernels } from './convolution';
import { lrnKernels } from './lrn';
import { poolKernels } from './max-pool';
import { solverKernels } from './solver-update';
import { lossKernels } from './upsampled-loss';

export const wasmKernels: Readonly<Record<string, HostKernel>> = {
  ...convolutionKernels,
  ...activationKernels,
  ...poolKernels,
  ...lrnKernels,
  ...sumKernels,
  ...solverKernels,
  ...lossKernels,
};

/** Takes the place of the stock kernels of these names. */
export function registerWasmKernels(): void {
  for (const [name, kernel] of Object.entries(wasmKernels)) registerHostKernel(name, kernel, ['wasm']);
}
