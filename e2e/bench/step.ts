// A training step of FCN-AlexNet on wasm, next to the same network in PyTorch and on the plain cpu backend, in turn.
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
const script = fileURLToPath(new URL('torch_step.py', import.meta.url));

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** The first Python that has PyTorch, or null. */
function findTorch(): string | null {
  const candidates = ['/usr/bin/python3', 'python3', 'python'];
  return candidates.find((python) => spawnSync(python, ['-c', 'import torch']).status === 0) ?? null;
}

/** PyTorch on one thread; each call of `steps` times that many steps. */
function startTorch(python: string, { width, size, batch }: StepOptions) {
  const args = [
    script,
    String(width),
    String(size.width),
    String(size.height),
    String(batch),
    String(CLASSES),
    '1',
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

export async function benchStep(page: BenchPage, options: StepOptions): Promise<void> {
  const { width, size, batch, steps, rounds } = options;
  const request = { network: 'fcn-alexnet', width, size, classes: CLASSES };
  const python = findTorch();
  const torch = python ? startTorch(python, options) : null;
  const torchName = torch ? `PyTorch ${await torch.version}, 1 thread` : 'PyTorch (not installed)';
  const wasm: number[] = [];
  const other: number[] = [];
  const wasmOne: number[] = [];
  const cpuOne: number[] = [];
  for (let round = 0; round < rounds; round++) {
    wasm.push(median((await page.step({ ...request, backend: 'wasm', batch, steps })).seconds));
    if (torch) other.push(median(await torch.steps(steps)));
    wasmOne.push(median((await page.step({ ...request, backend: 'wasm', batch: 1, steps })).seconds));
    cpuOne.push(...(await page.step({ ...request, backend: 'cpu', batch: 1, steps: 1 })).seconds);
  }
  torch?.end();

  const row = (name: string, images: number, seconds: number, ratio: string) =>
    console.log(`| ${name} | ${images} | ${seconds.toFixed(3)} | ${ratio} |`);
  console.log(
    `FCN-AlexNet, width ${width}, ${size.width}x${size.height}, ${CLASSES} classes; medians of ${rounds} rounds\n`,
  );
  console.log('| engine | batch | seconds per step | against wasm |\n|---|---|---|---|');
  row('Intarsia on wasm, 1 thread', batch, median(wasm), '1');
  if (other.length) {
    row(
      torchName,
      batch,
      median(other),
      `wasm takes ${(median(wasm) / median(other)).toFixed(2)} times as long`,
    );
  } else console.log(`| ${torchName} | | | |`);
  row('Intarsia on wasm, 1 thread', 1, median(wasmOne), '1');
  row(
    'the same layers on the stock cpu backend',
    1,
    median(cpuOne),
    `wasm is ${(median(cpuOne) / median(wasmOne)).toFixed(0)} times as fast`,
  );
}
