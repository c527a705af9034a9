// The verbs that make datasets: from files, from the synthetic city, and from imports that were ended.
import { AppError, errorRecord } from '../core/errors';
import { editedPlan, plannedList, plannedValues } from '../data/class-plan';
import { smallCity, type CitySettings } from '../data/city/city-settings';
import { sameFiles } from '../data/import-plan';
import type { FileRole, ImportProgress, ImportReport, ImportSettings, Survey } from '../data/import-types';
import { opened } from '../data/read-file';
import type { DatasetId, FoundFile, Rejection } from '../data/types';
import type { FilesFor } from '../rpc/contract';
import { loader } from '../rpc/workers';
import { getDataset, listDatasets, noDataset } from '../storage/datasets';
import { getImportPlan } from '../storage/imports';
import type { ImportRequest } from './public';
import { jobs } from './state/jobs.svelte';
import { library } from './state/library.svelte';
import { machine } from './state/machine.svelte';
import { importLetGo } from './state/startup';

export type RoleFiles = Partial<Record<FileRole, readonly FoundFile[]>>;

/** Settles when the loader is not importing: its list of files must stay as it is until then. */
let loaderFree: Promise<unknown> = Promise.resolve();

/** Tells the loader of the files, which asks for each as it reads it, and looks at them, as one layout or as fits best; stores nothing. */
export async function surveyFiles(files: RoleFiles, layout?: string): Promise<Survey> {
  await loaderFree;
  await handOver(files, 'new');
  return loader().survey(layout);
}

async function handOver(files: RoleFiles, list: FilesFor): Promise<void> {
  const paths = (all: readonly FoundFile[] = []) => all.map(({ path }) => path);
  const roles = Object.keys(files) as FileRole[];
  const named = Object.fromEntries(roles.map((role) => [role, paths(files[role])]));
  await loader().takeFiles(named, (role, index) => opened(files[role]![index]!.file), list);
}

/** Looks again at the files that were surveyed last, as another of the layouts that they may have. */
export async function surveyAs(layout: string): Promise<Survey> {
  await loaderFree;
  return loader().survey(layout);
}

/** Imports the files that were surveyed last. `handles` give access to them for later, if there are any. */
export async function importSurveyed(
  settings: ImportSettings,
  onProgress?: (progress: ImportProgress) => void,
  handles: FileSystemHandle[] = [],
): Promise<ImportReport> {
  return storing(settings.name, null, onProgress, (say) => {
    const importing = loader().importDataset(settings, say, handles);
    loaderFree = importing.catch(() => undefined);
    return importing;
  });
}

/** Draws frames of the synthetic city and stores them; what is not given is as in the small city of Home. */
export function makeCity(
  request: Partial<CitySettings> & { name: string },
  onProgress?: (progress: ImportProgress) => void,
): Promise<ImportReport> {
  return storing(request.name, null, onProgress, (say) =>
    loader().makeCity({ ...smallCity, ...request }, say),
  );
}

/** Runs what makes a dataset, one at a time, while the page shows how it goes. */
export async function storing(
  name: string,
  dataset: DatasetId | null,
  onProgress: ((progress: ImportProgress) => void) | undefined,
  start: (say: (progress: ImportProgress) => void) => Promise<ImportReport>,
): Promise<ImportReport> {
  if (jobs.importing) {
    throw new AppError(
      'bad-settings',
      `The dataset ${jobs.importing.name} is being imported. Wait until it has finished, or cancel it.`,
    );
  }
  jobs.startImport(name, dataset);
  try {
    return await start((progress) => {
      jobs.importProgress(progress);
      onProgress?.(progress);
    });
  } catch (error) {
    // Its record still says that it is being imported, and its lock is free only once the worker is gone.
    if (errorRecord(error).code === 'worker-died') await lostImportsMarked();
    throw error;
  } finally {
    jobs.endImport();
    void library.refreshDatasets();
    void machine.keepStorage();
  }
}

async function lostImportsMarked(): Promise<void> {
  const lost = (await listDatasets()).filter(({ state }) => state === 'importing');
  await Promise.all(lost.map(({ id }) => importLetGo(id)));
}

/** Ends the running import after the current pair; what is stored is kept. */
export async function cancelImport(): Promise<void> {
  jobs.importCancelled();
  await loader().cancelImport();
}

/**
 * Goes on with an import that was ended. `given` are its files, among others or not; a city needs none. Throws AppError 'bad-file'
 * with details.different, a list of files each with its reason, where they are not as they were.
 */
export async function goOnImporting(
  id: DatasetId,
  given: readonly FoundFile[] = [],
  onProgress?: (progress: ImportProgress) => void,
): Promise<ImportReport> {
  const record = await getDataset(id);
  if (!record) throw noDataset();
  const plan = await getImportPlan(id);
  return storing(record.name, id, onProgress, async (say) => {
    if (plan?.kind === 'files') {
      const { files, problems } = await sameFiles(plan.files, given);
      if (problems.length > 0) throw different(problems, plan.files.length);
      await handOver(files, 'go-on');
    }
    return loader().goOnImporting(id, say);
  });
}

function different(problems: readonly Rejection[], total: number): AppError {
  const lines = problems.map(({ file, reason }) => `${file}: ${reason}`);
  const more = problems.length > 3 ? ` And ${problems.length - 3} more.` : '';
  return new AppError(
    'bad-file',
    `${problems.length} of the ${total} files are not as they were, so the import did not go on. ${lines.slice(0, 3).join(' ')}${more}`,
    { different: lines },
  );
}

/** Makes a dataset of what is stored of an import that was ended. */
export async function keepImported(id: DatasetId): Promise<void> {
  await loader().keepImported(id);
  await library.refreshDatasets();
}

export async function importFiles(
  request: ImportRequest,
  onProgress?: (progress: ImportProgress) => void,
): Promise<ImportReport> {
  const survey = await surveyFiles(request.files, request.layout);
  if (request.layout !== undefined && survey.layout !== request.layout) {
    throw new AppError(
      'bad-settings',
      `The files do not have the layout "${request.layout}". They can be read as ${survey.layouts.map(({ id }) => id).join(', ')}.`,
    );
  }
  const format = request.format && request.format !== 'auto' ? request.format : null;
  if (survey.pairs.train + survey.pairs.val === 0) {
    throw new AppError('no-pairs', survey.problem ?? 'No image has a label of the same name.', {
      rejected: survey.rejected.slice(0, 20).map(({ file, reason }) => `${file}: ${reason}`),
    });
  }
  if (survey.problem && !format) throw new AppError('bad-label', survey.problem);
  const { edits, validationPercent = 10, seed = 1, scale = null, tile = null } = request;
  const { files: _files, layout: _layout, ...given } = request;
  const source = { classes: survey.classes, voidClass: survey.voidClass };
  const plan = editedPlan(source, edits ?? {});
  const known = format ?? survey.format;
  return importSurveyed(
    {
      ...given,
      classes: plannedList(plan, source),
      ...(known ? { values: plannedValues(plan, source, known, survey.also) } : {}),
      format,
      validationPercent,
      seed,
      scale,
      tile,
    },
    onProgress,
  );
}
