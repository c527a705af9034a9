// The verbs of window.intarsia: what a click does and what a script does is this one code path.
import { version } from '../../package.json';
import { AppError, errorFromRecord, errorRecord } from '../core/errors';
import { smallCity, type CitySettings } from '../data/city/city-settings';
import { classListOf, parseClassFiles } from '../data/class-list';
import type { FileRole, ImportProgress, ImportReport, ImportSettings, Survey } from '../data/import-types';
import { pairFiles } from '../data/pairing';
import { fileName } from '../data/paths';
import type { ClassList, SourceFile } from '../data/types';
import { checkRequested, describeRequested } from '../nets/describe-request';
import { loader, trainer } from '../rpc/workers';
import { listDatasets } from '../storage/datasets';
import { getModel, listModels } from '../storage/models';
import { listNetworks } from '../storage/networks';
import { getRun, listRuns } from '../storage/runs';
import type { ModelId, ModelRecord, RunEvent, RunId, TrainSettings } from '../training/types';
import type { ImportRequest, Intarsia, TrainReport, TrainRequest } from './public';
import { jobs } from './state/jobs.svelte';
import { library } from './state/library.svelte';
import { machine } from './state/machine.svelte';
import { oldRunsMarked, runLetGo } from './state/startup';
import { trainDefaults } from './state/train-defaults';

export type RoleFiles = Partial<Record<FileRole, SourceFile[]>>;

/** More files than this in one message would hold up the page. */
const FILES_PER_MESSAGE = 500;

/** Settles when the loader is not importing: its list of files must stay as it is until then. */
let loaderFree: Promise<unknown> = Promise.resolve();

/** Hands the files to the loader and looks at them, as one layout or as fits best; stores nothing. */
export async function surveyFiles(files: RoleFiles, layout?: string): Promise<Survey> {
  await loaderFree;
  const worker = loader();
  await worker.begin();
  for (const [role, list] of Object.entries(files) as [FileRole, SourceFile[]][]) {
    for (let start = 0; start < list.length; start += FILES_PER_MESSAGE) {
      await worker.add(role, list.slice(start, start + FILES_PER_MESSAGE));
    }
  }
  return worker.survey(layout);
}

/** Looks again at the files that were surveyed last, as another of the layouts that they may have. */
export async function surveyAs(layout: string): Promise<Survey> {
  await loaderFree;
  return loader().survey(layout);
}

/** Imports the files that were surveyed last. */
export async function importSurveyed(
  settings: ImportSettings,
  onProgress?: (progress: ImportProgress) => void,
): Promise<ImportReport> {
  return storing(settings.name, onProgress, (say) => {
    const importing = loader().importDataset(settings, say);
    loaderFree = importing.catch(() => undefined);
    return importing;
  });
}

/** Draws frames of the synthetic city and stores them; what is not given is as in the small city of Home. */
export function makeCity(
  request: Partial<CitySettings> & { name: string },
  onProgress?: (progress: ImportProgress) => void,
): Promise<ImportReport> {
  return storing(request.name, onProgress, (say) => loader().makeCity({ ...smallCity, ...request }, say));
}

/** Runs what makes a dataset, one at a time, while the page shows how it goes. */
async function storing(
  name: string,
  onProgress: ((progress: ImportProgress) => void) | undefined,
  start: (say: (progress: ImportProgress) => void) => Promise<ImportReport>,
): Promise<ImportReport> {
  if (jobs.importing) {
    throw new AppError(
      'bad-settings',
      `The dataset ${jobs.importing.name} is being imported. Wait until it has finished, or cancel it.`,
    );
  }
  jobs.startImport(name);
  try {
    return await start((progress) => {
      jobs.importProgress(progress);
      onProgress?.(progress);
    });
  } finally {
    jobs.endImport();
    void library.refreshDatasets();
    void machine.keepStorage();
  }
}

/** Ends the running import after the current pair; what is stored is kept. */
export async function cancelImport(): Promise<void> {
  jobs.importCancelled();
  await loader().cancelImport();
}

async function importFiles(
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
  return importSurveyed(
    {
      name: request.name,
      classes: { classes: survey.classes, voidClass: survey.voidClass },
      format,
      validationPercent: request.validationPercent ?? 10,
      seed: request.seed ?? 1,
      scale: request.scale ?? null,
      tile: request.tile ?? null,
      ...(request.unknown ? { unknown: request.unknown } : {}),
    },
    onProgress,
  );
}

/** Stores a waiting run; everything not given has its default. */
export async function createRun(request: TrainRequest): Promise<RunId> {
  await oldRunsMarked;
  const { dataset: idOrName, name, start, ...given } = request;
  const datasets = await listDatasets();
  const dataset =
    datasets.find(({ id }) => id === idOrName) ?? datasets.find((candidate) => candidate.name === idOrName);
  if (!dataset) {
    throw new AppError(
      'not-found',
      `There is no dataset called "${idOrName}" in this browser. Import it first, or choose one that is listed on the Datasets page.`,
    );
  }
  const settings: TrainSettings = { ...trainDefaults, ...given, dataset: dataset.id };
  const id = await trainer().createRun(name ?? null, settings, start ?? null);
  await library.refreshRuns();
  return id;
}

let lastInQueue: Promise<unknown> = Promise.resolve();

/**
 * Trains the stored run as soon as those before it have ended; resolves when it ended, however it ended.
 * Rejects with 'aborted' where it was taken out of the queue before its turn.
 */
export async function trainRun(id: RunId, onEvent?: (event: RunEvent) => void): Promise<void> {
  if (jobs.isQueued(id) || jobs.liveRun(id)) {
    throw new AppError('bad-settings', 'This run is training already, or waits for its turn.');
  }
  jobs.enqueue(id);
  const turn = lastInQueue.then(async () => {
    // Queued until it is live, so that no page offers to start it in between.
    const record = await getRun(id).catch((error: unknown) => {
      jobs.dequeue(id);
      throw error;
    });
    if (!jobs.dequeue(id)) throw new AppError('aborted', 'This run was taken out of the queue.');
    if (!record) throw new AppError('not-found', 'This run was deleted before it began.');
    const live = jobs.startRun(record);
    try {
      await trainer().train(id, (event) => {
        live.handle(event);
        onEvent?.(event);
      });
    } catch (error) {
      const record = errorRecord(error);
      live.handle({ kind: 'ended', status: 'failed', error: record });
      // The dying worker may still hold the run's lock, and then the run would not be taken for lost.
      if (record.code === 'worker-died') await runLetGo(id);
      throw error;
    } finally {
      jobs.endRun(live);
      await Promise.all([library.refreshRuns(), library.refreshModels()]);
      void machine.measureStorage();
    }
  });
  lastInQueue = turn.catch(() => undefined);
  await turn;
}

/** Removes a run with all it has made; one that waits is skipped when its turn comes. */
export async function deleteRun(id: RunId): Promise<void> {
  jobs.dequeue(id);
  await trainer().deleteRun(id);
  await Promise.all([library.refreshRuns(), library.refreshModels()]);
  void machine.measureStorage();
}

async function train(request: TrainRequest, onEvent?: (event: RunEvent) => void): Promise<TrainReport> {
  const id = await createRun(request);
  await trainRun(id, onEvent);
  const run = await getRun(id);
  if (!run) throw new AppError('not-found', 'The run was deleted while it trained.');
  if (run.error) throw errorFromRecord(run.error);
  if (!run.model || !run.backend) {
    throw new AppError(
      'aborted',
      `${run.name} was stopped before its first epoch had ended, so it has no model.`,
    );
  }
  return {
    run: id,
    status: run.status === 'done' ? 'done' : 'stopped',
    backend: run.backend.name,
    epochs: run.epochs.map((epoch) => ({
      epoch: epoch.epoch,
      trainLoss: epoch.trainLoss,
      valLoss: epoch.valLoss,
      pixelAccuracy: epoch.pixelAccuracy,
      meanAccuracy: epoch.meanAccuracy,
      meanIoU: epoch.meanIoU,
      frequencyWeightedIoU: epoch.frequencyWeightedIoU,
      perClassIoU: epoch.perClassIoU,
    })),
    baseline: run.baseline,
    secondsPerStep: run.secondsPerStep,
    imagesPerSecond: run.imagesPerSecond,
    peakBytes: run.peakBytes,
    model: run.model,
  };
}

/** The model with its file; an error that says so if it is gone. */
export async function modelOf(id: ModelId): Promise<ModelRecord> {
  const model = await getModel(id);
  if (!model) {
    throw new AppError('not-found', 'This model is no longer stored in this browser. Choose another one.');
  }
  return model;
}

/** Removes a model that came from a file; the models of runs go with their runs. */
export async function deleteModel(id: ModelId): Promise<void> {
  await trainer().deleteModel(id);
  await library.refreshModels();
  void machine.measureStorage();
}

/** The pictures and label texts of a folder; what else lies in it is passed over. */
const pictures = (files: readonly SourceFile[]) =>
  files.filter(({ path }) => /^[^.].*\.(png|jpe?g|webp|bmp|avif|txt)$/i.test(fileName(path)));

/** Read here and not by the loader, whose list of files may belong to a dataset that is about to be imported. */
async function readClasses(files: readonly SourceFile[]): Promise<ClassList> {
  const texts = files.map(async ({ path, file }) => ({ path, text: await file.text() }));
  return classListOf(parseClassFiles(await Promise.all(texts)));
}

export const verbs: Intarsia = {
  version,
  probe: () => trainer().probe(),
  describe: async (request) => describeRequested(request),
  check: async (request) => checkRequested(request),
  importFiles,
  makeCity,
  train,
  pause: () => trainer().pause(),
  resume: () => trainer().resume(),
  stop: () => trainer().stop(),
  async importModel(name, weights, prototxt) {
    const id = await trainer().importModel(name, weights, prototxt);
    await library.refreshModels();
    return id;
  },
  segment: (model, image, backend = 'auto') => trainer().transferSegmentation(model, image, backend),
  async labelPng(model, segmentation) {
    const { classes, voidClass } = (await modelOf(model)).info;
    const { width, height, labels } = segmentation;
    return loader().encodeLabelPng({ width, height, labels }, { classes, voidClass });
  },
  async evaluate({ model, images, labels, classes, backend = 'auto' }, onProgress = () => undefined) {
    const { pairs, rejected } = pairFiles(pictures(images), pictures(labels), 'val');
    if (pairs.length === 0) {
      throw new AppError(
        'no-pairs',
        'No image has a label file of the same name. Give two folders whose files are called alike, apart from the ending.',
      );
    }
    const list = classes?.length ? await readClasses(classes) : null;
    const files = pairs.map(({ image, label }) => ({ image, label }));
    const evaluation = await trainer().evaluate(model, files, list, backend, onProgress);
    return { ...evaluation, rejected: [...rejected, ...evaluation.rejected] };
  },
  async exportModel(id) {
    const { info, file } = await modelOf(id);
    const text = new TextEncoder();
    return [
      { name: 'weights.safetensors', bytes: new Uint8Array(await file.arrayBuffer()) },
      { name: 'network.prototxt', bytes: text.encode(info.prototxt) },
      { name: 'info.json', bytes: text.encode(JSON.stringify(info, null, 2) + '\n') },
    ];
  },
  proveSurgery: (request, onProgress = () => undefined) =>
    trainer().proveSurgery(
      { window: null, width: 1, padding: true, model: null, backend: 'auto', ...request },
      onProgress,
    ),
  stopProof: () => trainer().stopProof(),
  async exportNetwork({ weights, ...request }) {
    const file = weights && { name: weights.name, bytes: new Uint8Array(await weights.arrayBuffer()) };
    return trainer().transferExport({ ...request, weights: file });
  },
  networks: listNetworks,
  async saveNetwork(draft) {
    const record = await loader().saveNetwork(draft);
    await library.networksChanged();
    return record;
  },
  async deleteNetwork(id) {
    await loader().deleteNetwork(id);
    await library.networksChanged();
  },
  datasets: listDatasets,
  runs: listRuns,
  models: listModels,
};
