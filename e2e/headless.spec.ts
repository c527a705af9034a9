// The terminal driver on small streets: every verb, as a script would call it.
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ImportReport } from '../src/data/import-types';
import type { RequestedDescription } from '../src/nets/describe-request';
import type { Evaluation } from '../src/rpc/contract';
import type { TrainReport } from '../src/app/public';
import type { ExportResult } from './headless/export';
import type { DatasetExportResult } from './headless/export-dataset';
import { meanIoU, readIndices } from './fixtures/label-maps';
import { expect, test } from './fixtures/page-test';
import { street, voidId, writeStreets } from './fixtures/street';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Outcome<Result> {
  status: number;
  /** The last line of standard output. */
  result: Result;
  progress: string;
}

/** Runs the driver as the npm script does. */
function headless<Result>(...args: string[]): Promise<Outcome<Result>> {
  return new Promise((settle) => {
    const child = execFile(
      process.execPath,
      ['e2e/headless/main.mjs', ...args],
      { cwd: root },
      (_error, stdout, stderr) => {
        const line = stdout.trimEnd().split('\n').at(-1) ?? '';
        const result = (line.startsWith('{') ? JSON.parse(line) : null) as Result;
        settle({ status: child.exitCode ?? 1, result, progress: stderr });
      },
    );
  });
}

interface Failure {
  error: { code: string; message: string; details: object };
}

test('import, train, segment, evaluate', async ({ folder }) => {
  test.setTimeout(600_000);
  const { images, labels, classes } = writeStreets(join(folder, 'train'), 12);
  const held = writeStreets(join(folder, 'held'), 4, { first: 50 });
  const profile = join(folder, 'profile');

  const imported = await headless<ImportReport & { peakMemoryBytes: number }>(
    'import',
    ...['--images', images, '--labels', labels, '--classes', classes, '--val', '25', '--seed', '3'],
    ...['--name', 'streets', '--profile', profile, '--measure-memory'],
  );
  expect(imported.status, imported.progress).toBe(0);
  expect(imported.result).toMatchObject({ format: 'grey-index', pairs: 12, train: 9, val: 3, rejected: [] });
  const count = (id: number) =>
    Array.from({ length: 12 }, (_, i) => street(i).labels.filter((one) => one === id).length).reduce(
      (sum, n) => sum + n,
      0,
    );
  expect(imported.result.classes.map(({ id, pixels }) => [id, pixels])).toEqual(
    [0, 1, 2, 3, voidId].map((id) => [id, count(id)]),
  );
  if (process.platform === 'linux') expect(imported.result.peakMemoryBytes).toBeGreaterThan(50e6);

  const out = join(folder, 'model');
  const run = [
    ...['train', '--dataset', 'streets', '--profile', profile, '--width', '0.0625', '--lr', '1e-3'],
    ...['--batch', '3', '--seed', '5', '--backend', 'wasm'],
  ];
  const trained = await headless<TrainReport>(...run, '--epochs', '2', '--out', out);
  expect(trained.status, trained.progress).toBe(0);
  expect(trained.result).toMatchObject({ status: 'done', backend: 'wasm' });
  expect(trained.result.epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
  expect(trained.progress).toContain('epoch 2');
  expect(readdirSync(out).sort()).toEqual(['info.json', 'network.prototxt', 'weights.safetensors']);

  const weights = join(out, 'weights.safetensors');
  const again = join(folder, 'again');
  await headless<TrainReport>(...run, '--epochs', '2', '--out', again);
  expect(readFileSync(join(again, 'weights.safetensors')).equals(readFileSync(weights))).toBe(true);

  const further = await headless<TrainReport>(
    ...run,
    '--epochs',
    '1',
    '--policy',
    'poly',
    '--weights',
    weights,
  );
  expect(further.status, further.progress).toBe(0);
  expect(further.result.epochs[0]!.trainLoss).toBeLessThan(trained.result.epochs[0]!.trainLoss);

  const network = join(out, 'network.prototxt');
  const maps = join(folder, 'maps');
  const segmented = await headless<{ images: number; seconds: number }>(
    'segment',
    ...['--weights', weights, '--network', network, '--images', held.images, '--out', maps],
  );
  expect(segmented.status, segmented.progress).toBe(0);
  expect(segmented.result.images).toBe(4);
  const names = readdirSync(held.labels);
  expect(readdirSync(maps).sort()).toEqual(names.sort());

  const evaluated = await headless<Evaluation>(
    'evaluate',
    ...['--weights', weights, '--network', 'fcn-alexnet', '--images', held.images, '--labels', held.labels],
  );
  expect(evaluated.status, evaluated.progress).toBe(0);
  expect(evaluated.result.images).toBe(4);
  expect(evaluated.result.confusion.flat().reduce((sum, n) => sum + n, 0)).toBe(
    [50, 51, 52, 53].reduce((sum, i) => sum + street(i).labels.filter((id) => id !== voidId).length, 0),
  );
  const listed = await headless<Evaluation>(
    'evaluate',
    ...['--weights', weights, '--images', held.images, '--labels', held.labels, '--classes', classes],
  );
  expect(listed.status, listed.progress).toBe(0);
  expect(listed.result.confusion).toEqual(evaluated.result.confusion);
  const pairs = names.map((name) => ({
    predicted: readIndices(join(maps, name)),
    truth: readIndices(join(held.labels, name)),
  }));
  for (const { predicted } of pairs) expect(predicted.palette?.[2]).toEqual([128, 64, 128]);
  expect(Math.abs(meanIoU(pairs, voidId) - evaluated.result.meanIoU)).toBeLessThan(1e-6);
});

test('describe prints the network', async () => {
  const { status, result, progress } = await headless<RequestedDescription>('describe', '--size', '480x360');
  expect(status, progress).toBe(0);
  const conv1 = result.layers.find(({ name }) => name === 'conv1');
  expect(conv1).toMatchObject({ parameters: 34_944, scale: 0.25 });
  expect(result.stride).toBe(32);
  expect(result.offset).toBe(18);
  const { webgpu, wasm } = result.memory!;
  expect(webgpu.weights).toBe(4 * result.parameters);
  expect(wasm.total).toBeGreaterThan(webgpu.total);
  expect(progress).toMatch(/memory on webgpu: \d+\.\d MiB, most at fc6, backward/);
});

test('export writes a network and its weights, which come back as they were', async ({ folder }) => {
  const out = join(folder, 'caffe');
  const narrow = ['--network', 'fcn-alexnet', '--width', '0.0625', '--classes', '4', '--size', '97x131'];
  const caffe = await headless<ExportResult>('export', ...narrow, '--seed', '3', '--out', out);
  expect(caffe.status, caffe.progress).toBe(0);
  expect(caffe.result.files).toEqual([join(out, 'weights.caffemodel'), join(out, 'network.prototxt')]);
  expect(caffe.result.report.copied).toEqual([]);
  expect(readFileSync(caffe.result.files[1]!, 'utf8')).toContain('dim: 1 dim: 3 dim: 131 dim: 97');

  const again = join(folder, 'ours');
  const given = ['--network', caffe.result.files[1]!, '--weights', caffe.result.files[0]!];
  const ours = await headless<ExportResult>('export', ...given, '--as', 'safetensors', '--out', again);
  expect(ours.status, ours.progress).toBe(0);
  expect(ours.result.parameters).toBe(caffe.result.parameters);
  expect(ours.result.report).toMatchObject({ reshaped: [], missing: [], unused: [] });
  expect(readdirSync(again).sort()).toEqual(['network.prototxt', 'weights.safetensors']);
});

test('export-dataset writes folders and class lists that import as the same dataset', async ({ folder }) => {
  const { images, labels, classes } = writeStreets(join(folder, 'train'), 6);
  const out = join(folder, 'pairs');
  const source = ['--images', images, '--labels', labels, '--classes', classes, '--val', '34'];
  const exported = await headless<DatasetExportResult>('export-dataset', ...source, '--out', out);
  expect(exported.status, exported.progress).toBe(0);
  expect(exported.result).toMatchObject({ dataset: 'images', out, tiles: { train: 4, val: 2 } });
  expect(readdirSync(out).sort()).toEqual(['classes.json', 'colormap.txt', 'labels.txt', 'train', 'val']);
  expect(readFileSync(join(out, 'labels.txt'), 'utf8')).toBe('sky\nbuilding\nroad\ncar\nvoid\n');
  expect(readFileSync(join(out, 'colormap.txt'), 'utf8').split('\n')[2]).toBe('128 64 128');
  const names = readdirSync(join(out, 'val', 'labels'));
  expect(readdirSync(join(out, 'val', 'images'))).toEqual(names);
  const first = Number(/\d+/.exec(names[0]!)![0]);
  const { indices, palette } = readIndices(join(out, 'val', 'labels', names[0]!));
  expect(indices).toEqual([...street(first).labels]);
  expect(palette?.[3]).toEqual([64, 0, 128]);

  const back = await headless<ImportReport>('import', '--folder', out, '--name', 'back');
  expect(back.status, back.progress).toBe(0);
  expect(back.result).toMatchObject({ format: 'palette-index', train: 4, val: 2, rejected: [] });
  const count = (id: number) =>
    Array.from({ length: 6 }, (_, i) => street(i).labels.filter((one) => one === id).length).reduce(
      (sum, n) => sum + n,
      0,
    );
  expect(back.result.classes.map(({ id, pixels }) => [id, pixels])).toEqual(
    [0, 1, 2, 3, voidId].map((id) => [id, count(id)]),
  );
  const nothing = await headless<Failure>('export-dataset', '--dataset', 'x', '--out', out);
  expect(nothing.status).toBe(1);
  expect(nothing.result.error.message).toContain('--profile');
});

test('what is wrong is said before a browser starts, and by the page', async ({ folder }) => {
  const unknown = await headless<Failure>('describe', '--sise', '64x48');
  expect(unknown.status).toBe(1);
  expect(unknown.result.error.code).toBe('bad-settings');
  expect(unknown.result.error.message).toContain('--sise');

  const idle = await headless<Failure>('train', '--dataset', 'x', '--profile', folder, '--size', '64x48');
  expect(idle.result.error).toMatchObject({ code: 'bad-settings' });
  expect(idle.result.error.message).toContain('--size would change nothing');

  const missing = await headless<Failure>('import', '--folder', join(folder, 'nowhere'), '--name', 'x');
  expect(missing.status).toBe(1);
  expect(missing.result.error).toMatchObject({ code: 'not-found' });
  expect(missing.result.error.message).toContain('nowhere');

  mkdirSync(join(folder, 'images'));
  mkdirSync(join(folder, 'labels'));
  const folders = ['--images', join(folder, 'images'), '--labels', join(folder, 'labels')];
  const empty = await headless<Failure>('import', ...folders, '--name', 'x');
  expect(empty.status).toBe(1);
  expect(empty.result.error.code).toBe('no-pairs');
});

test('help names every verb and its options', async () => {
  const run = (...args: string[]) =>
    new Promise<string>((settle) => {
      execFile(process.execPath, ['e2e/headless/main.mjs', ...args], { cwd: root }, (_error, stdout) =>
        settle(stdout),
      );
    });
  const all = await run('--help');
  for (const verb of ['import', 'train', 'segment', 'evaluate', 'describe', 'export'])
    expect(all).toContain(verb);
  expect(await run('train', '--help')).toContain('--weight-decay');
});
