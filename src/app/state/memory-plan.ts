// The bytes of training on this machine, planned with the kernels and the limits of the backend that would do it.
import type { Size } from '../../data/types';
import type { BackendReport } from '../../engine/backends';
import { dataShape } from '../../nets/place-layers';
import { plainStep, type MemoryPlan } from '../../nets/plan/bytes';
import { trainingMemory, type TrainingWay } from '../../nets/plan/training-memory';
import type { NetSpec } from '../../nets/spec';

export type Backend = Pick<BackendReport, 'name' | 'limits'>;

/**
 * A training step's plan; null where the network cannot be run so.
 * @param backend null while it is not known: then as on WebGPU.
 */
export function memoryPlan(
  spec: NetSpec,
  size: Size,
  batch: number,
  backend: Backend | null,
  way: TrainingWay = plainStep,
): MemoryPlan | null {
  const kernels = backend?.name ?? plainStep.kernels;
  return trainingMemory(spec, dataShape(spec, size, batch), way, kernels, backend?.limits?.maxTotalBytes);
}

/** The network with some layers frozen. */
export function withFrozen(spec: NetSpec, layers: readonly string[]): NetSpec {
  if (layers.length === 0) return spec;
  const frozen = { lrMult: 0, decayMult: 0, name: null };
  return {
    ...spec,
    layers: spec.layers.map((layer) =>
      layers.includes(layer.name)
        ? { ...layer, params: [0, 1].map((i) => ({ ...frozen, ...layer.params[i], lrMult: 0 })) }
        : layer,
    ),
  };
}
