// The benchmarks that run wherever WebGPU does: in the page, and in Node.js on Dawn.
import { bestRates } from './best-rates';
import { counts } from './counts-page';
import { kernels } from './kernels-page';
import { memory, memoryPlans } from './memory-page';
import { train } from './train-page';

export const deviceBench = { bestRates, counts, kernels, memory, memoryPlans, train };
export type DeviceBench = typeof deviceBench;
