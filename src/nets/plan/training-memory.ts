// The bytes of training a network, planned before a run: by the backend that would do it, and how it would be trained.
import { AppError } from '../../core/errors';
import type { NetSpec, Shape } from '../spec';
import { plainStep, planWithin, type BytesOptions, type MemoryEstimate, type MemoryPlan } from './bytes';
import type { Kernels } from './layer-bytes';

/** What of the way of training the bytes depend on, besides the data. */
export type TrainingWay = Pick<BytesOptions, 'solver' | 'accumulation' | 'clips'>;

export type MemoryByKernels = Readonly<Record<Kernels, MemoryEstimate>>;

/**
 * A training step's plan; null where the engine cannot run the network.
 * @param data N x C x H x W
 * @param limit bytes: where the step would take more, its first block is computed twice
 */
export function trainingMemory(
  spec: NetSpec,
  [n, c, h, w]: Shape,
  way: TrainingWay,
  kernels: Kernels,
  limit = Infinity,
): MemoryPlan | null {
  const { solver, accumulation, clips } = way;
  try {
    return planWithin(spec, [n, h, w, c], { ...plainStep, solver, accumulation, clips, kernels }, limit);
  } catch (error) {
    if (error instanceof AppError && error.code === 'bad-network') return null;
    throw error;
  }
}

/** A training step's bytes on every backend, with everything kept; null where the engine cannot run the network. */
export function memoryByKernels(spec: NetSpec, data: Shape, way: TrainingWay): MemoryByKernels | null {
  const on = (kernels: Kernels) => trainingMemory(spec, data, way, kernels)?.estimate ?? null;
  const [webgpu, webgl, wasm, cpu] = [on('webgpu'), on('webgl'), on('wasm'), on('cpu')];
  return webgpu && webgl && wasm && cpu && { webgpu, webgl, wasm, cpu };
}
