// The verbs of window.intarsia: what a click does and what a script does is this one code path.
import { version } from '../../package.json';
import { AppError, errorFromRecord, errorRecord, isDeviceFailure } from '../core/errors';
import { classListOf, parseClassFiles } from '../data/class-list';
import { pairFiles } from '../data/pairing';
import { fileName } from '../data/paths';
import type { ClassList, SourceFile } from '../data/types';
import { checkRequested, describeRequested } from '../nets/describe-request';
import { policyDefaults } from '../nets/learning-rate';
import { loader, trainer } from '../rpc/workers';
import { listDatasets } from '../storage/datasets';
import { getModel, listModels } from '../storage/models';
import { listNetworks } from '../storage/networks';
import { getRun, listRuns } from '../storage/runs';
import type { BackendName } from '../engine/backends';
import type { ModelId, ModelRecord, RunEvent, RunId, RunStatus, TrainSettings } from '../training/types';
import { cloneDataset, datasetNamed, editClasses, exportDataset } from './dataset-verbs';
import { droppedFiles } from './files/dropped-files';
import { goOnImporting, importFiles, keepImported, makeCity } from './import-verbs';
import { importPhotos } from './photo-verbs';
import type { Intarsia, TrainReport, TrainRequest } from './public';
import { jobs } from './state/jobs.svelte';
import { library } from './state/library.svelte';
import { machine } from './state/machine.svelte';
import { trainSupervised } from './state/run-supervisor';
import { otherTabs } from './state/other-tabs';
import { keepSnapshot, snapshotFile, snapshotNow } from './snapshot-verbs';
import { namedStart } from './state/start-weights';
import { oldRunsMarked, runLetGo } from './state/startup';
import { defaultsWith } from './state/train-presets';

/** Stores a waiting run; everything not given has its default. */
export async function createRun(request: TrainRequest): Promise<RunId> {
  await oldRunsMarked;
  const { dataset: idOrName, name, start, preset, ...given } = request;
  const defaults = defaultsWith(preset);
  const dataset = await datasetNamed(idOrName);
  const policy = given.policy ?? defaults.policy;
  const settings: TrainSettings = {
    ...defaults,
    // Each policy has parameters of its own.
    policyParameters: policy === defaults.policy ? defaults.policyParameters : policyDefaults[policy],
    ...given,
    augmentation: { ...defaults.augmentation, ...given.augmentation },
    dataset: dataset.id,
  };
  const id = await trainer().createRun(name ?? null, settings, start ? await namedStart(start) : null);
  await library.refreshRuns();
  return id;
}

/** Stores a waiting run with the settings of another but for `changes`; it goes on from that one's last snapshot. */
export async function createRunFrom(run: RunId, changes: Partial<TrainSettings>): Promise<RunId> {
  const id = await trainer().createRunFrom(run, changes);
  await library.refreshRuns();
  return id;
}

let lastInQueue: Promise<unknown> = Promise.resolve();

/** How a run that waits begins, or ends without having begun. */
const waiting = new Map<RunId, { begin: () => Promise<void>; cancel: () => void }>();

const takenOut = () => new AppError('aborted', 'This run was taken out of the queue.');

/** Which run is next is decided when its turn comes: meanwhile their order may have changed. */
async function nextInQueue(): Promise<void> {
  const [id] = jobs.queue;
  const next = id && waiting.get(id);
  if (!next) return;
  waiting.delete(id);
  await next.begin();
}

/** Takes a run out of the queue; nothing happens to one that does not wait. */
export function leaveQueue(id: RunId): void {
  if (!jobs.dequeue(id)) return;
  waiting.get(id)?.cancel();
  waiting.delete(id);
}

/**
 * Trains the stored run when its turn in the queue comes; resolves when it ended, however it ended.
 * Rejects with 'aborted' where it was taken out of the queue before its turn.
 * @param backend what it runs on from now on; null for what its settings say
 * @param takeOver whether it is taken from the tab that trains it now
 */
export async function trainRun(
  id: RunId,
  backend: BackendName | 'auto' | null = null,
  onEvent?: (event: RunEvent) => void,
  takeOver = false,
): Promise<void> {
  if (jobs.isQueued(id) || jobs.run?.id === id) {
    throw new AppError('bad-settings', 'This run is training already, or waits for its turn.');
  }
  jobs.enqueue(id);
  const train = async () => {
    // Queued until it is live, so that no page offers to start it in between.
    const record = await getRun(id).catch((error: unknown) => {
      jobs.dequeue(id);
      throw error;
    });
    if (!jobs.dequeue(id)) throw takenOut();
    if (!record) throw new AppError('not-found', 'This run was deleted before it began.');
    const live = jobs.startRun(record);
    try {
      await trainSupervised(record, backend, takeOver, (event) => {
        live.handle(event);
        otherTabs.tell(id, event);
        onEvent?.(event);
      });
    } catch (error) {
      live.handle({ kind: 'ended', status: 'failed', error: errorRecord(error) });
      throw error;
    } finally {
      jobs.endRun(live);
      await Promise.all([library.refreshRuns(), library.refreshModels()]);
      void machine.measureStorage();
      // It goes on in another tab, or its end could not be stored.
      if (isUnfinished(library.run(id)?.status)) void runLetGo(id).then(() => library.refreshRuns());
      // A browser may give this page no graphics adapter after a loss, or only another one.
      if (live.error && isDeviceFailure(live.error.code)) void machine.probe();
    }
  };
  const ended = new Promise<void>((resolve, reject) => {
    waiting.set(id, {
      begin: () => train().then(resolve, reject),
      cancel: () => reject(takenOut()),
    });
  });
  lastInQueue = lastInQueue.then(nextInQueue);
  await ended;
}

const isUnfinished = (status: RunStatus | undefined) => status === 'running' || status === 'paused';

/** Removes a run with all it has made; one that waits is skipped when its turn comes. */
export async function deleteRun(id: RunId): Promise<void> {
  leaveQueue(id);
  await trainer().deleteRun(id);
  await Promise.all([library.refreshRuns(), library.refreshModels()]);
  void machine.measureStorage();
}

async function train(request: TrainRequest, onEvent?: (event: RunEvent) => void): Promise<TrainReport> {
  const id = await createRun(request);
  await trainRun(id, null, onEvent);
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
    ...(run.backend.threads !== undefined && { threads: run.backend.threads }),
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

/** Ends the running run with the epoch that it is in, or no longer so. */
async function stopAfterEpoch(stops: boolean): Promise<void> {
  await trainer().stopAfterEpoch(stops);
  jobs.run?.endsAfterEpoch(stops);
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
  droppedFiles,
  importFiles,
  makeCity,
  goOnImporting,
  keepImported,
  importPhotos,
  train,
  pause: () => trainer().pause(),
  resume: () => trainer().resume(),
  stop: () => trainer().stop(),
  stopAfterEpoch,
  setLearningRate: (rate) => trainer().setLearningRate(rate),
  snapshotNow,
  keepSnapshot,
  snapshotFile,
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
    void machine.measureStorage();
    return record;
  },
  async deleteNetwork(id) {
    await loader().deleteNetwork(id);
    await library.networksChanged();
    void machine.measureStorage();
  },
  datasets: listDatasets,
  editClasses,
  cloneDataset,
  exportDataset: (dataset, onProgress) => exportDataset(dataset, null, onProgress),
  runs: listRuns,
  models: listModels,
};
