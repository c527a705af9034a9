// The benchmarks by name; each prints a table with ratios measured in one run and says on what it ran.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchAugment } from './augment';
import { openBenchPage } from './browser';
import { benchBackground } from './background';
import { benchCamVid } from './camvid';
import { benchCity, trainOnCity } from './city';
import { benchCounts } from './counts';
import { benchKernels } from './kernels';
import { benchMemory } from './memory';
import { packBenchmarks } from './pack';
import { benchScale } from './scale';
import { benchStep } from './step';
import { parseSize } from './stats';
import { benchStorage } from './storage';
import { benchTrain } from './train';

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
  --train N      then train FCN-AlexNet (width 0.25) on 400 frames for N epochs, and measure it on 50 others
  --lr F         learning rate of that training    (3e-4)
  --camvid DIR   and test it on CamVid: a folder with val and valannot

npm run bench -- camvid --camvid DIR [options]     FCN-AlexNet against FCN-8s on CamVid, from random weights, on wasm

  --camvid DIR   a folder with train, trainannot, val, valannot and label_colors.txt
  --epochs N     of each                           (14)
  --seed S       of both                           (1)

npm run bench -- kernels [options]     our kernels on WebGPU against TensorFlow.js' own
npm run bench -- counts [options]      what they read, write and multiply, counted, beside what they need

  --network ID     fcn-alexnet or fcn-8s           (both)
  --width F        width multiplier                (0.25 and 0.125)
  --size WxH       of the images                   (240x180 and 160x120)
  --rounds N       rounds, the contestants in turn (3)

npm run bench -- train [options]     a whole training step: ours, TensorFlow.js' kernels and autodiff, jax-js
npm run bench -- memory [options]    what that takes: bytes planned and measured

  --backend NAME   webgpu or wasm                          (both)
  --network ID     fcn-alexnet or fcn-8s                   (both)
  --width F        width multiplier                        (two for each network)
  --size WxH       of the images                           (two for each network)
  --batch N        images a step                           (1)
  --steps N        steps per round                         (1)
  --rounds N       rounds of train, the contestants in turn  (3)
  --engines LIST   ours, stock-plan, ours-autodiff, stock-autodiff, jax-js; with commas between  (all)

npm run bench -- pack     builds one file that runs kernels, counts, train and memory in Node.js on Dawn

npm run bench -- scale [options]     memory and time with many tiles of 320x240, and importing beside Pillow

  --tiles N      tiles, compared with a tenth of them                     (10000)
  --steps N      training steps of FCN-AlexNet on each                    (40)
  --width F      width multiplier of FCN-AlexNet                          (0.25)
  --batch N      tiles a step                                             (4)
  --pairs N      pairs of 960x720 that are decoded and resized            (100)
  --rounds N     rounds, the contestants in turn                          (3)

npm run bench -- storage [options]     tiles in one record or several, pictures raw or compressed

  --tiles N      tiles that are stored in each way                        (400)
  --size WxH     of a tile                                                (320x240)
  --batch N      tiles of a batch that is read                            (4)
  --images DIR, --labels DIR     pictures and their label maps; made by code if not given

npm run bench -- background [options]     a run whose tab is in front, and hidden behind another one

  --seconds N    each is watched at a time                                (15)
  --rounds N     rounds, the places in turn                               (3)

npm run bench -- augment [options]     what each operation of augmentation takes for a tile

  --size WxH     of a tile                                                (320x240)
  --tiles N      tiles a round                                            (50)
  --rounds N     rounds, the operations in turn                           (3)
`;

const benchmarks = [
  'step',
  'city',
  'camvid',
  'kernels',
  'counts',
  'train',
  'memory',
  'pack',
  'scale',
  'storage',
  'augment',
  'background',
];
const backends = [undefined, 'webgpu', 'wasm'];

/** Runs a benchmark; resolves to the exit status. */
export async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      help: { type: 'boolean', default: false },
      width: { type: 'string' },
      backend: { type: 'string' },
      network: { type: 'string' },
      size: { type: 'string' },
      batch: { type: 'string' },
      steps: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      engines: { type: 'string' },
      frames: { type: 'string', default: '100' },
      seed: { type: 'string', default: '1' },
      train: { type: 'string', default: '0' },
      lr: { type: 'string', default: '3e-4' },
      seconds: { type: 'string', default: '15' },
      camvid: { type: 'string' },
      epochs: { type: 'string', default: '14' },
      tiles: { type: 'string' },
      pairs: { type: 'string', default: '100' },
      images: { type: 'string' },
      labels: { type: 'string' },
    },
  });
  const [name = ''] = positionals;
  const size = /^(\d+)x(\d+)$/.exec(values.size ?? (name === 'step' ? '240x180' : '320x240'));
  if (values.help || !benchmarks.includes(name) || !backends.includes(values.backend) || !size) {
    console.log(help);
    return values.help ? 0 : 1;
  }
  const training = { epochs: Number(values.train), learningRate: values.lr, camvid: values.camvid ?? null };
  if (training.camvid !== null && name === 'city' && !(training.epochs > 0)) {
    console.error('--camvid tests a network that was trained on the city: give --train N as well.');
    return 1;
  }
  if (name === 'camvid') {
    if (values.camvid === undefined) {
      console.error("camvid needs the data: give --camvid DIR, SegNet's folder.");
      return 1;
    }
    benchCamVid({ folder: values.camvid, epochs: Number(values.epochs), seed: Number(values.seed) });
    return 0;
  }
  if (name === 'background') {
    await benchBackground({ seconds: Number(values.seconds), rounds: Number(values.rounds) });
    return 0;
  }
  if (name === 'pack') {
    console.log(`Built ${await packBenchmarks()}. Run it with Node.js, or pack it for another machine.`);
    return 0;
  }
  if (name === 'scale') {
    await benchScale({
      tiles: Number(values.tiles ?? 10_000),
      steps: Number(values.steps ?? 40),
      batch: Number(values.batch ?? 4),
      width: Number(values.width ?? 0.25),
      pairs: Number(values.pairs),
      rounds: Number(values.rounds),
    });
    return 0;
  }
  if (name === 'storage') {
    await benchStorage({
      tiles: Number(values.tiles ?? 400),
      size: { width: Number(size[1]), height: Number(size[2]) },
      batch: Number(values.batch ?? 4),
      images: values.images,
      labels: values.labels,
    });
    return 0;
  }
  if (name === 'augment') {
    const tile = { width: Number(size[1]), height: Number(size[2]) };
    console.log(`${cpus()[0]?.model ?? 'unknown processor'}; Node.js ${process.version}`);
    benchAugment(tile, Number(values.tiles ?? 50), Number(values.rounds));
    return 0;
  }
  const bench = await openBenchPage();
  try {
    console.log(
      `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores; Chromium ${bench.version}; Node.js ${process.version}\n`,
    );
    if (name === 'city') {
      const request = {
        frames: Number(values.frames),
        size: { width: Number(size[1]), height: Number(size[2]) },
        seed: Number(values.seed),
      };
      await benchCity(bench, request);
      if (training.epochs > 0) trainOnCity(request, training);
      return 0;
    }
    const deviceBenchmarks = {
      kernels: benchKernels,
      counts: benchCounts,
      train: benchTrain,
      memory: benchMemory,
    };
    if (name in deviceBenchmarks) {
      await deviceBenchmarks[name as keyof typeof deviceBenchmarks](bench, {
        network: values.network,
        backend: values.backend,
        width: values.width === undefined ? null : Number(values.width),
        size: parseSize(values.size),
        batch: Number(values.batch ?? 1),
        steps: Number(values.steps ?? 1),
        rounds: Number(values.rounds),
        engines: values.engines,
      });
      return 0;
    }
    await benchStep(bench, {
      width: Number(values.width ?? 0.25),
      size: { width: Number(size[1]), height: Number(size[2]) },
      batch: Number(values.batch ?? 4),
      steps: Number(values.steps ?? 5),
      rounds: Number(values.rounds),
    });
  } finally {
    await bench.close();
  }
  return 0;
}
