// The device's side of the memory benchmark: what a few training steps of one contestant take at most, in a page or process of their own.
import { runningCounter } from '../../src/engine/byte-counter';
import { chooseBackend } from '../../src/engine/devices';
import { makeRoomFor } from '../../src/engine/gpu-buffers';
import { describeRequested } from '../../src/nets/describe-request';
import { dataShape } from '../../src/nets/place-layers';
import { trainingMemory, type MemoryByKernels } from '../../src/nets/plan/training-memory';
import { countBytes, type PeakBytes } from './bytes';
import type { Contestant, TrainBackend } from './contestant-names';
import { makeTrainer } from './contestants';
import { makeProblem, rates, type ProblemRequest } from './problem';

export interface MemoryRequest extends ProblemRequest {
  backend: TrainBackend;
  contestant: Contestant;
  steps: number;
}

export interface MemoryUse extends Pick<PeakBytes, 'tensors'> {
  /** The most that the backend held at one moment: buffers of the graphics device, or memory of all tensors, those of kernels' own included. */
  held: number;
  adapter: string;
  /** Why it cannot take the step; null where it can. */
  reason: string | null;
  /** Bytes that Intarsia tells before a run. */
  planned: number;
}

export interface NetworkPlan {
  network: string;
  memory: MemoryByKernels;
}

/** Both networks as the article trains them. */
export function memoryPlans(): Promise<NetworkPlan[]> {
  const plans = ['fcn-alexnet', 'fcn-8s'].map((network) => {
    const request = { network: { kind: 'zoo', id: network }, width: 480, height: 360, classes: 12 } as const;
    return { network, memory: describeRequested(request).memory! };
  });
  return Promise.resolve(plans);
}

export async function memory(request: MemoryRequest): Promise<MemoryUse> {
  const { backend, contestant, steps, size, batch } = request;
  const { adapter } = await chooseBackend(backend);
  const problem = makeProblem(request);
  const way = { solver: rates.solver, accumulation: 1, clips: false };
  const planned = trainingMemory(problem.spec, dataShape(problem.spec, size, batch), way, backend)!;
  // What measuring the device left waiting would serve again, uncounted.
  makeRoomFor(0, []);
  makeRoomFor(Infinity, []);
  const peak = countBytes();
  let reason: string | null = null;
  try {
    const trainer = await makeTrainer(contestant, backend, problem);
    for (let step = 0; step < steps; step++) await trainer.step();
    trainer.dispose();
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  const { tensors, buffers } = peak();
  const held = backend === 'webgpu' ? buffers : runningCounter().peak;
  return { adapter, reason, planned: planned.estimate.total, tensors, held };
}
