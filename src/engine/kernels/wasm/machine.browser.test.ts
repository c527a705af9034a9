// Threads that end, die or fail while others wait for them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorRecord } from '../../../core/errors';
import { HEADER_WORDS, LEFT } from './header';
import { Machine } from './machine';

const COUNT = 4096;
const CHUNKS = 64;

/** Every worker that was started. */
let workers: Worker[] = [];
const machines: Machine[] = [];
const { Worker: OriginalWorker } = globalThis;

beforeEach(() => {
  workers = [];
  globalThis.Worker = class extends OriginalWorker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      workers.push(this);
    }
  };
});
afterEach(() => {
  globalThis.Worker = OriginalWorker;
  machines.splice(0).forEach((machine) => machine.stop());
});

/** A machine in memory of its own, where `malloc` gives one stretch after the other. */
async function start(threads: number, patience?: number) {
  const memory = new WebAssembly.Memory({ initial: 256, maximum: 65536, shared: true });
  const stretches: number[] = [];
  let next = 1024;
  const malloc = (bytes: number) => {
    stretches.push(next);
    next += Math.ceil(bytes / 16) * 16;
    return stretches.at(-1)!;
  };
  const machine = await Machine.start({ memory, malloc }, threads, patience);
  machines.push(machine);
  const [x, out] = [malloc(4 * COUNT), malloc(4 * COUNT)];
  const values = new Float32Array(memory.buffer, x, COUNT).map((_, i) => (i % 2 ? i : -i));
  new Float32Array(memory.buffer, x, COUNT).set(values);
  return {
    machine,
    memory,
    job: stretches[0]!,
    /** ReLU of -0, 1, -2, 3 ..., in many chunks. */
    bend: () => {
      new Float32Array(memory.buffer, out, COUNT).fill(NaN);
      machine.run('relu', CHUNKS, [x, 0, out, COUNT, COUNT / CHUNKS, 0]);
      return [...new Float32Array(memory.buffer, out, COUNT)];
    },
    /** A job far outside the memory. */
    fail: () => machine.run('relu', CHUNKS, [-4096, 0, -4096, COUNT, COUNT / CHUNKS, 0]),
  };
}

const bent = Array.from({ length: COUNT }, (_, i) => (i % 2 ? i : 0));

const codeOf = (work: () => void) => {
  try {
    work();
  } catch (error) {
    return errorRecord(error).code;
  }
  return null;
};

describe('a machine', () => {
  it.each([1, 2, 3])('computes every chunk of a thousand jobs on %i threads', async (threads) => {
    const { bend } = await start(threads);
    for (let i = 0; i < 1000; i++) expect(bend()).toEqual(bent);
  });

  it('computes without a thread that was terminated', { timeout: 60_000 }, async () => {
    const { bend, machine } = await start(3);
    expect(bend()).toEqual(bent);
    workers[1]!.terminate();
    // Chromium lets a worker run on for two seconds.
    for (let i = 0; i < 30; i++) {
      expect(bend()).toEqual(bent);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(machine.failed).toBe(false);
  });

  it('gives up, with a code, where a thread dies in the middle of a chunk', async () => {
    const { bend, machine, memory, job } = await start(2, 300);
    // One more thread, which takes a chunk and ends.
    const text = `onmessage = ({ data: [buffer, job] }) => {
      const header = new Int32Array(buffer, job, ${HEADER_WORDS});
      postMessage('ready');
      while (Atomics.load(header, ${LEFT}) <= 0 || Atomics.sub(header, ${LEFT}, 1) <= 0);
      close();
    };`;
    const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
    const dying = new OriginalWorker(url);
    const ready = new Promise((resolve) => (dying.onmessage = resolve));
    dying.postMessage([memory.buffer, job]);
    await ready;
    const before = performance.now();
    // The first jobs may be done before it comes.
    let code: string | null = null;
    while (code === null && performance.now() - before < 20_000) code = codeOf(bend);
    expect(code).toBe('worker-died');
    expect(machine.failed).toBe(true);
    expect(codeOf(bend)).toBe('worker-died');
    URL.revokeObjectURL(url);
  });

  it.each([1, 3])('gives up, with a code, where a kernel fails on %i threads', async (threads) => {
    const { bend, fail, machine } = await start(threads);
    expect(bend()).toEqual(bent);
    expect(codeOf(fail)).toBe('worker-died');
    expect(machine.failed).toBe(true);
    expect(codeOf(bend)).toBe('worker-died');
  });
});
