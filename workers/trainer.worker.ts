// The GPU thread: networks, training, inference. Imports, wires, serves.
import { AppError } from '../src/core/errors';
import { newId } from '../src/core/ids';
import { countClasses } from '../src/data/class-weights';
import { manifestChanges, manifestOf } from '../src/data/manifest';
import { ImageDecoder } from '../src/data/decode-image';
import { inflateLabels } from '../src/data/label-codec';
import { VOID, type DatasetRecord, type RgbImage } from '../src/data/types';
import { chooseBackend, probeBackends } from '../src/engine/devices';
import { evaluatePairs, inModelOrder } from '../src/inference/evaluate';
import { exportNetwork } from '../src/inference/export-network';
import { importModelFile, modelFile } from '../src/inference/model-file';
import { SegmenterSlot } from '../src/inference/segmenter-slot';
import { surgeryNetworks } from '../src/inference/surgery-networks';
import { proveSurgery } from '../src/inference/surgery-proof';
import { readWeightFile } from '../src/nets/weight-file';
import type { TrainerApi } from '../src/rpc/contract';
import { serve } from '../src/rpc/serve';
import { getDataset, getTiles, listTiles } from '../src/storage/datasets';
import { withFreeLock, withOwnLock } from '../src/storage/locks';
import { deleteModelRecord, getModel, putModel } from '../src/storage/models';
import {
  claimRun,
  deleteRunRecords,
  getRun,
  putEpoch,
  putNewRun,
  putRun,
  putTaken,
  runLockName,
} from '../src/storage/runs';
import { getLastSnapshot, getSnapshot } from '../src/storage/snapshots';
import type { SampleReader } from '../src/training/batches';
import { nameFrom, settingsFrom } from '../src/training/changed-run';
import { assertLearningRate, checkStart, newRun, startFrom, withWeights } from '../src/training/new-run';
import { assertStartable, Session, type RunStore } from '../src/training/session';
import type { BackendChoice, BackendName } from '../src/engine/backends';
import type {
  ModelId,
  ModelRecord,
  RunEvent,
  RunId,
  RunRecord,
  SnapshotKey,
  SnapshotRecord,
} from '../src/training/types';

let session: Session | null = null;
/** Set while a run prepares or trains; settles once its backend is the running one. */
let sessionReady: Promise<void> | null = null;
/** Set from the call that starts a run until that run has ended. */
let training = false;
/** What stops the comparison that runs, or waits for its turn. */
let proof: AbortController | null = null;
const decoder = new ImageDecoder();
const slot = new SegmenterSlot(choose);

function found<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) {
    throw new AppError('not-found', `There is no ${what}. It may have been deleted in another tab.`);
  }
  return value;
}

/** The backend that a running run uses is the only one until it ends: its tensors live there. */
async function choose(name: BackendName | 'auto'): Promise<BackendChoice> {
  await sessionReady;
  const running = session?.run.backend;
  if (running) return { ...running, reason: 'A run is training with it.' };
  return chooseBackend(name);
}

/** Tiles with the labels that the run knows: a class that its dataset got later is void to it. */
function readerOf(dataset: string, classes: number): SampleReader {
  return async (split, indices) =>
    (await getTiles(dataset, split, indices)).map((tile) => {
      const { name, width, height, rgb, labels, pixels } = found(tile, 'such tile any more');
      const known = inflateLabels(labels, width * height);
      if (pixels.classes.length > classes) known.forEach((label, i) => label >= classes && (known[i] = VOID));
      return { name, image: { width, height, rgb }, labels: known };
    });
}

/** The model of a run's last finished epoch. */
function modelOf(run: RunRecord, { weights, epoch }: SnapshotRecord): ModelRecord {
  const { pixelAccuracy, meanIoU } = run.epochs.at(-1)!;
  const { name, prototxt, classes, voidClass, scale } = run;
  const info = { name, prototxt, classes, voidClass, scale, epoch, pixelAccuracy, meanIoU };
  return {
    id: run.model ?? newId(),
    schema: 1,
    createdAt: Date.now(),
    origin: { kind: 'run', run: run.id },
    info,
    file: modelFile(weights, info),
  };
}

async function heldWeights(id: ModelId) {
  const { info, file } = found(await getModel(id), 'such model');
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { name: info.name, weights: readWeightFile(bytes, info.name).weights };
}

/** The weights of a model, or of any snapshot of any run. */
async function startWeights(start: ModelId | SnapshotKey) {
  if (typeof start === 'string') return heldWeights(start);
  const { name, stepsPerEpoch } = found(await getRun(start.run), 'such run');
  const { epoch, step, weights } = found(
    await getSnapshot(start),
    `snapshot of step ${start.step} of "${name}"`,
  );
  const moment = step === epoch * stepsPerEpoch ? `epoch ${epoch}` : `step ${step}`;
  return { name: `${name}, ${moment}`, weights, snapshot: { run: start.run, step } };
}

async function manifestNow(dataset: DatasetRecord) {
  const [train, val] = await Promise.all([listTiles(dataset.id, 'train'), listTiles(dataset.id, 'val')]);
  return manifestOf(dataset, { train, val });
}

/** Keeps in the run what it trains on from here, with a mark where that is not what it was trained on before. */
async function noteDataset(run: RunRecord, dataset: DatasetRecord, step: number): Promise<void> {
  const manifest = await manifestNow(dataset);
  if (run.manifest && manifestChanges(run.manifest, manifest).length) {
    run.marks = [...(run.marks ?? []), { kind: 'dataset-changed', step, at: Date.now() }];
  }
  run.manifest = manifest;
}

async function train(
  id: RunId,
  backend: BackendName | 'auto' | null,
  takeOver: boolean,
  onEvent: (event: RunEvent) => void,
): Promise<void> {
  if (training) {
    throw new AppError('bad-settings', 'Another run is training. Wait for it to end, or stop it first.');
  }
  training = true;
  let ready = () => {};
  try {
    // The lock tells other tabs that this run is alive; a page that dies lets it go.
    const work = async () => {
      const run = found(await claimRun(id), 'such run');
      assertStartable(run);
      if (backend) run.settings.backend = backend;
      const dataset = found(await getDataset(run.settings.dataset), `dataset "${run.datasetName}"`);
      checkStart(run, dataset);
      const snapshot = (await getLastSnapshot(id)) ?? null;
      await noteDataset(run, dataset, snapshot?.step ?? 0);
      // What was asked for before still gets its backend; what comes later waits for the run's.
      await slot.clear(() => {
        sessionReady = new Promise((resolve) => (ready = resolve));
      });
      session = new Session(run, storeOf(run, snapshot), (event) => {
        if (event.kind === 'ended' || (event.kind === 'phase' && event.phase !== 'preparing')) ready();
        onEvent(event);
      });
      await session.toEnd(dataset);
      return true;
    };
    const onLost = () =>
      session?.stop(new AppError('taken-over', 'Another tab took this run over, and it goes on there.'));
    const ended = await withOwnLock(runLockName(id), takeOver, work, onLost);
    if (!ended) throw new AppError('bad-settings', 'This run is training in another tab.');
  } finally {
    training = false;
    session = null;
    sessionReady = null;
    ready();
  }
}

function storeOf({ settings, classes }: RunRecord, snapshot: SnapshotRecord | null): RunStore {
  return {
    read: readerOf(settings.dataset, classes.length),
    snapshot,
    saveRun: putRun,
    saveEpoch: (record, next, preview) => {
      const model = modelOf(record, next);
      record.model = model.id;
      return putEpoch(record, next, preview, model);
    },
    saveTaken: putTaken,
  };
}

serve<TrainerApi>({
  probe: probeBackends,
  choose,
  train,

  async createRun(name, settings, start) {
    const dataset = found(await getDataset(settings.dataset), 'such dataset');
    const counts = countClasses(await listTiles(dataset.id, 'train'), dataset.classes.length);
    const run = newRun(newId(), name, withWeights(settings, counts), dataset);
    await putNewRun(run, start === null ? null : startFrom(run, await startWeights(start)));
    return run.id;
  },

  async createRunFrom(id, changes) {
    const from = found(await getRun(id), 'such run');
    const dataset = found(await getDataset(from.settings.dataset), `dataset "${from.datasetName}"`);
    const snapshot = await getLastSnapshot(id);
    const run = newRun(newId(), null, settingsFrom(from, changes), dataset);
    run.name = nameFrom(from, changes);
    await putNewRun(run, snapshot ? startFrom(run, { name: from.name, weights: snapshot.weights }) : null);
    return run.id;
  },

  pause: () => session?.pause(),
  resume: () => session?.resume(),
  stop: () => session?.stop(),
  stopAfterEpoch: (stops) => session?.stopAfterEpoch(stops),

  async snapshotNow() {
    if (!session)
      throw new AppError('bad-settings', 'No run is training of which a snapshot could be taken.');
    await session.snapshotNow();
  },

  async setLearningRate(rate) {
    assertLearningRate(rate);
    if (!session)
      throw new AppError('bad-settings', 'No run is training whose learning rate could be changed.');
    await session.setLearningRate(rate);
  },

  async importModel(name, source, prototxt) {
    // Read here, and by nobody else: the bytes may be changed.
    const bytes = new Uint8Array(await source.arrayBuffer());
    const { info, file } = importModelFile(name, bytes, prototxt);
    const id: ModelId = newId();
    await putModel({
      id,
      schema: 1,
      createdAt: Date.now(),
      origin: { kind: 'file', file: name },
      info,
      file,
    });
    return id;
  },

  transferExport: exportNetwork,
  deleteModel: deleteModelRecord,

  async deleteRun(id) {
    const deleted = await withFreeLock(runLockName(id), async () => {
      await deleteRunRecords(id);
      return true;
    });
    if (!deleted) throw new AppError('bad-settings', 'This run is training. Stop it before you delete it.');
  },

  async transferSegmentation(id, image, backend) {
    const picture = await decoder.decode(image, image.name);
    const model = found(await getModel(id), 'such model');
    const start = performance.now();
    return slot.use(model, backend, async (segmenter, choice) => {
      const labels = await segmenter.segment(picture);
      const pixels = model.info.classes.map(() => 0);
      for (const label of labels) pixels[label]!++;
      const { width, height } = picture;
      return { width, height, labels, pixels, milliseconds: performance.now() - start, backend: choice };
    });
  },

  async evaluate(id, pairs, classes, backend, onProgress) {
    const model = found(await getModel(id), 'such model');
    const list = classes ? inModelOrder(classes, model.info.classes) : model.info;
    const segment = (image: RgbImage) => slot.use(model, backend, (segmenter) => segmenter.segment(image));
    return evaluatePairs(segment, pairs, list, decoder, onProgress);
  },

  async proveSurgery({ image, model, backend, ...request }, onProgress) {
    proof?.abort();
    const mine = (proof = new AbortController());
    const networks = surgeryNetworks(request, model === null ? null : await heldWeights(model), 1);
    return slot.alone(backend, async (choice) => {
      const { signal } = mine;
      const proved = await proveSurgery({ ...networks, image, signal, onProgress });
      return { ...proved, size: networks.window, backend: choice };
    });
  },

  stopProof: () => proof?.abort(),
});
