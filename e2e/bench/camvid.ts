// FCN-AlexNet against FCN-8s on real streets: both from random weights, with the same settings and the same number of pictures.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainReport } from '../../src/app/public';
import { verb } from './driver';
import { finePercent as percent } from './stats';

export interface CamVidRequest {
  /** SegNet's folder: train, trainannot, val, valannot and label_colors.txt. */
  folder: string;
  epochs: number;
  seed: number;
}

const networks = [
  { id: 'fcn-alexnet-scaled', title: 'FCN-AlexNet, scaled input', width: '0.25' },
  { id: 'fcn-8s-scaled', title: 'FCN-8s, scaled input', width: '0.125' },
];

/** What both are trained with, as options of `train`. */
const settings = [
  ['--size', '240x180'],
  ['--batch', '4'],
  ['--solver', 'Adam'],
  ['--lr', '3e-4'],
  ['--policy', 'poly'],
  ['--power', '1'],
  ['--class-weights', 'median-frequency'],
  ['--scale', '0.8,1.25'],
  ['--backend', 'wasm'],
];

/** The last epochs, whose mean is compared: one alone is luck. */
const LAST = 3;
const meanOfLast = (values: readonly number[]) =>
  values.slice(-LAST).reduce((sum, value) => sum + value, 0) / Math.min(LAST, values.length);

/** Trains both and prints the settings, the course, and the means of the last three epochs. */
export function benchCamVid({ folder, epochs, seed }: CamVidRequest): void {
  console.log(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores; Node.js ${process.version}\n`,
  );
  const scratch = mkdtempSync(join(tmpdir(), 'intarsia-bench-'));
  const run = [...settings.flat(), '--epochs', String(epochs), '--seed', String(seed)];
  console.log(`each with \`${run.join(' ')}\`, and mirrored at random\n`);
  const pairs = [
    ...['--images', join(folder, 'train'), '--labels', join(folder, 'trainannot')],
    ...['--val-images', join(folder, 'val'), '--val-labels', join(folder, 'valannot')],
    ...['--classes', join(folder, 'label_colors.txt')],
  ];
  try {
    const results = networks.map(({ id, width }, i) => {
      const began = performance.now();
      const profile = ['--profile', join(scratch, String(i))];
      const report = verb([
        'train',
        ...profile,
        ...pairs,
        '--network',
        id,
        '--width',
        width,
        ...run,
      ]) as TrainReport;
      return { report, seconds: (performance.now() - began) / 1000 };
    });
    console.log(
      '| epoch | ' + networks.map(({ title }) => `${title}: pixel accuracy | mean IoU`).join(' | ') + ' |',
    );
    console.log('|---|' + '---|'.repeat(2 * networks.length));
    for (let epoch = 0; epoch < epochs; epoch++) {
      const cells = results.map(({ report }) => report.epochs[epoch]!);
      const scores = cells.map(
        ({ pixelAccuracy, meanIoU }) => `${percent(pixelAccuracy)} | ${percent(meanIoU)}`,
      );
      console.log(`| ${epoch + 1} | ${scores.join(' | ')} |`);
    }
    console.log(
      `\n| network | width | pixel accuracy, last ${LAST} | mean IoU, last ${LAST} | minutes in all | seconds a step |`,
    );
    console.log('|---|---|---|---|---|---|');
    for (const [i, { report, seconds }] of results.entries()) {
      const accuracy = meanOfLast(report.epochs.map(({ pixelAccuracy }) => pixelAccuracy));
      const iou = meanOfLast(report.epochs.map(({ meanIoU }) => meanIoU));
      const { title, width } = networks[i]!;
      console.log(
        `| ${title} | ${width} | ${percent(accuracy)} | ${percent(iou)} | ${(seconds / 60).toFixed(1)} | ${report.secondsPerStep.toFixed(2)} |`,
      );
    }
    const [{ report }] = results as [(typeof results)[number]];
    console.log(`\nthe most frequent class alone: ${percent(report.baseline)} of the pixels`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
