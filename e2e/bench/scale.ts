// Ten thousand tiles against one thousand: memory while they are imported and trained on, and how fast files are read.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImportReport } from '../../src/data/import-types';
import type { Size } from '../../src/data/types';
import { importDataset } from '../headless/import';
import { processorSeconds, watchMemory } from '../headless/memory';
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
/** How many tiles a frame is cut into. */
const cuts = (frame.width / tile.width) * (frame.height / tile.height);

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

export async function benchScale(options: ScaleOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'intarsia-bench-'));
  try {
    const { tiles } = options;
    const tenth = Math.round(tiles / 10);
    const few = await measure(folder, tenth, options);
    const many = await measure(folder, tiles, options);
    const fewCut = await measureCut(folder, Math.ceil(tenth / cuts));
    const manyCut = await measureCut(folder, Math.ceil(tiles / cuts));
    const what = `FCN-AlexNet, width ${options.width}, batch ${options.batch}, stopped after ${options.steps} steps`;
    console.log(`Tiles of ${tile.width}x${tile.height}, a pair of files each; ${what}\n`);
    const put = (name: string, a: number, b: number, digits: number) => {
      console.log(`| ${name} | ${a.toFixed(digits)} | ${b.toFixed(digits)} | ${(b / a).toFixed(2)} |`);
    };
    const row = (name: string, value: (facts: Facts) => number, digits: number) =>
      put(name, value(few), value(many), digits);
    console.log(`| | ${few.tiles} tiles | ${many.tiles} tiles | ratio |\n|---|---|---|---|`);
    row('peak memory of import and training, MiB', ({ peak }) => peak / 2 ** 20, 0);
    row('peak memory of the import, MiB', ({ importPeak }) => importPeak / 2 ** 20, 0);
    row('peak memory of the training, MiB', ({ trainPeak }) => trainPeak / 2 ** 20, 0);
    row('import, pairs per second', ({ pairsPerSecond }) => pairsPerSecond, 1);
    row('a training step, seconds', ({ secondsPerStep }) => secondsPerStep, 3);
    row('reading a batch from IndexedDB, seconds', ({ secondsPerBatch }) => secondsPerBatch, 4);
    const cut = `peak memory of importing ${frame.width}x${frame.height} cut into as many, MiB`;
    put(cut, fewCut / 2 ** 20, manyCut / 2 ** 20, 0);
    await againstPillow(writeFrames(join(folder, 'frames'), options.pairs, frame), folder, options);
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
  const folders = writeFrames(join(folder, String(tiles)), tiles, tile);
  const profile = join(folder, `profile-${tiles}`);
  const driver = await openPage({ profile, measureMemory: false });
  try {
    const importing = watchMemory(profile);
    const report = await importDataset(driver, importOf(folders));
    const importPeak = importing.stop();
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

/** The request for an import by the functions of the terminal driver. */
function importOf({ classes, ...folders }: FrameFolders, more: Record<string, unknown> = {}) {
  return {
    files: { ...folders, classes: [classes] },
    settings: { name: 'tiles', format: 'auto', validationPercent: 10, seed: 1, ...more },
  } as Parameters<typeof importDataset>[1];
}

/** The peak of memory, in bytes, while so many frames are imported in tiles by a new browser. */
async function measureCut(folder: string, frames: number): Promise<number> {
  const folders = writeFrames(join(folder, `cut-${frames}`), frames, frame);
  const profile = join(folder, `profile-cut-${frames}`);
  const driver = await openPage({ profile, measureMemory: false });
  try {
    const importing = watchMemory(profile);
    const report = await importDataset(driver, importOf(folders, { tile }));
    const peak = importing.stop();
    if (report.tiles !== frames * cuts) throw new Error(`${report.tiles} tiles were cut of ${frames} frames`);
    return peak;
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

/** Pairs per second of processor time of an import with scaling, beside the same decoding and resizing by Pillow, in turn. */
async function againstPillow(
  folders: FrameFolders,
  parent: string,
  { pairs, rounds }: ScaleOptions,
): Promise<void> {
  const python = await findPython(['PIL']);
  const ours: number[] = [];
  const pillow: number[] = [];
  let version = `(not measured${python.note})`;
  const profile = join(parent, 'profile-frames');
  const driver = await openPage({ profile, measureMemory: false });
  try {
    for (let round = 0; round < rounds; round++) {
      const before = processorSeconds(profile);
      await importDataset(driver, importOf(folders, { name: `frames ${round}`, scale: tile }));
      ours.push(pairs / (processorSeconds(profile) - before));
      if (python.missing) continue;
      const script = new URL('pillow_import.py', import.meta.url);
      const size = [String(tile.width), String(tile.height)];
      const said = await python.run(script, folders.images, folders.labels, ...size);
      const [name = '', seconds] = said.split(' ');
      version = name;
      pillow.push(pairs / Number(seconds));
    }
  } finally {
    await driver.close();
  }
  console.log(
    `\n${pairs} pairs of ${frame.width}x${frame.height} scaled to ${tile.width}x${tile.height}, medians of ${rounds} rounds\n`,
  );
  console.log('| program | pairs per second of processor time |\n|---|---|');
  console.log(
    `| Intarsia in Chromium, all its processes: decode, resize, count, deflate, store | ${median(ours).toFixed(1)} |`,
  );
  console.log(`| Pillow ${version}: decode, resize | ${pillow.length ? median(pillow).toFixed(1) : ''} |`);
}
