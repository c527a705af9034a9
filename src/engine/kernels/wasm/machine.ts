// Runs the programs of assembly/ in the memory of TensorFlow.js' wasm backend, on as many threads as were asked for.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- three programs of the type checker read this file; none finds the types by itself
/// <reference path="./programs.d.ts" />
import { programs } from 'virtual:wasm-kernels';
import { AppError } from '../../../core/errors';
import { CHUNKS, FAILED, FINISHED, HEADER_WORDS, KERNEL, LEFT, ROUND } from './header';
import type { ThreadStart } from './thread';
import ThreadWorker from './thread?worker&inline';

/** What TensorFlow.js' module gives: its memory, and stretches of it. */
export interface Heap {
  memory: WebAssembly.Memory;
  /** Gives a byte address, 0 where there is no memory left. */
  malloc: (bytes: number) => number;
}

const JOB_WORDS = 128;

/** The kernels of assembly/index.ts. */
export const kernelNumbers = {
  convolve: 0,
  relu: 1,
  reluGradient: 2,
  maxPool: 3,
  maxPoolGradient: 4,
  lrn: 5,
  lrnGradient: 6,
  sumStrip: 7,
  addStrips: 8,
  update: 9,
  lossBand: 10,
  lossGradient: 11,
} as const;

interface Exports {
  work: (job: number, scratch: number) => void;
  SCRATCH_BYTES: WebAssembly.Global;
}

/** How often the last chunks of other threads are looked for before this thread goes to sleep: some ten microseconds. */
const SPINS = 2000;
/** How long no chunk may end before the threads are given up, and the steps in which that is measured: a computer that slept loses only one. */
const PATIENCE_MS = 60_000;
const SLICES = 60;

/** A module of one function that multiplies and adds in relaxed SIMD: valid where the browser knows these instructions. */
const RELAXED_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0],
  ...[65, 1, 253, 17, 65, 2, 253, 17, 65, 3, 253, 17, 253, 133, 2, 11],
);

/** Computes jobs of the kernels. */
export class Machine {
  readonly threads: number;
  readonly #memory: WebAssembly.Memory;
  readonly #work: Exports['work'];
  readonly #job: number;
  readonly #scratch: number;
  readonly #workers: Worker[];
  readonly #patience: number;
  /** A page's own thread may not sleep. */
  readonly #maySleep = !('document' in globalThis);
  #failed = false;

  private constructor(
    memory: WebAssembly.Memory,
    exports: Exports,
    job: number,
    scratch: number,
    workers: Worker[],
    patience: number,
  ) {
    this.threads = workers.length + 1;
    this.#memory = memory;
    this.#work = exports.work;
    this.#job = job;
    this.#scratch = scratch;
    this.#workers = workers;
    this.#patience = patience;
    for (const worker of workers) worker.addEventListener('error', () => (this.#failed = true));
  }

  /**
   * @param threads how many compute, this one included; more than one only in memory that is shared.
   * @param patience milliseconds without the end of any chunk after which the threads are given up.
   * @throws Error where there is no memory or a thread cannot be started.
   */
  static async start({ memory, malloc }: Heap, threads: number, patience = PATIENCE_MS): Promise<Machine> {
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
    return new Machine(memory, exports, job, scratch, workers, patience);
  }

  /** How many chunks keep all threads busy to the end of a job. */
  get wantedChunks(): number {
    return this.threads === 1 ? 1 : 4 * this.threads;
  }

  /**
   * Cuts `count` alike pieces of work into chunks.
   * @param least pieces that are worth the handing over to another thread.
   * @param unit every chunk but the last is a multiple of it.
   */
  cut(count: number, least: number, unit = 1): { step: number; chunks: number } {
    const step = Math.ceil(Math.max(1, least, count / this.wantedChunks) / unit) * unit;
    return { step, chunks: Math.ceil(count / step) };
  }

  /** Whether a kernel or a thread failed: nothing can be computed any more, and what was is worthless. */
  get failed(): boolean {
    return this.#failed;
  }

  /**
   * Computes a job; returns when all of it is done. A thread that is not there takes no chunk, so the others do its part.
   * @param fields the kernel's own, as its file in assembly/ lists them; integers, pointers among them.
   * @throws AppError 'worker-died' where a kernel fails, or a thread ends in the middle of its chunk; then, and from then on.
   */
  run(kernel: keyof typeof kernelNumbers, chunks: number, fields: readonly number[]): void {
    if (fields.length > JOB_WORDS - HEADER_WORDS) throw new Error(`${kernel} has too many fields`);
    if (this.#failed) throw failure();
    const job = new Int32Array(this.#memory.buffer, this.#job, JOB_WORDS);
    job[CHUNKS] = chunks;
    job[KERNEL] = kernelNumbers[kernel];
    job[FINISHED] = 0;
    job.set(
      fields.map((field) => field | 0),
      HEADER_WORDS,
    );
    // From here on other threads may take chunks: all else has to be there.
    Atomics.store(job, LEFT, chunks);
    if (chunks > 1 && this.#workers.length) {
      Atomics.add(job, ROUND, 1);
      Atomics.notify(job, ROUND);
    }
    try {
      this.#work(this.#job, this.#scratch);
    } catch {
      this.#failed = true;
    }
    this.#failed ||= !this.#allFinish(job, chunks);
    if (!this.#failed) return;
    this.stop();
    throw failure();
  }

  /** Ends the threads. The memory goes with its backend. */
  stop(): void {
    this.#workers.forEach((worker) => worker.terminate());
  }

  /** Waits until the chunks that other threads took are finished; false where they will not be. */
  #allFinish(job: Int32Array<ArrayBufferLike>, chunks: number): boolean {
    for (let spins = 0; spins < SPINS; spins++) if (Atomics.load(job, FINISHED) === chunks) return true;
    const slice = this.#patience / SLICES;
    for (let slices = 0, before = -1; slices < SLICES; slices++) {
      const end = performance.now() + slice;
      for (;;) {
        const finished = Atomics.load(job, FINISHED);
        if (Atomics.load(job, FAILED)) return false;
        if (finished === chunks) return true;
        if (finished !== before) slices = 0;
        before = finished;
        const left = end - performance.now();
        if (left <= 0) break;
        if (this.#maySleep) Atomics.wait(job, FINISHED, finished, left);
      }
    }
    return false;
  }
}

const bits = new DataView(new ArrayBuffer(4));

/** A float as a field of a job. */
export function floatField(value: number): number {
  bits.setFloat32(0, value);
  return bits.getInt32(0);
}

function failure(): AppError {
  return new AppError(
    'worker-died',
    'A kernel of the WebAssembly backend failed, or one of its threads was ended by the browser. What it was computing is thrown away, and ' +
      'nothing of it is stored. Try again: the backend then starts anew. If it fails again, use a smaller batch, width or picture, or another backend.',
  );
}
