// What tests of the engine run on: every backend, and WebGPU with our kernels and with the stock ones.
import type { BackendName } from '../backends';
import { chooseBackend } from '../devices';
import type { KernelChoice } from '../kernels/webgpu/select';

/** For `describe.each`: a name, and what makes it the running one. */
export const everyBackend: [name: string, choose: () => Promise<unknown>][] = (
  [
    ['cpu', 'cpu', 'auto'],
    ['wasm', 'wasm', 'auto'],
    ['webgl', 'webgl', 'auto'],
    ['webgpu', 'webgpu', 'ours'],
    ['webgpu with stock kernels', 'webgpu', 'stock'],
  ] satisfies [string, BackendName, KernelChoice][]
).map(([name, backend, kernels]) => [name, () => chooseBackend(backend, kernels)]);
