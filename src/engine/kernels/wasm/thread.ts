// A thread that computes: it works on one job after another until it is terminated.
import { FAILED, FINISHED, HEADER_WORDS, ROUND } from './header';

export interface ThreadStart {
  program: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Byte addresses of the job and of this thread's scratch. */
  job: number;
  scratch: number;
}

addEventListener('message', ({ data }: MessageEvent<ThreadStart>) => {
  const { program, memory, job, scratch } = data;
  const { exports } = new WebAssembly.Instance(program, { env: { memory } });
  const work = exports['work'] as (job: number, scratch: number) => void;
  const header = new Int32Array(memory.buffer, job, HEADER_WORDS);
  let round = Atomics.load(header, ROUND);
  postMessage('ready');
  for (;;) {
    Atomics.wait(header, ROUND, round);
    round = Atomics.load(header, ROUND);
    try {
      work(job, scratch);
    } catch {
      // Nobody could receive the error: the thread that waits for this one does nothing else.
      Atomics.store(header, FAILED, 1);
      Atomics.notify(header, FINISHED);
    }
  }
});
