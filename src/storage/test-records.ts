// Small valid records for tests.
import { noAugmentation } from '../data/augment/settings';
import { deflateLabels } from '../data/label-codec';
import type { DatasetId, DatasetRecord, Split, TileRecord } from '../data/types';
import type { EpochRecord, ModelRecord, RunId, RunRecord, RunStatus } from '../training/types';

export function datasetRecord(id: DatasetId, name: string, createdAt = 1): DatasetRecord {
  return {
    id,
    schema: 1,
    name,
    createdAt,
    state: 'ready',
    format: 'grey-index',
    classes: [{ id: 0, name: 'sky', colour: [1, 2, 3] }],
    voidClass: null,
    scale: null,
    tile: null,
    split: { kind: 'share', percent: 10, seed: 1 },
    pairs: { train: 1, val: 0 },
    tiles: { train: 1, val: 0 },
    pixels: { train: { classes: [2], void: 0 }, val: { classes: [0], void: 0 } },
    tileSizes: [{ width: 2, height: 1, count: 1 }],
    rejected: [],
    sizeBytes: 8,
  };
}

export function tileRecord(dataset: DatasetId, split: Split, index: number): TileRecord {
  return {
    dataset,
    split,
    index,
    name: `picture-${index}`,
    x: 0,
    y: 0,
    width: 2,
    height: 1,
    pixels: { classes: [2], void: 0 },
    rgb: Uint8Array.of(1, 2, 3, 4, 5, index),
    labels: deflateLabels(Uint8Array.of(0, 0)),
  };
}

export function runRecord(id: RunId, status: RunStatus, createdAt = 1): RunRecord {
  return {
    id,
    schema: 1,
    name: `run ${id}`,
    createdAt,
    settings: {
      dataset: 'd',
      network: { kind: 'zoo', id: 'fcn-alexnet' },
      width: 1,
      epochs: 1,
      batch: 1,
      accumulation: 1,
      learningRate: 0.1,
      policy: 'fixed',
      policyParameters: { gamma: 1, power: 1, at: [] },
      warmup: 0,
      solver: 'SGD',
      momentum: 0.9,
      weightDecay: 0,
      clip: null,
      multipliers: {},
      loss: 'cross-entropy',
      focalGamma: 2,
      classWeights: { mode: 'none', weights: null },
      augmentation: noAugmentation,
      mean: 'network',
      seed: 1,
      backend: 'auto',
    },
    prototxt: '',
    datasetName: 'streets',
    classes: [],
    voidClass: null,
    scale: null,
    start: null,
    status,
    error: null,
    backend: null,
    baseline: 0.5,
    stepsPerEpoch: 1,
    epochs: [],
    curve: { step: [], loss: [] },
    secondsPerStep: 0,
    imagesPerSecond: 0,
    peakBytes: 0,
    model: null,
    snapshots: { all: [], last: null, previous: null, best: null },
  };
}

export function epochRecord(epoch: number, step: number, meanIoU: number): EpochRecord {
  return {
    epoch,
    step,
    trainLoss: 1,
    valLoss: 1,
    seconds: 1,
    pixelAccuracy: 0.5,
    meanAccuracy: 0.5,
    meanIoU,
    frequencyWeightedIoU: 0.5,
    perClassIoU: [meanIoU],
    perClassAccuracy: [0.5],
    confusion: [[1]],
  };
}

export function modelRecord(id: string, run: RunId): ModelRecord {
  return {
    id,
    schema: 1,
    createdAt: 1,
    origin: { kind: 'run', run },
    info: {
      name: 'model',
      prototxt: '',
      classes: [],
      voidClass: null,
      scale: null,
      epoch: 1,
      pixelAccuracy: null,
      meanIoU: null,
    },
    file: new Blob([Uint8Array.of(1, 2, 3)]),
  };
}
