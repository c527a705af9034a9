// The graphics devices that backends run on: ours, so that their limits are the adapter's and a lost one is noticed and can be replaced.
import * as tf from '@tensorflow/tfjs';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { AppError } from '../core/errors';
import type { BackendName } from './backends';
import { DeviceWatch } from './device-watch';
import { manageBuffers } from './gpu-buffers';
import { measureRate } from './kernels/webgpu/measure-rate';

type GpuName = Extract<BackendName, 'webgpu' | 'webgl'>;

const watches = new Map<BackendName, DeviceWatch>();

/** The watch over the device that the running backend uses; null where it uses none. */
export const runningDevice = (): DeviceWatch | null => watches.get(tf.getBackend() as BackendName) ?? null;

/** Whether any device has failed and was not replaced yet. */
export const anyDeviceFailed = (): boolean => [...watches.values()].some(({ error }) => error !== null);

/**
 * What `work` reads from the running device, if that is sound to the end. Rejects as soon as it is not.
 * @throws AppError 'device-lost', 'out-of-gpu-memory' or 'gpu-error': what the device computed since is worthless.
 */
export async function onDevice<Value>(work: () => Promise<Value>): Promise<Value> {
  const watch = runningDevice();
  return watch ? watch.guard(work) : work();
}

/** The device's own error where it is the cause of the given one. */
export async function causeOf(error: unknown): Promise<unknown> {
  const watch = runningDevice();
  return watch ? watch.explain(error) : error;
}

/**
 * Gives a backend a device where it has none, or one that failed. Tensors of the old device are lost.
 * @throws AppError 'no-backend' where the browser gives none.
 */
export async function openDevice(name: GpuName): Promise<void> {
  const before = watches.get(name);
  if (before && !before.error) return;
  const { backend, watch } = name === 'webgpu' ? await openWebgpu() : openWebgl();
  if (tf.findBackendFactory(name)) tf.removeBackend(name);
  before?.release();
  tf.registerBackend(name, () => backend);
  watches.set(name, watch);
}

interface Opened {
  backend: tf.KernelBackend;
  watch: DeviceWatch;
}

/** A device with the adapter's own limits, so that the largest weights fit where the hardware allows it. */
async function openWebgpu(): Promise<Opened> {
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new AppError(
      'no-backend',
      'The browser gives this page no graphics adapter any more. Reload the page to try again, or choose another backend.',
      { backend: 'webgpu' },
    );
  }
  const raised = [
    'maxComputeWorkgroupStorageSize',
    'maxComputeWorkgroupsPerDimension',
    'maxStorageBufferBindingSize',
    'maxBufferSize',
    'maxComputeWorkgroupSizeX',
    'maxComputeInvocationsPerWorkgroup',
  ] as const;
  const device = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(raised.map((name) => [name, adapter.limits[name]])),
  });
  const watch = DeviceWatch.ofDevice(device);
  const backend = new WebGPUBackend(device, adapter.info);
  manageBuffers(backend);
  await watch.guard(() => measureRate(backend));
  return { backend, watch };
}

/** A context of its own: the backend's default one is kept after its loss, with programs that are gone. */
function openWebgl(): Opened {
  const canvas = new OffscreenCanvas(1, 1);
  const watch = DeviceWatch.ofCanvas(canvas);
  return { backend: new tf.MathBackendWebGL(canvas), watch };
}
