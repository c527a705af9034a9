// A run's record from its settings, checked against the dataset and the network before anything is stored.
import { AppError } from '../core/errors';
import { weightModes, weightsOf, weightsProblem, type ClassCounts } from '../data/class-weights';
import { augmentationProblems } from '../data/augment/settings';
import { bgrMeans } from '../data/statistics';
import { VOID, type DatasetRecord } from '../data/types';
import { planNetwork, trainingLosses } from '../nets/plan/plan';
import { policyNames, policyProblem } from '../nets/learning-rate';
import { meanChoices, withMean } from '../nets/mean-values';
import { withMultipliers } from '../nets/multipliers';
import { lossNames, MOST_GAMMA } from '../nets/objective';
import { readNetwork } from '../nets/read-network';
import { solvers } from '../nets/solvers';
import { classCount, resizeNetwork } from '../nets/resize-network';
import { placeLayers } from '../nets/place-layers';
import { transplant } from '../nets/transplant';
import type { WeightSet } from '../nets/weights';
import { networkText } from '../nets/zoo';
import { stepsPerEpoch } from './batches';
import { majorityShare } from '../data/metrics';
import type { RunRecord, SnapshotKey, SnapshotRecord, TrainSettings } from './types';

function refuse(message: string): never {
  throw new AppError('bad-settings', message);
}

function refuseNetwork(line: number, why: string): never {
  throw new AppError('bad-network', `Line ${line}: ${why}`, { line });
}

/** @throws AppError 'bad-settings' where the rate is no finite number above 0. */
export function assertLearningRate(rate: number): void {
  if (!(rate > 0 && rate < Infinity)) refuse(`The learning rate must be a number above 0, not ${rate}.`);
}

/** @throws AppError 'bad-settings' naming the setting, what is wrong with it and what it may be. */
export function checkSettings(settings: TrainSettings): void {
  const whole = (name: string, value: number, least: number, most: number) => {
    if (!Number.isInteger(value) || value < least || value > most) {
      refuse(`${name} must be a whole number from ${least} to ${most}, not ${value}.`);
    }
  };
  whole('Epochs', settings.epochs, 1, 100_000);
  whole('The batch size', settings.batch, 1, 1024);
  whole('Accumulation', settings.accumulation, 1, 1024);
  whole('The seed', settings.seed, 0, 4_294_967_295);
  assertLearningRate(settings.learningRate);
  if (!policyNames.includes(settings.policy)) {
    refuse(`The learning-rate policy must be one of ${policyNames.join(', ')}, not ${settings.policy}.`);
  }
  const wrong = policyProblem(settings.policy, settings.policyParameters);
  if (wrong) refuse(`The learning-rate policy "${settings.policy}" cannot be used as given. ${wrong}`);
  if (!(settings.warmup >= 0 && settings.warmup <= settings.epochs)) {
    refuse(`Warm-up must be from 0 to the run's ${settings.epochs} epochs, not ${settings.warmup}.`);
  }
  if (settings.clip !== null && !(settings.clip > 0)) {
    refuse(`The bound of the gradients' norm must be more than 0, or none, not ${settings.clip}.`);
  }
  if (!(settings.momentum >= 0 && settings.momentum < 1)) {
    refuse(`Momentum must be at least 0 and less than 1, not ${settings.momentum}.`);
  }
  if (!solvers.includes(settings.solver)) {
    refuse(`The solver must be one of ${solvers.join(', ')}, not ${settings.solver}.`);
  }
  if (!(settings.weightDecay >= 0 && settings.weightDecay < 1)) {
    refuse(`Weight decay must be at least 0 and less than 1, not ${settings.weightDecay}.`);
  }
  if (!lossNames.includes(settings.loss)) {
    refuse(`The loss must be one of ${lossNames.join(', ')}, not ${settings.loss}.`);
  }
  if (!(settings.focalGamma >= 0 && settings.focalGamma <= MOST_GAMMA)) {
    refuse(`The focal loss's gamma must be from 0 to ${MOST_GAMMA}, not ${settings.focalGamma}.`);
  }
  if (!meanChoices.includes(settings.mean)) {
    refuse(`The mean must be one of ${meanChoices.join(', ')}, not ${settings.mean}.`);
  }
  const [unusable] = Object.entries(augmentationProblems(settings.augmentation));
  if (unusable) refuse(`The augmentation "${unusable[0]}" cannot be used as given. ${unusable[1]}`);
}

/** The settings with the numbers of their class weights, where these follow from the pixels of the training tiles. */
export function withWeights(settings: TrainSettings, counts: ClassCounts): TrainSettings {
  const { mode, weights } = settings.classWeights;
  if (!weightModes.includes(mode)) {
    refuse(`Class weights must be one of ${weightModes.join(', ')}, not ${mode}.`);
  }
  const computed = mode === 'by-hand' ? weights : weightsOf(mode, counts);
  return { ...settings, classWeights: { mode, weights: computed } };
}

/** @param pixels training pixels of each class. */
function checkWeights({ classWeights }: TrainSettings, pixels: readonly number[]): void {
  const { mode, weights } = classWeights;
  const problem = mode === 'none' ? null : weightsProblem(weights, pixels);
  if (problem) refuse(`The class weights cannot be used as given. ${problem}`);
}

/**
 * A waiting run.
 * @throws AppError 'bad-settings' or 'bad-network' with what does not fit together.
 */
export function newRun(
  id: string,
  name: string | null,
  settings: TrainSettings,
  dataset: DatasetRecord,
): RunRecord {
  checkSettings(settings);
  const { tiles, tileSizes, classes, pixels } = dataset;
  if (!tiles.train) refuse(`The dataset "${dataset.name}" has no tiles to train on.`);
  if (!tiles.val) {
    refuse(
      `The dataset "${dataset.name}" has no tiles for validation. Import it again with a share for validation.`,
    );
  }
  const { crop } = settings.augmentation;
  if (tileSizes.length > 1 && settings.batch > 1 && !crop) {
    refuse(
      `The tiles of "${dataset.name}" have ${tileSizes.length} sizes, so they cannot share a batch. ` +
        'Train with batch 1, crop them to one size, or import the images again with one size.',
    );
  }
  const resized = resizeNetwork(networkText(settings.network), {
    width: settings.width,
    classes: classes.length,
  });
  const prototxt = withMean(withMultipliers(resized, settings.multipliers), settings.mean, bgrMeans(dataset));
  const spec = readNetwork(prototxt);
  const plan = planNetwork(spec);
  const losses = trainingLosses(plan);
  const { channels, line } = plan.image;
  if (channels !== 3) {
    refuseNetwork(line, `the network reads images of ${channels} channels; those of a dataset have 3.`);
  }
  if (classCount(spec) !== classes.length) {
    refuse(`The network scores ${classCount(spec)} classes, the dataset has ${classes.length}.`);
  }
  for (const { width, height } of crop ? [crop, ...tileSizes] : tileSizes) {
    for (const { layer, bottoms } of placeLayers(spec, [settings.batch, 3, height, width])) {
      const [, , rows = 1, columns = 1] = bottoms[0] ?? [];
      if (layer.type !== 'SoftmaxWithLoss' || (rows === height && columns === width)) continue;
      refuseNetwork(
        layer.line,
        `layer "${layer.name}" reads one score for the whole image. To label pixels, make the network fully convolutional first.`,
      );
    }
  }
  checkLabels(dataset, losses);
  checkWeights(settings, pixels.train.classes);
  const first = tileSizes[0]!;
  return {
    id,
    schema: 1,
    name:
      name?.trim() ||
      `${spec.name || 'Network'}${settings.width === 1 ? '' : ` x ${settings.width}`} on ${dataset.name}`,
    createdAt: Date.now(),
    settings,
    prototxt,
    datasetName: dataset.name,
    classes,
    voidClass: dataset.voidClass,
    // Tiles are cut from the scaled image, so that is what later images must be scaled to; whole pairs of one size give theirs.
    scale:
      dataset.scale ??
      (dataset.tile === null && tileSizes.length === 1 ? { width: first.width, height: first.height } : null),
    start: null,
    status: 'waiting',
    error: null,
    backend: null,
    baseline: majorityShare(pixels.val.classes),
    stepsPerEpoch: stepsPerEpoch({
      length: tiles.train,
      batch: settings.batch,
      accumulation: settings.accumulation,
    }),
    epochs: [],
    curve: { step: [], loss: [] },
    secondsPerStep: 0,
    imagesPerSecond: 0,
    peakBytes: 0,
    model: null,
    snapshots: { all: [], last: null, previous: null, best: null },
  };
}

function checkLabels({ name, pixels }: DatasetRecord, losses: ReturnType<typeof trainingLosses>): void {
  for (const [split, pictures] of [
    ['train', 'training'],
    ['val', 'validation'],
  ] as const) {
    if (pixels[split].classes.some((count) => count > 0)) continue;
    refuse(
      `The ${pictures} pictures of "${name}" have no labelled pixel: all of them are void, and void does not count. ` +
        'Annotate some of them, then train.',
    );
  }
  const counting = losses.find(({ layer }) => layer.ignoreLabel !== VOID);
  if (pixels.train.void + pixels.val.void > 0 && counting) {
    const loss = counting.layer;
    refuseNetwork(
      loss.line,
      `the dataset has void pixels, which are stored as 255. Give layer "${loss.name}" the line ` +
        'loss_param { ignore_label: 255 }, so that they do not count.',
    );
  }
}

/**
 * Checks a stored run against its dataset as it is now: labels may have been erased since the run was made.
 * @throws AppError 'bad-settings' or 'bad-network' with what does not fit together any more.
 */
export function checkStart(run: RunRecord, dataset: DatasetRecord): void {
  checkLabels(dataset, trainingLosses(planNetwork(readNetwork(run.prototxt))));
}

/**
 * Gives a waiting run the weights of a model to start from, as the snapshot before its first step.
 * @throws AppError 'bad-weights' when not one of them fits, or one of those that do has a value that is no number.
 */
export function startFrom(
  run: RunRecord,
  model: { name: string; weights: WeightSet; snapshot?: SnapshotKey },
): SnapshotRecord {
  const { weights, report } = transplant(model.weights, readNetwork(run.prototxt), run.settings.seed);
  // The fixed upsampling alone would fit many networks and carry nothing over.
  if (!report.copied.some((blob) => learned(run, blob)) && !report.reshaped.length) {
    throw new AppError(
      'bad-weights',
      `Not one blob of ${model.name} fits this network: names or sizes differ. Choose a model of the same network and width.`,
    );
  }
  const broken = [...weights].find(([, { data }]) => !data.every(Number.isFinite));
  if (broken) {
    throw new AppError(
      'bad-weights',
      `The weights of ${model.name} cannot be trained from: ${broken[0]} has a value that is not a number. ` +
        'They may come from a run that diverged. Choose other weights.',
      { blob: broken[0] },
    );
  }
  const { snapshot } = model;
  run.start = { model: model.name, report, ...(snapshot && { snapshot }) };
  return { run: run.id, epoch: 0, step: 0, weights, history: new Map() };
}

function learned(run: RunRecord, blob: string): boolean {
  const layer = readNetwork(run.prototxt).layers.find(({ name }) => blob.startsWith(`${name}/`));
  return layer !== undefined && layer.params[0]?.lrMult !== 0;
}
