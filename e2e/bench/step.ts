// A training step of FCN-AlexNet on wasm, on one thread and on two, next to the same network in PyTorch on as many and on the plain cpu
// backend, in turn.
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BenchPage } from './browser';

export interface StepOptions {
  width: number;
  size: { width: number; height: number };
  batch: number;
  steps: number;
  rounds: number;
}

const CLASSES = 11;
const THREADS = [1, 2] as const;
const script = fileURLToPath(new URL('torch_step.py', import.meta.url));

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** The first Python that has PyTorch, or null. */
function findTorch(): string | null {
  const candidates = ['/usr/bin/python3', 'python3', 'python'];
  return candidates.find((python) => spawnSync(python, ['-c', 'import torch']).status === 0) ?? null;
}

/** PyTorch on so many threads; each call of `steps` times that many steps. */
function startTorch(python: string, { width, size, batch }: StepOptions, threads: number) {
  const args = [
    script,
    String(width),
    String(size.width),
    String(size.height),
    String(batch),
    String(CLASSES),
    String(threads),
  ];
  const child: ChildProcessWithoutNullStreams = spawn(python, args);
  child.stderr.pipe(process.stderr);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const read = async () => JSON.parse((await lines.next()).value as string) as unknown;
  return {
    version: read() as Promise<string>,
    steps: (count: number): Promise<number[]> => {
      child.stdin.write(`${count}\n`);
      return read() as Promise<number[]>;
    },
    end: () => child.kill(),
  };
}

/** One that takes its turn; `times` gathers the medians of its rounds. */
interface Contestant {
  name: string;
  batch: number;
  round: () => Promise<number[]>;
  times: number[];
}

const threadsText = (threads: number) => `${threads} thread${threads === 1 ? '' : 's'}`;

export async function benchStep(page: BenchPage, options: StepOptions): Promise<void> {
  const { width, size, batch, steps, rounds } = options;
  const request = { network: 'fcn-alexnet', width, size, classes: CLASSES };
  const ours = (threads: number, images: number): Contestant => ({
    name: `Intarsia on wasm, ${threadsText(threads)}`,
    batch: images,
    round: async () =>
      (await page.step({ ...request, backend: 'wasm', threads, batch: images, steps })).seconds,
    times: [],
  });
  const python = findTorch();
  const started = python ? THREADS.map((threads) => startTorch(python, options, threads)) : [];
  const torch: Contestant[] = [];
  for (const [i, { version, steps: run }] of started.entries()) {
    const name = `PyTorch ${await version}, ${threadsText(THREADS[i]!)}`;
    torch.push({ name, batch, round: () => run(steps), times: [] });
  }
  const wasm = THREADS.map((threads) => ours(threads, batch));
  const wasmOne = THREADS.map((threads) => ours(threads, 1));
  const cpu: Contestant = {
    name: 'the same layers on the stock cpu backend',
    batch: 1,
    round: async () => (await page.step({ ...request, backend: 'cpu', batch: 1, steps: 1 })).seconds,
    times: [],
  };
  for (let round = 0; round < rounds; round++) {
    for (const contestant of [...wasm, ...torch, ...wasmOne, cpu]) {
      contestant.times.push(median(await contestant.round()));
    }
  }
  started.forEach(({ end }) => end());

  const seconds = ({ times }: Contestant) => median(times);
  const row = (contestant: Contestant, ratio: string) =>
    console.log(
      `| ${contestant.name} | ${contestant.batch} | ${seconds(contestant).toFixed(3)} | ${ratio} |`,
    );
  const faster = (slow: Contestant, fast: Contestant) => (seconds(slow) / seconds(fast)).toFixed(2);
  const ourRow = (rows: Contestant[], i: number) =>
    row(rows[i]!, i === 0 ? '1' : `${faster(rows[0]!, rows[i]!)} times as fast as one thread`);
  console.log(
    `FCN-AlexNet, width ${width}, ${size.width}x${size.height}, ${CLASSES} classes; medians of ${rounds} rounds\n`,
  );
  console.log('| engine | batch | seconds per step | ratio |\n|---|---|---|---|');
  wasm.forEach((_row, i) => ourRow(wasm, i));
  torch.forEach((other, i) => row(other, `wasm takes ${faster(wasm[i]!, other)} times as long`));
  if (!torch.length) console.log('| PyTorch (not installed) | | | |');
  wasmOne.forEach((_row, i) => ourRow(wasmOne, i));
  const against = THREADS.map((threads, i) => `${threadsText(threads)}: ${faster(cpu, wasmOne[i]!)} times`);
  row(cpu, `wasm is faster, on ${against.join(', on ')}`);
}
