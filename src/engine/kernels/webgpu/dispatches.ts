// How long one dispatch may take. A graphics processor that works on one for seconds is taken for hung and restarted, and until then draws no
// page; so a program with much to do is dispatched in parts, by its count of operations and the rate that its device was measured at.
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

/** Half a second is the most; the counts are rough, and a program may be slower than the one that was measured. */
const SECONDS = 0.2;
/** A value that is read from memory or written takes about as long as this many operations: a processor needs fewer, a card more. */
export const OPERATIONS_A_VALUE = 16;
/** What every adapter takes along one axis. With no more, there are no groups but those that were asked for. */
const MOST_GROUPS = 65_535;
/** Of a device that nobody has measured. */
const SLOW = 1e9;

const rates = new WeakMap<GPUDevice, number>();

/** Operations a second of the device. */
export const rateOf = ({ device }: WebGPUBackend): number => rates.get(device) ?? SLOW;

export function setRate({ device }: WebGPUBackend, operationsPerSecond: number): void {
  rates.set(device, operationsPerSecond);
}

/** The parts of a program's groups: each part's first, and how many it has. */
export function partsOf(groups: number, operations: number, rate: number): [first: number, count: number][] {
  const atOnce = Math.min(MOST_GROUPS, Math.max(1, Math.floor((groups * SECONDS * rate) / operations)));
  const parts = Math.ceil(groups / atOnce);
  // Of about one size.
  const each = Math.ceil(groups / parts);
  return Array.from({ length: Math.ceil(groups / each) }, (_, i) => [
    i * each,
    Math.min(each, groups - i * each),
  ]);
}

/** Hands what is queued to the device, if anything is. */
export function submit(backend: WebGPUBackend): void {
  const { commandEncoder } = backend as unknown as { commandEncoder: GPUCommandEncoder | null };
  if (!commandEncoder) return;
  backend.endComputePassEncoder();
  backend.submitQueue();
}

/** Submits, and resolves when all that was queued is done. */
export async function finish(backend: WebGPUBackend): Promise<void> {
  submit(backend);
  await backend.device.queue.onSubmittedWorkDone();
}
