// A thread that computes: it works on one job after another until it is terminated.

export interface ThreadStart {
  program: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Byte addresses of the job and of this thread's scratch. */
  job: number;
  scratch: number;
}

/** Places in the job's header, in 32-bit words: see assembly/index.ts. */
const [ROUND, DONE] = [3, 4] as const;

addEventListener('message', ({ data }: MessageEvent<ThreadStart>) => {
  const { program, memory, job, scratch } = data;
  const { exports } = new WebAssembly.Instance(program, { env: { memory } });
  const work = exports['work'] as (job: number, scratch: number) => void;
  const header = new Int32Array(memory.buffer, job, 8);
  let round = Atomics.load(header, ROUND);
  postMessage('ready');
  for (;;) {
    Atomics.wait(header, ROUND, round);
    const next = Atomics.load(header, ROUND);
    if (next === round) continue;
    round = next;
    work(job, scratch);
    Atomics.add(header, DONE, 1);
    Atomics.notify(header, DONE);
  }
});
