// The benchmarks of WebGPU in Node.js on Dawn: one file, packed by `npm run bench -- pack`, for a machine with a graphics processor.
import './dawn-globals';
import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { parseArgs, promisify } from 'node:util';
import { probeBackends } from '../../src/engine/devices';
import { deviceBench } from './device-bench';
import { benchCounts } from './counts';
import { benchKernels } from './kernels';
import { benchMemory } from './memory';
import type { MemoryRequest, MemoryUse } from './memory-page';
import { parseSize } from './stats';
import { benchTrain } from './train';

const help = `node bundle.mjs [NAME ...] [options]     NAME is kernels, counts, train or memory; all without one

  --network ID     fcn-alexnet or fcn-8s      (both)
  --width F        width multiplier           (1; small ones on a software adapter)
  --size WxH       of the images              (480x360; small ones on a software adapter)
  --batch N        images a step              (1)
  --steps N        steps per round            (5; 1 on a software adapter)
  --rounds N       rounds, all in turn        (3)
  --engines LIST   ours, stock-plan, ours-autodiff, stock-autodiff, jax-js; with commas between  (all)
`;

/** A process of its own for each measurement of memory; its last line is the answer. */
async function memoryApart(request: MemoryRequest): Promise<MemoryUse> {
  const args = [process.argv[1]!, '--memory-of', JSON.stringify(request)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 26 });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as MemoryUse;
}

async function main(): Promise<number> {
  const names = ['kernels', 'counts', 'train', 'memory'];
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', default: false },
      network: { type: 'string' },
      width: { type: 'string' },
      size: { type: 'string' },
      batch: { type: 'string', default: '1' },
      steps: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      engines: { type: 'string' },
      'memory-of': { type: 'string' },
    },
  });
  if (values['memory-of']) {
    const request = JSON.parse(values['memory-of']) as MemoryRequest;
    console.log(JSON.stringify(await deviceBench.memory(request)));
    return 0;
  }
  if (values.help || positionals.some((name) => !names.includes(name))) {
    console.log(help);
    return values.help ? 0 : 1;
  }
  const adapter = (await probeBackends()).find(({ name }) => name === 'webgpu');
  if (!adapter?.available) {
    console.error(`No WebGPU here: ${adapter?.reason ?? 'Dawn did not start.'}`);
    return 1;
  }
  const full = !adapter.software;
  const given = (text: string | undefined) => (text === undefined ? null : Number(text));
  const options = {
    network: values.network,
    backend: 'webgpu',
    width: given(values.width) ?? (full ? 1 : null),
    size: parseSize(values.size) ?? (full ? { width: 480, height: 360 } : null),
    batch: Number(values.batch),
    steps: Number(values.steps ?? (full ? 5 : 1)),
    rounds: Number(values.rounds),
    engines: values.engines,
  };
  console.log(
    `${adapter.adapter}; ${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores; Node.js ${process.version}\n`,
  );
  const bench = { ...deviceBench, memory: memoryApart };
  for (const name of positionals.length ? positionals : names) {
    console.log(`## ${name}\n`);
    if (name === 'kernels') await benchKernels(bench, options);
    else if (name === 'counts') await benchCounts(bench, options);
    else if (name === 'train') await benchTrain(bench, options);
    else await benchMemory(bench, options);
  }
  return 0;
}

// Dawn and the engine keep the process alive.
process.exit(await main());
