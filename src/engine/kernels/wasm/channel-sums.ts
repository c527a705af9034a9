// 'SumOfPixels' on wasm, the gradient of a bias: x N x H x W x C gives C. Pixels are cut into strips, a chunk each, by their number alone, so that
// the sum has the same bits on any number of threads. Every value is read once; one addition each.
import type { HostKernel } from '../host/memory';
import { machineOf } from './running';

/** At most so many strips, of at least so many pixels. */
const STRIPS = 64;
const LEAST_PIXELS = 64;

export const sumKernels: Readonly<Record<string, HostKernel>> = {
  SumOfPixels: (memory, inputs) => {
    const x = inputs['x']!;
    const channels = x.shape.at(-1)!;
    const pixels = x.shape.slice(0, -1).reduce((a, b) => a * b, 1);
    const length = Math.max(LEAST_PIXELS, Math.ceil(pixels / STRIPS));
    const strips = Math.ceil(pixels / length);
    const out = memory.allocate([channels]);
    const sums = memory.allocate([strips, channels]);
    const at = [x, sums, out].map((tensor) => memory.view(tensor).byteOffset);
    const fields = [...at, pixels, channels, length, strips];
    machineOf().run('sumStrip', strips, fields);
    machineOf().run('addStrips', 1, fields);
    memory.free(sums);
    return out;
  },
};
