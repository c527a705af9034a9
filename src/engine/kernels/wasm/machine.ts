// Runs the programs of assembly/ in the memory of TensorFlow.js' wasm backend, on as many threads as were asked for.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- three programs of the type checker read this file; none finds the types by itself
/// <reference path="./programs.d.ts" />
import { programs } from 'virtual:wasm-kernels';
import type { ThreadStart } from './thread';
import ThreadWorker from './thread?worker&inline';

/** What TensorFlow.js' module gives: its memory, and stretches of it. */
export interface Heap {
  memory: WebAssembly.Memory;
  /** Gives a byte address, 0 where there is no memory left. */
  malloc: (bytes: number) => number;
  free: (address: number) => void;
}

/** Words of a job before its kernel's fields: next chunk, chunks, kernel, round, threads that are done. */
const HEADER_WORDS = 8;
const JOB_WORDS = 128;
const [NEXT, CHUNKS, KERNEL, ROUND, DONE] = [0, 1, 2, 3, 4] as const;

/** The kernels of assembly/index.ts. */
export const kernelNumbers = { convolve: 0 } as const;

interface Exports {
  work: (job: number, scratch: number) => void;
  SCRATCH_BYTES: WebAssembly.Global;
}

/** A module of one function that multiplies and adds in relaxed SIMD: valid where the browser knows these instructions. */
const RELAXED_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0],
  ...[65, 1, 253, 17, 65, 2, 253, 17, 65, 3, 253, 17, 253, 133, 2, 11],
);

/** Computes jobs of the kernels. */
export class Machine {
  readonly threads: number;
  readonly #heap: Heap;
  readonly #work: Exports['work'];
  readonly #job: number;
  readonly #scratch: number;
  readonly #workers: Worker[];

  private constructor(heap: Heap, exports: Exports, job: number, scratch: number, workers: Worker[]) {
    this.threads = workers.length + 1;
    this.#heap = heap;
    this.#work = exports.work;
    this.#job = job;
    this.#scratch = scratch;
    this.#workers = workers;
  }

  /**
   * @param threads how many compute, this one included; more than one only in memory that is shared.
   * @throws Error where there is no memory or a thread cannot be started.
   */
  static async start(heap: Heap, threads: number): Promise<Machine> {
    const { memory, malloc } = heap;
    const isShared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
    const isRelaxed = WebAssembly.validate(RELAXED_PROBE);
    const name = isShared ? (isRelaxed ? 'sharedRelaxed' : 'sharedPlain') : isRelaxed ? 'relaxed' : 'plain';
    const bytes = Uint8Array.from(atob(programs[name]), (letter) => letter.charCodeAt(0));
    const program = await WebAssembly.compile(bytes);
    const instance = await WebAssembly.instantiate(program, { env: { memory } });
    const exports = instance.exports as unknown as Exports;
    const scratchBytes = exports.SCRATCH_BYTES.value as number;
    const job = malloc(4 * JOB_WORDS);
    const scratch = malloc(scratchBytes * threads);
    if (!job || !scratch) throw new Error('There is no memory for the kernels of wasm.');
    new Int32Array(memory.buffer, job, HEADER_WORDS).fill(0);
    const workers: Worker[] = [];
    try {
      for (let i = 1; i < threads; i++) {
        const worker = new ThreadWorker();
        workers.push(worker);
        await new Promise<void>((resolve, reject) => {
          worker.addEventListener('message', () => resolve());
          worker.addEventListener('error', ({ message }) => reject(new Error(message)));
          const start: ThreadStart = { program, memory, job, scratch: scratch + i * scratchBytes };
          worker.postMessage(start);
        });
      }
    } catch (error) {
      workers.forEach((worker) => worker.terminate());
      throw error;
    }
    return new Machine(heap, exports, job, scratch, workers);
  }

  /** Cuts a job into about as many chunks as keep all threads busy to the end. */
  get wantedChunks(): number {
    return this.threads === 1 ? 1 : 4 * this.threads;
  }

  /**
   * Computes a job; returns when all of it is done.
   * @param fields the kernel's own, as its file in assembly/ lists them; integers, pointers among them.
   */
  run(kernel: keyof typeof kernelNumbers, chunks: number, fields: readonly number[]): void {
    if (fields.length > JOB_WORDS - HEADER_WORDS) throw new Error(`${kernel} has too many fields`);
    const { buffer } = this.#heap.memory;
    const header = new Int32Array(buffer, this.#job, JOB_WORDS);
    header[NEXT] = 0;
    header[CHUNKS] = chunks;
    header[KERNEL] = kernelNumbers[kernel];
    header.set(
      fields.map((field) => field | 0),
      HEADER_WORDS,
    );
    const others = chunks > 1 ? this.#workers.length : 0;
    if (others) {
      Atomics.store(header, DONE, 0);
      Atomics.add(header, ROUND, 1);
      Atomics.notify(header, ROUND);
    }
    this.#work(this.#job, this.#scratch);
    // The last chunks of other threads take no longer than one of ours: not worth going to sleep, which a page's own thread may not do.
    while (others && Atomics.load(header, DONE) !== others);
  }

  /** Ends the threads. The memory goes with its backend. */
  stop(): void {
    this.#workers.forEach((worker) => worker.terminate());
  }
}
