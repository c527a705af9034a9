// The synthetic city: how long frames take, what is in them, what colour alone tells, and what a network learns.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TrainReport } from '../../src/app/public';
import type { Evaluation } from '../../src/rpc/contract';
import type { ModelInfo } from '../../src/training/types';
import type { BenchPage } from './browser';
import type { CityRequest } from './city-page';
import { verb } from './driver';
import { finePercent as percent } from './stats';

export interface CityTraining {
  epochs: number;
  learningRate: string;
  /** CamVid's folder, with `val` and `valannot` in it, or null. */
  camvid: string | null;
}

const camvidClasses = fileURLToPath(new URL('camvid-classes.json', import.meta.url));

/** Looks at frames and prints what is in them. */
export async function benchCity(page: BenchPage, { frames, size, seed }: CityRequest): Promise<void> {
  const facts = await page.city({ frames, size, seed });
  console.log(`${frames} frames of ${size.width}x${size.height}, seed ${seed}\n`);
  console.log('| class | share of pixels | in frames |\n|---|---|---|');
  for (const { name, share, present } of facts.classes.toSorted((a, b) => b.share - a.share)) {
    console.log(`| ${name} | ${percent(share)} | ${percent(present)} |`);
  }
  const rate = frames / facts.seconds;
  console.log(`\n${facts.seconds.toFixed(1)} s, ${rate.toFixed(2)} frames/s with labels and instances`);
  console.log(`labels drawn a second time: equal in ${facts.equal} of ${Math.min(10, frames)} frames`);
  console.log(
    `logistic regression on a pixel's colour: ${percent(facts.colourAccuracy)} right on unseen frames`,
  );
}

/** Trains on 400 frames, and prints how the network does on 50 others and on real streets. */
export function trainOnCity({ size, seed }: Omit<CityRequest, 'frames'>, training: CityTraining): void {
  const scratch = mkdtempSync(join(tmpdir(), 'intarsia-bench-'));
  const common = ['--profile', join(scratch, 'profile'), '--seed', String(seed)];
  try {
    const shape = ['--size', `${size.width}x${size.height}`];
    // 50 of 450 frames, drawn by the seed, are kept back.
    verb(['city', ...common, '--frames', '450', '--val', '11.2', ...shape, '--name', 'city']);
    const { epochs, learningRate, camvid } = training;
    const solver = ['--solver', 'Adam', '--weight-decay', '0'];
    const rate = ['--epochs', String(epochs), '--batch', '2', '--lr', learningRate, ...solver];
    const policy = ['--policy', 'poly', '--power', '1'];
    const learn = [
      '--dataset',
      'city',
      '--network',
      'fcn-alexnet-scaled',
      '--width',
      '0.25',
      ...rate,
      ...policy,
    ];
    const report = verb(['train', ...common, ...learn, '--out', scratch]) as TrainReport;
    console.log(
      `\nFCN-AlexNet with scaled input, width 0.25, random weights, Adam, two images a step, learning rate ${learningRate} falling in a line to 0, 400 frames of ${shape[1]}, on ${report.backend}\n`,
    );
    console.log('| epoch | pixel accuracy on 50 unseen frames | mean IoU |\n|---|---|---|');
    for (const { epoch, pixelAccuracy, meanIoU } of report.epochs) {
      console.log(`| ${epoch} | ${percent(pixelAccuracy)} | ${percent(meanIoU)} |`);
    }
    console.log(`\nthe most frequent class alone: ${percent(report.baseline)}`);
    if (camvid !== null) testOnCamVid(scratch, camvid);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Prints how the model in the folder `model` does on CamVid, class by class. */
function testOnCamVid(model: string, folder: string): void {
  const weights = join(model, 'weights.safetensors');
  const { classes } = JSON.parse(readFileSync(join(model, 'info.json'), 'utf8')) as ModelInfo;
  const pairs = ['--images', join(folder, 'val'), '--labels', join(folder, 'valannot')];
  const found = verb(['evaluate', '--weights', weights, ...pairs, '--classes', camvidClasses]) as Evaluation;
  const pixels = found.confusion.map((row) => row.reduce((a, b) => a + b, 0));
  const total = pixels.reduce((a, b) => a + b, 0);
  console.log(
    `\nthe same network on CamVid's ${found.images} validation images, of which it has seen none\n`,
  );
  console.log('| class | share of pixels | accuracy | IoU |\n|---|---|---|---|');
  classes.forEach(({ name }, i) => {
    const [accuracy, iou] = [found.perClassAccuracy[i], found.perClassIoU[i]];
    const cell = (value: number | null | undefined) => (typeof value === 'number' ? percent(value) : '-');
    console.log(`| ${name} | ${percent(pixels[i]! / total)} | ${cell(accuracy)} | ${cell(iou)} |`);
  });
  console.log(
    `\npixel accuracy ${percent(found.pixelAccuracy)}, mean IoU ${percent(found.meanIoU)}; the most frequent class alone: ${percent(found.baseline)}`,
  );
}
