// The CPU thread: reads and decodes files, cuts tiles and stores them.
import { AppError } from '../src/core/errors';
import { newId } from '../src/core/ids';
import type { CityStudio } from '../src/data/city/city-studio';
import { checkDatasetName } from '../src/data/import-settings';
import { encodeLabelPng } from '../src/data/label-png';
import { Loader } from '../src/data/loader';
import type { LoaderApi } from '../src/rpc/contract';
import { serve } from '../src/rpc/serve';
import * as datasets from '../src/storage/datasets';
import { withFreeLock, withLock } from '../src/storage/locks';
import { deleteNetworkRecord, saveNetworkDraft } from '../src/storage/networks';
import { listRuns } from '../src/storage/runs';

const loader = new Loader();

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

serve<LoaderApi>({
  begin: () => loader.begin(),
  add: (role, files) => loader.add(role, files),
  survey: async (layout) => (await loader.survey(layout)).survey,
  transferPair: (name, classes) => loader.pair(name, classes),

  async importDataset(settings, onProgress) {
    const name = settings.name.trim();
    if (await datasets.findDatasetByName(name)) throw datasets.nameTaken(name);
    const id = newId();
    return withLock(datasets.importLockName(id), () =>
      loader.import(id, settings, datasets.putTiles, onProgress),
    );
  },

  transferCityFrame: async (scene, frame, size) => (await city()).frame(scene, frame, size),

  async makeCity(settings, onProgress) {
    const name = settings.name.trim();
    if (await datasets.findDatasetByName(name)) throw datasets.nameTaken(name);
    if (making)
      throw new AppError('bad-settings', 'Another city is being made. Wait for it, or stop it first.');
    const cancel = new AbortController();
    making = cancel;
    try {
      const studio = await city();
      const id = newId();
      const job = {
        id,
        createdAt: Date.now(),
        settings,
        sink: datasets.putTiles,
        signal: cancel.signal,
        onProgress,
      };
      return await withLock(datasets.importLockName(id), () => studio.make(job));
    } finally {
      making = null;
    }
  },

  cancelImport() {
    loader.cancelImport();
    making?.abort();
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
    const active = ['waiting', 'running', 'paused'];
    const run = (await listRuns()).find(
      ({ settings, status }) => settings.dataset === id && active.includes(status),
    );
    if (run) {
      throw new AppError(
        'bad-settings',
        `"${dataset.name}" is needed by the run "${run.name}", which is ${run.status}. Stop or delete that run first.`,
      );
    }
    const deleted = await withFreeLock(datasets.importLockName(id), async () => {
      await datasets.deleteDatasetRecords(id);
      return true;
    });
    if (!deleted) {
      throw new AppError('bad-settings', `"${dataset.name}" is being imported. Stop the import first.`);
    }
  },

  saveNetwork: (draft) => saveNetworkDraft(draft, newId()),
  deleteNetwork: deleteNetworkRecord,
});

// An import that ended with its page left a record that still says 'importing'.
datasets.markInterruptedImports().catch(() => {
  // The next call to storage says what is wrong with it.
});
