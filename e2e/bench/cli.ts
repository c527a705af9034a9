// The benchmarks by name; each prints a table with ratios measured in one run and says on what it ran.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { openBenchPage } from './browser';
import { benchCity } from './city';
import { benchStep } from './step';

const help = `npm run bench -- step [options]     a whole training step: wasm against PyTorch and the plain cpu backend

  --width F      width multiplier of FCN-AlexNet   (0.25)
  --size WxH     size of the images                (240x180)
  --batch N      images a step                     (4)
  --steps N      timed steps per round             (5)
  --rounds N     rounds, the contestants in turn   (3)

npm run bench -- city [options]     the synthetic city: seconds, class shares, and how far colour alone gets

  --frames N     frames that are looked at         (100)
  --size WxH     of a frame                        (320x240)
  --seed S       of the city                       (1)
  --train N      also train FCN-AlexNet (width 0.25) on 400 frames for N epochs, and measure it on 50 others
`;

/** Runs a benchmark; resolves to the exit status. */
export async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      help: { type: 'boolean', default: false },
      width: { type: 'string', default: '0.25' },
      size: { type: 'string' },
      batch: { type: 'string', default: '4' },
      steps: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '3' },
      frames: { type: 'string', default: '100' },
      seed: { type: 'string', default: '1' },
      train: { type: 'string', default: '0' },
    },
  });
  const [name = ''] = positionals;
  const size = /^(\d+)x(\d+)$/.exec(values.size ?? (name === 'city' ? '320x240' : '240x180'));
  if (values.help || !['step', 'city'].includes(name) || !size) {
    console.log(help);
    return values.help ? 0 : 1;
  }
  const bench = await openBenchPage();
  try {
    console.log(
      `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores; Chromium ${bench.version}; Node.js ${process.version}\n`,
    );
    if (name === 'city') {
      await benchCity(bench, {
        frames: Number(values.frames),
        size: { width: Number(size[1]), height: Number(size[2]) },
        seed: Number(values.seed),
        epochs: Number(values.train),
      });
      return 0;
    }
    await benchStep(bench, {
      width: Number(values.width),
      size: { width: Number(size[1]), height: Number(size[2]) },
      batch: Number(values.batch),
      steps: Number(values.steps),
      rounds: Number(values.rounds),
    });
  } finally {
    await bench.close();
  }
  return 0;
}
