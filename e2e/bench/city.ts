// The synthetic city: how long frames take, what is in them, what colour alone tells, and what a network learns.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TrainReport } from '../../src/app/public';
import type { BenchPage } from './browser';
import type { CityRequest } from './city-page';

const headless = fileURLToPath(new URL('../headless/main.mjs', import.meta.url));
const percent = (share: number) => `${(share * 100).toFixed(2)} %`;

/** Runs a verb of the terminal driver and returns its last line. */
function verb(args: readonly string[]): unknown {
  const { stdout, status } = spawnSync(process.execPath, [headless, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
  });
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (status !== 0) throw new Error(`${args[0]} failed: ${last}`);
  return JSON.parse(last);
}

export async function benchCity(page: BenchPage, options: CityRequest & { epochs: number }): Promise<void> {
  const { frames, size, seed, epochs } = options;
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
  if (epochs > 0) train(options);
}

function train({ size, seed, epochs }: CityRequest & { epochs: number }): void {
  const profile = mkdtempSync(join(tmpdir(), 'intarsia-bench-'));
  const common = ['--profile', profile, '--seed', String(seed)];
  try {
    // 50 of 450 frames, drawn by the seed, are kept back.
    const made = [
      '--frames',
      '450',
      '--val',
      '11.2',
      '--size',
      `${size.width}x${size.height}`,
      '--name',
      'city',
    ];
    verb(['city', ...common, ...made]);
    const learn = ['--dataset', 'city', '--width', '0.25', '--epochs', String(epochs)];
    const report = verb(['train', ...common, ...learn]) as TrainReport;
    console.log(`\nFCN-AlexNet, width 0.25, random weights, 400 frames, on ${report.backend}\n`);
    console.log('| epoch | pixel accuracy on 50 unseen frames | mean IoU |\n|---|---|---|');
    for (const { epoch, pixelAccuracy, meanIoU } of report.epochs) {
      console.log(`| ${epoch} | ${percent(pixelAccuracy)} | ${percent(meanIoU)} |`);
    }
    console.log(`\nthe most frequent class alone: ${percent(report.baseline)}`);
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
}
