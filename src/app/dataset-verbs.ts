// The verbs that work on stored datasets: other classes, clones, exports.
import { AppError } from '../core/errors';
import { noEdit, type ClassEdit } from '../data/class-edit';
import type { CloneSettings } from '../data/dataset-clone';
import type { TileProgress } from '../data/tile-meter';
import type { DatasetId, DatasetRecord } from '../data/types';
import type { ExportedDataset } from '../rpc/contract';
import { loader } from '../rpc/workers';
import { listDatasets } from '../storage/datasets';
import { datasetTasks, type DatasetTaskKind } from './state/dataset-task.svelte';
import { library } from './state/library.svelte';
import { machine } from './state/machine.svelte';

type Say = (progress: TileProgress) => void;

/** The dataset of that id, or else of that name. Throws AppError 'not-found'. */
export async function datasetNamed(idOrName: string): Promise<DatasetRecord> {
  const all = await listDatasets();
  const found = all.find(({ id }) => id === idOrName) ?? all.find(({ name }) => name === idOrName);
  if (found) return found;
  throw new AppError(
    'not-found',
    `There is no dataset called "${idOrName}" in this browser. Import it first, or choose one that is listed on the Datasets page.`,
  );
}

/** Renames, recolours and merges classes; see the loader's function of that name. */
export function editClasses(dataset: DatasetId, edit: ClassEdit, onProgress?: Say): Promise<void> {
  return working('merge', dataset, onProgress, ({ id }, say) => loader().editClasses(id, edit, say));
}

/** Makes a dataset of another's tiles. What is not given: all tiles, whole, with the same classes. */
export function cloneDataset(
  dataset: DatasetId,
  request: Pick<CloneSettings, 'name'> & Partial<CloneSettings & { edit: ClassEdit }>,
  onProgress?: Say,
): Promise<DatasetId> {
  return working('clone', dataset, onProgress, (record, say) =>
    loader().cloneDataset(
      record.id,
      { tiles: null, what: '', tile: null, edit: noEdit(record), ...request },
      say,
    ),
  );
}

/** A zip of folder pairs and class lists: written to the file, or else as a Blob. */
export function exportDataset(
  dataset: DatasetId,
  file: FileSystemFileHandle | null = null,
  onProgress?: Say,
): Promise<ExportedDataset> {
  return working('export', dataset, onProgress, ({ id }, say) => loader().exportDataset(id, file, say));
}

/** Stops the work that goes on; nothing of it is kept. */
export async function cancelDatasetWork(): Promise<void> {
  datasetTasks.cancelled();
  await loader().cancelDatasetWork();
}

/** Runs the work while the page shows how it goes. */
async function working<Result>(
  kind: DatasetTaskKind,
  idOrName: DatasetId,
  onProgress: Say | undefined,
  work: (dataset: DatasetRecord, say: Say) => Promise<Result>,
): Promise<Result> {
  const { current } = datasetTasks;
  if (current) {
    throw new AppError(
      'bad-settings',
      `Work on the dataset ${current.name} goes on. Wait until it has ended, or cancel it.`,
    );
  }
  const dataset = await datasetNamed(idOrName);
  datasetTasks.begin(kind, dataset.id, dataset.name);
  try {
    return await work(dataset, (progress) => {
      datasetTasks.progress(progress);
      onProgress?.(progress);
    });
  } finally {
    datasetTasks.end();
    await library.refreshDatasets();
    void machine.measureStorage();
  }
}
