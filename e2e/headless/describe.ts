// `describe` and `check`: what is known of a network, and what is wrong with it.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../src/core/errors';
import type { LayerDescription } from '../../src/nets/describe';
import type { CheckReport, DescribeRequest, RequestedDescription } from '../../src/nets/describe-request';
import { solvers } from '../../src/nets/solvers';
import { existingFolder, networkOption } from './files';
import type { Options } from './options';
import type { Driver } from './page';

const views = ['train', 'val', 'deploy'] as const;

/** @throws AppError for an impossible option */
export async function describeRequest(options: Options): Promise<DescribeRequest> {
  return {
    network: await networkOption(options.text('network') ?? 'fcn-alexnet'),
    ...options.size('size'),
    classes: options.whole('classes', 1) ?? null,
    multiplier: options.number('width', 0) ?? 1,
    view: options.choice('view', views) ?? 'train',
    batch: options.whole('batch', 1) ?? 1,
    solver: options.choice('solver', solvers) ?? 'SGD',
    accumulation: options.whole('accumulation', 1) ?? 1,
    clips: Boolean(options.number('clip', 0)),
  };
}

/** Prints the table that the article draws by hand; the numbers are in the result. */
export async function describeNetwork(
  driver: Driver,
  request: DescribeRequest,
): Promise<RequestedDescription> {
  const found = await driver.call((argument) => window.intarsia.describe(argument), request);
  const columns = [
    'layer',
    'type',
    'shape',
    'parameters',
    'scale',
    'offset',
    'cumulative scale',
    'cumulative offset',
    'field',
  ];
  const rows = [columns, ...found.layers.map(row)];
  const widths = columns.map((_, i) => Math.max(...rows.map((cells) => cells[i]!.length)));
  for (const cells of rows)
    console.error(
      cells
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    );
  for (const [backend, { total, at }] of Object.entries(found.memory ?? {}))
    console.error(`memory on ${backend}: ${(total / 2 ** 20).toFixed(1)} MiB, most at ${at}`);
  return found;
}

/** 1/32 rather than 0.03125, as the article writes it. */
const fraction = (scale: LayerDescription['scale']) =>
  scale === null
    ? ''
    : [scale]
        .flat()
        .map((value) => (value < 1 ? `1/${Math.round(1e4 / value) / 1e4}` : String(value)))
        .join(' x ');
const plain = (value: LayerDescription['offset']) => (value === null ? '' : [value].flat().join(' x '));

function row(layer: LayerDescription): string[] {
  const { name, type, shape, parameters, layerScale, layerOffset, scale, offset, receptiveField } = layer;
  return [
    name,
    type,
    shape.join(' x ') || '1',
    parameters ? String(parameters) : '',
    fraction(layerScale),
    plain(layerOffset),
    fraction(scale),
    plain(offset),
    plain(receptiveField),
  ];
}

/** Every .prototxt below a folder, in order. */
async function prototxtFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.prototxt'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

interface CheckedFile extends CheckReport {
  file: string;
  view: (typeof views)[number];
}

export interface CheckedFolder {
  files: number;
  /** Files that are the settings of a solver. */
  solvers: number;
  /** Networks with the shape and the parameters of every layer. */
  described: number;
  /** Networks that cannot be run here, each with the first layer that is why. */
  refused: { file: string; line: number; layer: string | null; message: string }[];
}

/** What to check: one network, or all files of a folder. @throws AppError for an impossible option */
export async function checkRequest(options: Options): Promise<(driver: Driver) => Promise<object>> {
  const folder = options.text('folder');
  if (folder === undefined) {
    const request = await describeRequest(options);
    return async (driver) => {
      const report = await driver.call((argument) => window.intarsia.check(argument), request);
      for (const { severity, line, message } of report.problems)
        console.error(`line ${line}: ${severity}: ${message}`);
      return report;
    };
  }
  if (options.has('network'))
    throw new AppError('bad-settings', 'Give either --network or --folder, but not both.');
  const paths = await prototxtFiles(existingFolder('folder', folder));
  return (driver) => checkFolder(driver, paths);
}

async function checkFolder(driver: Driver, paths: readonly string[]): Promise<CheckedFolder> {
  const result: CheckedFolder = { files: paths.length, solvers: 0, described: 0, refused: [] };
  for (const path of paths) {
    const report = await checkFile(driver, path);
    const error = report.problems.find(({ severity }) => severity === 'error');
    if (error?.message.startsWith('this is a solver')) result.solvers++;
    else if (error) {
      const { line, message, layer = null } = error;
      result.refused.push({ file: path, line, layer, message });
      console.error(`${path}: line ${line}: ${message}`);
    } else {
      result.described++;
      console.error(
        `${path}: ${report.layers} layers, ${report.parameters} parameters (${report.view} view)`,
      );
    }
  }
  return result;
}

/** The first view that can be read: files for one phase leave the others empty. */
async function checkFile(driver: Driver, path: string): Promise<CheckedFile> {
  const text = await readFile(path, 'utf8');
  const reports = await driver.call(
    async ({ text, views }) => {
      const reports = [];
      for (const view of views)
        reports.push({
          view,
          ...(await window.intarsia.check({ network: { kind: 'prototxt', text }, view })),
        });
      return reports;
    },
    { text, views },
  );
  return { file: path, ...(reports.find(({ errors }) => errors === 0) ?? reports[0]!) };
}
