// `import`: folders or archives of this machine become a dataset of the page.
import { basename } from 'node:path';
import { AppError } from '../../src/core/errors';
import type { ImportProgress, ImportReport } from '../../src/data/import-types';
import { labelFormats, resizeModes } from '../../src/data/types';
import { dropFolder } from './drop';
import { existingFile, existingSource, giveFiles, inputId, type InputName } from './files';
import type { Options } from './options';
import type { Driver } from './page';
import { importPrinter } from './progress';
import { source } from './shared-options';

const folders = ['images', 'labels', 'val-images', 'val-labels', 'folder'] as const;
const formats = ['auto', ...labelFormats] as const;

/** Whether the options name something to import. */
const namesSource = (options: Options): boolean => folders.some((name) => options.has(name));

/** The dataset's name if none is given: the last part of the folder's path, or the archive's name. */
function sourceName(options: Options): string {
  const path = [existingSource('folder', options.text('folder') ?? options.required('images'))].flat()[0]!;
  return basename(path).replace(/(\.tar)?\.(zip|tar|tgz|gz)$/i, '');
}

/** Checks the options before a browser is started. @throws AppError */
export function importRequest(options: Options, name: string) {
  const has = (option: string) => options.has(option);
  if (has('folder') ? has('images') || has('labels') : !has('images') || !has('labels')) {
    throw new AppError('bad-settings', 'Give both --images and --labels, or --folder alone.');
  }
  if (has('val-images') !== has('val-labels')) {
    throw new AppError('bad-settings', 'Give both --val-images and --val-labels, or neither.');
  }
  if (has('folder') && has('val-images')) {
    throw new AppError('bad-settings', '--val-images and --val-labels go with --images and --labels.');
  }
  const roles = folders.filter(has);
  const files = Object.fromEntries(
    roles.map((role) => [role, existingSource(role, options.required(role))]),
  ) as Partial<Record<InputName, string | string[]>>;
  const classes = options.list('classes').map((path) => existingFile('classes', path));
  if (classes.length > 0) files.classes = classes;
  const percent = options.number('val', 0);
  if (percent !== undefined && percent >= 100) {
    throw new AppError('bad-settings', '--val takes a share below 100 percent.');
  }
  const size = options.size('size');
  const mode = options.choice('resize', resizeModes);
  if (mode && !size) throw new AppError('bad-settings', '--resize says how pairs come to --size: give both.');
  return {
    files,
    goOn: has('go-on'),
    settings: {
      name,
      format: options.choice('format', formats) ?? 'auto',
      validationPercent: percent,
      seed: options.whole('seed', 0),
      split: options.choice('split', ['own', 'share']),
      scale: size && { ...size, ...(mode ? { mode } : {}) },
      tile: options.size('tile'),
      overlap: options.whole('overlap', 0),
      maxVoidPercent: options.number('max-void', 0),
      edits: { void: options.list('void'), merge: options.pairs('merge'), rename: options.pairs('rename') },
      layout: options.text('layout'),
      unknown: options.choice('unknown', ['reject', 'void']),
    },
  };
}

/** Gives the files to the page and imports them. */
export async function importDataset(
  driver: Driver,
  { files, goOn, settings }: ReturnType<typeof importRequest>,
): Promise<ImportReport> {
  const names = Object.keys(files) as InputName[];
  for (const name of names) {
    const paths = files[name]!;
    await (typeof paths === 'string' ? dropFolder(driver, name, paths) : giveFiles(driver, name, paths));
  }
  const inputs = names.map((role) => ({ role, id: inputId(role) }));
  return driver.call(
    async ({ settings, inputs, goOn }) => {
      const given = inputs.map(async ({ role, id }) => {
        const dropped = await window.headlessDrops?.[role];
        for (const { file, reason } of dropped?.rejected ?? []) console.error(`${file}: ${reason}`);
        if (dropped) return [role, dropped.files] as const;
        const input = document.getElementById(id) as HTMLInputElement;
        const chosen = [...input.files!];
        input.remove();
        return [role, chosen.map((file) => ({ path: file.name, file }))] as const;
      });
      const files = Object.fromEntries(await Promise.all(given));
      delete window.headlessDrops;
      const say = (progress: ImportProgress) => window.headlessProgress(progress);
      if (goOn) {
        const stored = (await window.intarsia.datasets()).find(({ name }) => name === settings.name);
        return window.intarsia.goOnImporting(stored?.id ?? settings.name, Object.values(files).flat(), say);
      }
      // JSON has dropped what was undefined, so every key that is here has a value.
      const request = { ...settings, files } as Parameters<typeof window.intarsia.importFiles>[0];
      return window.intarsia.importFiles(request, say);
    },
    { settings, inputs, goOn },
    importPrinter(),
  );
}

/**
 * The dataset that a verb works on: one of the profile, or one that is imported first, under the name given or its folder's.
 * @throws AppError where the options name none
 */
export function datasetRequest(options: Options) {
  const imports = namesSource(options);
  if (!imports && !options.has('dataset')) {
    throw new AppError(
      'bad-settings',
      'Name the dataset: --dataset NAME --profile DIR for one imported before, or --images and --labels, or --folder.',
    );
  }
  if (!imports && !options.has('profile')) {
    throw new AppError(
      'bad-settings',
      '--dataset needs the --profile that it was imported into: a fresh profile has no dataset.',
    );
  }
  const idle = imports ? [] : Object.keys(source).filter((name) => options.has(name));
  if (idle.length) {
    const named = idle.map((name) => `--${name}`).join(', ');
    throw new AppError(
      'bad-settings',
      `${named} would change nothing: the pairs of a stored dataset stay as they were imported. ` +
        'Leave it out, or give --images and --labels, or --folder, to import them anew.',
    );
  }
  const dataset = options.text('dataset') ?? sourceName(options);
  return { dataset, imports: imports ? importRequest(options, dataset) : null };
}

/** Imports if asked to and the dataset is not there yet. */
export async function ensureDataset(
  driver: Driver,
  dataset: string,
  imports: ReturnType<typeof importRequest> | null,
): Promise<void> {
  if (!imports) return;
  const known = await driver.call(
    async (name) => (await window.intarsia.datasets()).some((one) => one.name === name || one.id === name),
    dataset,
  );
  if (known) console.error(`The profile has a dataset ${dataset}; it is taken.`);
  else await importDataset(driver, imports);
}
