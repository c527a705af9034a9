// Ten thousand tiles against one thousand: memory while they are imported and trained on, and how fast files are read.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ImportReport } from '../../src/data/import-types';
import type { Size } from '../../src/data/types';
import { importDataset } from '../headless/import';
import { watchMemory } from '../headless/memory';
import { openPage, type Driver } from '../headless/page';
import { findPython } from '../oracles/python';
import { writeFrames, type FrameFolders } from './frames';

export interface ScaleOptions {
  tiles: number;
  /** Training is stopped after this many steps. */
  steps: number;
  batch: number;
  width: number;
  /** Pairs of large frames that Intarsia and Pillow decode and resize. */
  pairs: number;
  rounds: number;
}

const tile: Size = { width: 320, height: 240 };
const frame: Size = { width: 960, height: 720 };
const headless = fileURLToPath(new URL('../headless/main.mjs', import.meta.url));

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

export async function benchScale(options: ScaleOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'intarsia-bench-'));
  try {
    const { tiles } = options;
    const few = await measure(folder, Math.round(tiles / 10), options);
    const many = await measure(folder, tiles, options);
    const what = `FCN-AlexNet, width ${options.width}, batch ${options.batch}, stopped after ${options.steps} steps`;
    console.log(`Tiles of ${tile.width}x${tile.height}, a pair of files each; ${what}\n`);
    const row = (name: string, value: (facts: Facts) => number, digits: number) => {
      const [a, b] = [value(few), value(many)];
      console.log(`| ${name} | ${a.toFixed(digits)} | ${b.toFixed(digits)} | ${(b / a).toFixed(2)} |`);
    };
    console.log(`| | ${few.tiles} tiles | ${many.tiles} tiles | ratio |\n|---|---|---|---|`);
    row('peak memory of import and training, MiB', ({ peak }) => peak / 2 ** 20, 0);
    row('peak memory of the import, MiB', ({ importPeak }) => importPeak / 2 ** 20, 0);
    row('peak memory of the training, MiB', ({ trainPeak }) => trainPeak / 2 ** 20, 0);
    row('import, pairs per second', ({ pairsPerSecond }) => pairsPerSecond, 1);
    row('a training step, seconds', ({ secondsPerStep }) => secondsPerStep, 3);
    row('reading a batch from IndexedDB, seconds', ({ secondsPerBatch }) => secondsPerBatch, 4);
    await againstPillow(writeFrames(join(folder, 'frames'), options.pairs, frame), options);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface Facts {
  tiles: number;
  peak: number;
  importPeak: number;
  trainPeak: number;
  pairsPerSecond: number;
  secondsPerStep: number;
  secondsPerBatch: number;
}

/** Imports so many tiles in a new browser, trains on them and reads batches. */
async function measure(folder: string, tiles: number, options: ScaleOptions): Promise<Facts> {
  const { classes, ...folders } = writeFrames(join(folder, String(tiles)), tiles, tile);
  const profile = join(folder, `profile-${tiles}`);
  const driver = await openPage({ profile, measureMemory: false });
  try {
    const importing = watchMemory(profile);
    const report = await importDataset(driver, {
      files: { ...folders, classes: [classes] },
      settings: { name: 'tiles', format: 'auto', validationPercent: 10, seed: 1 },
    } as Parameters<typeof importDataset>[1]);
    const importPeak = importing.stop();
    // The page lets go of the files after an import, and so must what gave them.
    await driver.page.evaluate(() =>
      document.querySelectorAll('input[type=file]').forEach((one) => one.remove()),
    );
    if (report.tiles !== tiles) throw new Error(`${report.tiles} of ${tiles} tiles were imported`);
    const training = watchMemory(profile);
    const secondsPerStep = await train(driver, report, options);
    const trainPeak = training.stop();
    return {
      tiles,
      importPeak,
      trainPeak,
      peak: Math.max(importPeak, trainPeak),
      pairsPerSecond: report.pairs / report.seconds,
      secondsPerStep,
      secondsPerBatch: await readBatches(driver, report, options.batch),
    };
  } finally {
    await driver.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Trains through the public verbs and stops after some steps; returns the seconds of a step. */
async function train(
  driver: Driver,
  report: ImportReport,
  { steps, batch, width }: ScaleOptions,
): Promise<number> {
  const epochs = Math.ceil((steps * batch) / report.train);
  return driver.call(
    async ({ dataset, steps, batch, width, epochs }) => {
      let done = 0;
      let rate = 0;
      const request = { dataset, batch, width, epochs, backend: 'wasm' as const, learningRate: 1e-4 };
      try {
        await window.intarsia.train(request, (event) => {
          if (event.kind !== 'progress') return;
          done = event.step;
          rate = event.imagesPerSecond;
          window.headlessProgress(done);
          if (done >= steps) void window.intarsia.stop();
        });
      } catch (error) {
        if ((error as { code?: string }).code !== 'aborted') throw error;
      }
      if (done < steps) throw new Error(`the training ended after ${done} of ${steps} steps`);
      return batch / rate;
    },
    { dataset: report.dataset, steps, batch, width, epochs },
  );
}

/** Reads batches of random tiles as the trainer does, three records a tile in one transaction; returns the mean seconds. */
async function readBatches(driver: Driver, report: ImportReport, batch: number): Promise<number> {
  return driver.call(
    async ({ dataset, train, batch }) => {
      const settled = <Value>(request: IDBRequest<Value>) =>
        new Promise<Value>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error!);
        });
      const stores = ['tiles', 'images', 'labels'];
      const database = await settled(indexedDB.open('intarsia'));
      const batches = 100;
      const start = performance.now();
      for (let i = 0; i < batches; i++) {
        const transaction = database.transaction(stores);
        const indices = Array.from({ length: batch }, () => Math.floor(Math.random() * train));
        const reads = indices.flatMap((index) =>
          stores.map((store) => settled(transaction.objectStore(store).get([dataset, 'train', index]))),
        );
        if ((await Promise.all(reads)).includes(undefined)) throw new Error('a tile is missing');
      }
      database.close();
      return (performance.now() - start) / 1000 / batches;
    },
    { dataset: report.dataset, train: report.train, batch },
  );
}

/** Pairs per second of an import with scaling beside the same decoding and resizing by Pillow, one core each, in turn. */
async function againstPillow(folders: FrameFolders, { pairs, rounds }: ScaleOptions): Promise<void> {
  const python = await findPython(['PIL']);
  const ours: number[] = [];
  const pillow: number[] = [];
  let version = `(not measured${python.note})`;
  for (let round = 0; round < rounds; round++) {
    ours.push(pairs / importSeconds(folders));
    if (python.missing) continue;
    const script = new URL('pillow_import.py', import.meta.url);
    const size = [String(tile.width), String(tile.height)];
    const [name = '', seconds] = (await python.run(script, folders.images, folders.labels, ...size)).split(
      ' ',
    );
    version = name;
    pillow.push(pairs / Number(seconds));
  }
  console.log(
    `\n${pairs} pairs of ${frame.width}x${frame.height} scaled to ${tile.width}x${tile.height}, one core each, medians of ${rounds} rounds\n`,
  );
  console.log('| program | pairs per second |\n|---|---|');
  console.log(
    `| Intarsia in Chromium, all its processes: decode, resize, count, deflate, store | ${median(ours).toFixed(1)} |`,
  );
  console.log(`| Pillow ${version}: decode, resize | ${pillow.length ? median(pillow).toFixed(1) : ''} |`);
}

/** The seconds of an import by the terminal driver, it and its browser held to one core. */
function importSeconds({ images, labels, classes }: FrameFolders): number {
  const files = ['--images', images, '--labels', labels, '--classes', classes];
  const args = [headless, 'import', ...files, '--size', `${tile.width}x${tile.height}`, '--name', 'frames'];
  const { stdout, status, error } = spawnSync('taskset', ['-c', '0', process.execPath, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
  });
  if (error)
    throw new Error(`taskset, which holds a program to one core, could not be started: ${error.message}`);
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (status !== 0) throw new Error(`the import failed: ${last}`);
  return (JSON.parse(last) as ImportReport).seconds;
}
