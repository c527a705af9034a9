// The buffers of a WebGPU device, in the place of TensorFlow.js' own manager, which never gives one back and leaves what a kernel let go of
// unused until the next submission. Here a buffer serves again at once, and those that wait are destroyed where the plan has no room for them.
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { ByteCounter, setCounter } from './byte-counter';
import { submit } from './kernels/webgpu/dispatches';

/** TensorFlow.js' BufferManager, as WebGPUBackend uses it. */
export class GpuBuffers {
  readonly counter = new ByteCounter();
  /** Of these, what is in use: the rest waits to serve again. */
  readonly used = new ByteCounter();
  /** By size and usage: a program is bound to a whole buffer, so another size does not do. */
  readonly freeBuffers = new Map<string, GPUBuffer[]>();
  readonly #backend: WebGPUBackend;
  /** Oldest first. */
  readonly #free = new Set<GPUBuffer>();
  readonly #used = new Set<GPUBuffer>();
  #limit = Infinity;

  constructor(backend: WebGPUBackend) {
    this.#backend = backend;
  }

  get numBytesAllocated(): number {
    return this.counter.bytes;
  }

  get numBytesUsed(): number {
    return this.used.bytes;
  }

  /** From now on, buffers that wait are destroyed rather than more than so many bytes taken. */
  limit(bytes: number): void {
    this.#limit = bytes;
    this.#makeRoom(0);
  }

  acquireBuffer(size: number, usage: GPUBufferUsageFlags, mappedAtCreation = false, reuse = true): GPUBuffer {
    const waiting = reuse ? this.freeBuffers.get(keyOf(size, usage))?.pop() : undefined;
    if (waiting) this.#free.delete(waiting);
    // A program's uniforms are written before it is queued: no moment to submit.
    else if (!(usage & GPUBufferUsage.UNIFORM)) this.#makeRoom(size);
    const buffer = waiting ?? this.#create(size, usage, mappedAtCreation);
    this.#used.add(buffer);
    this.used.add(size);
    return buffer;
  }

  releaseBuffer(buffer: GPUBuffer, reuse = true): void {
    if (!this.#used.delete(buffer)) return;
    const { size, usage } = buffer;
    this.used.add(-size);
    // What was mapped has been submitted, and is of no use to programs.
    if (!reuse || usage & (GPUBufferUsage.MAP_READ | GPUBufferUsage.MAP_WRITE)) {
      this.#destroy(buffer);
      return;
    }
    const key = keyOf(size, usage);
    const waiting = this.freeBuffers.get(key);
    if (waiting) waiting.push(buffer);
    else this.freeBuffers.set(key, [buffer]);
    this.#free.add(buffer);
  }

  getNumUsedBuffers(): number {
    return this.#used.size;
  }

  getNumFreeBuffers(): number {
    return this.#free.size;
  }

  dispose(): void {
    for (const buffer of [...this.#free, ...this.#used]) this.#destroy(buffer);
    this.#free.clear();
    this.#used.clear();
    this.freeBuffers.clear();
    this.used.add(-this.used.bytes);
  }

  #create(size: number, usage: GPUBufferUsageFlags, mappedAtCreation: boolean): GPUBuffer {
    const buffer = this.#backend.device.createBuffer({ size, usage, mappedAtCreation });
    this.counter.add(size);
    return buffer;
  }

  #destroy(buffer: GPUBuffer): void {
    buffer.destroy();
    this.counter.add(-buffer.size);
  }

  #makeRoom(bytes: number): void {
    if (this.counter.bytes + bytes <= this.#limit || this.#free.size === 0) return;
    // Commands that wait may still use them, and let go of more.
    submit(this.#backend);
    for (const buffer of this.#free) {
      if (this.counter.bytes + bytes <= this.#limit) return;
      this.#free.delete(buffer);
      const waiting = this.freeBuffers.get(keyOf(buffer.size, buffer.usage))!;
      waiting.splice(waiting.indexOf(buffer), 1);
      this.#destroy(buffer);
    }
  }
}

const keyOf = (size: number, usage: GPUBufferUsageFlags) => `${size}_${usage}`;

const all = new WeakMap<tf.KernelBackend, GpuBuffers>();

/** To be called with a new backend, before it has a tensor. */
export function manageBuffers(backend: WebGPUBackend): void {
  const buffers = new GpuBuffers(backend);
  all.set(backend, buffers);
  setCounter(backend, buffers.counter);
  backend.bufferManager = buffers as unknown as WebGPUBackend['bufferManager'];
  // The backend holds back what commands of its queue use. They run in their order, and a copy from the host is one of them, so whoever takes
  // a buffer next comes after them.
  const nothing = new WeakSet<object>();
  Object.defineProperty(backend, 'commandQueueOwnedIds', {
    get: () => ({ has: () => false, add: () => nothing }),
    set: () => undefined,
  });
}

/**
 * Makes room on the running device, if it is a WebGPU device, for something that takes at most `bytes`, `own` included; what belongs to others
 * stays.
 */
export function makeRoomFor(bytes: number, own: readonly tf.Tensor[]): void {
  const backend = tf.backend() as WebGPUBackend;
  const buffers = all.get(backend);
  if (!buffers) return;
  const there = own.reduce((sum, { dataId }) => {
    const resource = backend.tensorMap.get(dataId).resource;
    return sum + (resource instanceof GPUBuffer ? resource.size : 0);
  }, 0);
  buffers.limit(buffers.numBytesUsed - there + bytes);
}
