// The CPU thread: reads and decodes files, cuts tiles and stores them.
import { AppError } from '../src/core/errors';
import { newId } from '../src/core/ids';
import type { CityJob } from '../src/data/city/city-job';
import type { CityStudio } from '../src/data/city/city-studio';
import { checkDatasetName } from '../src/data/import-settings';
import type { FileRole, ImportReport } from '../src/data/import-types';
import { encodeLabelPng } from '../src/data/label-png';
import { Loader } from '../src/data/loader';
import type { ClassList, DatasetId, DatasetRecord } from '../src/data/types';
import type { LoaderApi } from '../src/rpc/contract';
import { serve } from '../src/rpc/serve';
import * as datasets from '../src/storage/datasets';
import * as imports from '../src/storage/imports';
import { withFreeLock, withLock } from '../src/storage/locks';
import { deleteNetworkRecord, saveNetworkDraft } from '../src/storage/networks';
import { dropAllStaged } from '../src/storage/label-merge';
import { listRuns } from '../src/storage/runs';
import { annotationWork, cancelPhotos } from './annotation-work';
import { datasetWork } from './dataset-work';
import { snapshotWork } from './snapshot-work';

/** The files of a new dataset, and those of an import that is to go on. */
const lists = { new: new Loader(), 'go-on': new Loader() };
const loader = lists.new;

let studio: Promise<CityStudio> | null = null;
let making: AbortController | null = null;

/** The synthetic city: its code and its canvas are there only when it is asked for. */
function city(): Promise<CityStudio> {
  studio ??= import('../src/data/city/city-studio').then(({ CityStudio }) => new CityStudio());
  studio.catch(() => {
    studio = null;
  });
  return studio;
}

const fault = (message: string) => new AppError('bad-settings', message);

/** Draws frames of the city, one city at a time. */
async function drawn(job: Omit<CityJob, 'sink' | 'signal'>): Promise<ImportReport> {
  if (making) throw fault('Another city is being made. Wait for it, or stop it first.');
  const cancel = new AbortController();
  making = cancel;
  try {
    return await (await city()).make({ ...job, sink: datasets.putTiles, signal: cancel.signal });
  } finally {
    making = null;
  }
}

/** A new import under its lock. Where it failed before a tile was stored, nothing is left of it. */
function importing(id: DatasetId, work: () => Promise<ImportReport>): Promise<ImportReport> {
  return withLock(imports.importLockName(id), async () => {
    try {
      return await work();
    } catch (error) {
      const record = await datasets.getDataset(id);
      if (record && record.tiles.train + record.tiles.val === 0) await datasets.deleteDatasetRecords(id);
      throw error;
    }
  });
}

async function refuseWhileTraining({ id, name }: DatasetRecord): Promise<void> {
  const active = ['waiting', 'running', 'paused'];
  const run = (await listRuns()).find(
    ({ settings, status }) => settings.dataset === id && active.includes(status),
  );
  if (!run) return;
  throw fault(
    `"${name}" is needed by the run "${run.name}", which is ${run.status}. Stop or delete that run first.`,
  );
}

/** Whether the labels of both mean the same classes, whatever those are called. */
function sameClasses(a: ClassList, b: ClassList): boolean {
  const ids = ({ classes }: ClassList) => classes.map(({ id }) => id).join();
  return ids(a) === ids(b);
}

serve<LoaderApi>({
  ...datasetWork,
  ...annotationWork,
  ...snapshotWork,

  takeFiles(paths, open, list = 'new') {
    lists[list].begin();
    for (const [role, all] of Object.entries(paths) as [FileRole, string[]][]) {
      lists[list].add(
        role,
        all.map((path, index) => ({ path, file: { open: () => open(role, index) } })),
      );
    }
  },
  survey: async (layout) => (await loader.survey(layout)).survey,
  transferPair: (name, reading) => loader.pair(name, reading),

  async importDataset(settings, onProgress, handles = []) {
    const name = settings.name.trim();
    if (await datasets.findDatasetByName(name)) throw datasets.nameTaken(name);
    const id = newId();
    const store = { begin: imports.beginImport, put: datasets.putTiles, handles };
    return importing(id, () => loader.import(id, settings, store, onProgress));
  },

  transferCityFrame: async (scene, frame, size) => (await city()).frame(scene, frame, size),

  async makeCity(settings, onProgress) {
    const name = settings.name.trim();
    if (await datasets.findDatasetByName(name)) throw datasets.nameTaken(name);
    const id = newId();
    const plan = { kind: 'city' as const, dataset: id, settings };
    const begin = (record: DatasetRecord) => imports.beginImport(record, plan);
    return importing(id, () => drawn({ id, createdAt: Date.now(), begin, settings, onProgress }));
  },

  async goOnImporting(id, onProgress) {
    const result = await withFreeLock(imports.importLockName(id), async () => {
      const from = await datasets.getDataset(id);
      const plan = await imports.getImportPlan(id);
      if (!from) throw datasets.noDataset();
      if (!plan || !from.unfinished) throw fault(`The import of "${from.name}" is complete already.`);
      await refuseWhileTraining(from);
      if (plan.kind === 'city') {
        const { createdAt } = from;
        return drawn({ id, createdAt, from, settings: plan.settings, onProgress });
      }
      if (!sameClasses(from, plan.settings.classes)) {
        throw fault(
          `The classes of "${from.name}" were merged after the import had begun, so it cannot go on. Keep what is here, or delete it and import again.`,
        );
      }
      return lists['go-on'].goOn(from, plan, { put: datasets.putTiles }, onProgress);
    });
    if (!result) throw fault('This dataset is being imported already, perhaps in another tab.');
    return result;
  },

  async keepImported(id) {
    const kept = await withFreeLock(imports.importLockName(id), async () => {
      await imports.keepImported(id);
      return true;
    });
    if (!kept) throw fault('This dataset is being imported. Stop the import first.');
  },

  cancelImport() {
    for (const list of Object.values(lists)) list.cancelImport();
    making?.abort();
    cancelPhotos();
  },
  encodeLabelPng,
  transferImage: (file) => loader.decoder.decode(file, file.name),

  async renameDataset(id, name) {
    checkDatasetName(name);
    await datasets.renameDatasetRecord(id, name.trim());
  },

  async deleteDataset(id) {
    const dataset = await datasets.getDataset(id);
    if (!dataset) throw datasets.noDataset();
    await refuseWhileTraining(dataset);
    const deleted = await withFreeLock(imports.importLockName(id), async () => {
      await datasets.deleteDatasetRecords(id);
      return true;
    });
    if (!deleted) throw fault(`"${dataset.name}" is being imported. Stop the import first.`);
  },

  saveNetwork: (draft) => saveNetworkDraft(draft, newId()),
  deleteNetwork: deleteNetworkRecord,
});

// A merge of classes that ended with its page left label maps that nobody uses.
dropAllStaged().catch(() => {
  // The next call to storage says what is wrong with it.
});
