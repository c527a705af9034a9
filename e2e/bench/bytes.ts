// How many bytes training takes at most: of tensors as TensorFlow.js counts them, and of buffers of the graphics device, whoever made them.
import * as tf from '@tensorflow/tfjs';

export interface PeakBytes {
  /** Of all tensors of TensorFlow.js at one moment. */
  tensors: number;
  /** Of all buffers at one moment: those in use, those kept for later use, those for uploads and reading. */
  buffers: number;
}

/** Counts from now on; what there was before does not count as a buffer. */
export function countBytes(): () => PeakBytes {
  const peak: PeakBytes = { tensors: 0, buffers: 0 };
  countTensors((bytes) => (peak.tensors = Math.max(peak.tensors, bytes)));
  if ('GPUDevice' in globalThis) countBuffers((bytes) => (peak.buffers = Math.max(peak.buffers, bytes)));
  return () => ({ ...peak });
}

/** TensorFlow.js adds to one number and takes from it. */
function countTensors(report: (bytes: number) => void): void {
  const { state } = tf.engine();
  let bytes = state.numBytes;
  Object.defineProperty(state, 'numBytes', {
    configurable: true,
    get: () => bytes,
    set(value: number) {
      bytes = value;
      report(bytes);
    },
  });
}

/** A buffer counts until it is destroyed; one that is only let go of is the collector's, some time. */
function countBuffers(report: (bytes: number) => void): void {
  const live = new Map<GPUBuffer, number>();
  let bytes = 0;
  const device = GPUDevice.prototype;
  const buffer = GPUBuffer.prototype;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the object it is called on
  const [createBuffer, destroy] = [device.createBuffer, buffer.destroy];
  device.createBuffer = function (this: GPUDevice, descriptor) {
    const made = createBuffer.call(this, descriptor);
    live.set(made, descriptor.size);
    bytes += descriptor.size;
    report(bytes);
    return made;
  };
  buffer.destroy = function (this: GPUBuffer) {
    bytes -= live.get(this) ?? 0;
    live.delete(this);
    return destroy.call(this);
  };
}
