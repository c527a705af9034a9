// How many bytes a backend holds: every buffer of a graphics device, or the memory of every tensor elsewhere, those of a kernel's own included.
// TensorFlow.js counts only tensors that it has given out.
import * as tf from '@tensorflow/tfjs';

/** Bytes now, and the most since `restart`. */
export class ByteCounter {
  #bytes = 0;
  #peak = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get peak(): number {
    return this.#peak;
  }

  /** Takes some in, or with a negative number lets some go. */
  add(bytes: number): void {
    this.#bytes += bytes;
    this.#peak = Math.max(this.#peak, this.#bytes);
  }

  /** The peak begins anew. */
  restart(): void {
    this.#peak = this.#bytes;
  }
}

const counters = new WeakMap<tf.KernelBackend, ByteCounter>();

/** The counter of the backend that runs. */
export function runningCounter(): ByteCounter {
  const backend = tf.backend();
  return counters.get(backend) ?? countTensors(backend);
}

/** A backend that counts by itself. */
export function setCounter(backend: tf.KernelBackend, counter: ByteCounter): void {
  counters.set(backend, counter);
}

/** Counts the memory of tensors of a backend that keeps each in memory of its own, from now on: cpu, wasm, WebGL. */
export function countTensors(backend: tf.KernelBackend): ByteCounter {
  const known = counters.get(backend);
  if (known) return known;
  const counter = new ByteCounter();
  counters.set(backend, counter);
  const held = new Map<tf.DataId, number>();
  const take = (id: tf.DataId, shape: number[], dtype: tf.DataType) => {
    if (held.has(id) || dtype === 'string') return;
    const bytes = tf.util.sizeFromShape(shape) * tf.util.bytesPerElement(dtype);
    held.set(id, bytes);
    counter.add(bytes);
  };
  const write = backend.write.bind(backend);
  const move = backend.move.bind(backend);
  const dispose = backend.disposeData.bind(backend);
  backend.write = (values, shape, dtype) => {
    const id: tf.DataId = write(values, shape, dtype);
    take(id, shape, dtype);
    return id;
  };
  backend.move = (id, values, shape, dtype, refCount) => {
    move(id, values, shape, dtype, refCount);
    take(id, shape, dtype);
  };
  backend.disposeData = (id: tf.DataId, force?: boolean) => {
    const isGone = dispose(id, force);
    if (backend.refCount(id) === 0) {
      counter.add(-(held.get(id) ?? 0));
      held.delete(id);
    }
    return isGone;
  };
  return counter;
}
