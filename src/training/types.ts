// What a training run is, as plain records and events. Storage keeps them, the page shows them.
import type { ErrorRecord } from '../core/errors';
import type { Augmentation } from '../data/augment/settings';
import type { Scores } from '../data/metrics';
import type { ClassWeights } from '../data/class-weights';
import type { Manifest } from '../data/manifest';
import type { DatasetId, LabelClass, Scale } from '../data/types';
import type { BackendChoice, BackendName } from '../engine/backends';
import type { SolverName } from '../nets/solvers';
import type { PolicyName, PolicyParameters } from '../nets/learning-rate';
import type { MeanChoice } from '../nets/mean-values';
import type { LayerMultipliers } from '../nets/multipliers';
import type { LossName } from '../nets/objective';
import type { TransplantReport } from '../nets/transplant';
import type { SolverHistory, WeightBlob } from '../nets/weights';

export type RunId = string & { readonly brand?: 'RunId' };
export type ModelId = string & { readonly brand?: 'ModelId' };

export interface TrainSettings {
  dataset: DatasetId;
  /** A built-in network's id, or a prototxt. */
  network: { kind: 'zoo'; id: string } | { kind: 'prototxt'; text: string };
  /** Scales num_output of every learned layer but the score. */
  width: number;
  epochs: number;
  batch: number;
  /** Batches whose gradients are averaged for one step (Caffe: iter_size). */
  accumulation: number;
  learningRate: number;
  /** How the learning rate changes over the run; see nets/learning-rate.ts. */
  policy: PolicyName;
  policyParameters: PolicyParameters;
  /** Epochs over which the rate rises to what the policy gives; may be a fraction. */
  warmup: number;
  solver: SolverName;
  /** Of the velocity, or of what the solver has in its place (engine/solvers.ts); AdaGrad and RMSProp have no use for it. */
  momentum: number;
  weightDecay: number;
  /** The most that the L2 norm of all gradients of a step together may be (Caffe: clip_gradients); null for no bound. */
  clip: number | null;
  /** In the place of what the network's text says. */
  multipliers: LayerMultipliers;
  loss: LossName;
  /** The exponent of the focal loss; the others have no use for it. */
  focalGamma: number;
  /** With a stored run their numbers, so that it goes on with the same ones whatever becomes of the labels. */
  classWeights: ClassWeights;
  /** How training pictures are changed at random, with their labels. */
  augmentation: Augmentation;
  /** What is subtracted from the pixels; it is written into the run's prototxt. */
  mean: MeanChoice;
  seed: number;
  backend: BackendName | 'auto';
}

/** One finished epoch. */
export interface EpochRecord extends Scores {
  epoch: number;
  step: number;
  trainLoss: number;
  valLoss: number;
  seconds: number;
  /** Layers that no gradient moved since the record before, and those whose weights are all zero (layer-health.ts); absent in older records. */
  still?: string[];
  zero?: string[];
}

/** What happened to a run at a step: `step` steps were done by then. `at` is in milliseconds since 1970. */
export type RunMark = Happening & { step: number; at: number };

export type Happening =
  | { kind: 'begun' | 'paused' | 'resumed' | 'stopped' | 'failed' | 'snapshot' | 'dataset-changed' }
  | { kind: 'learning-rate'; learningRate: number };

export type RunStatus = 'waiting' | 'running' | 'paused' | 'done' | 'stopped' | 'interrupted' | 'failed';

export interface RunRecord {
  id: RunId;
  schema: 1;
  name: string;
  createdAt: number;
  settings: TrainSettings;
  /** The network as trained: the prototxt with the width applied and the classes of the dataset. */
  prototxt: string;
  datasetName: string;
  classes: LabelClass[];
  voidClass: LabelClass | null;
  /** Where the starting weights came from; null for random ones. */
  start: { model: string; report: TransplantReport; snapshot?: SnapshotKey } | null;
  /** What images are scaled to before the network sees them; null for their own size. */
  scale: Scale | null;
  /** What it was last trained on; absent in older records until they go on. */
  manifest?: Manifest;
  status: RunStatus;
  error: ErrorRecord | null;
  /** How often a tab has made the run its own; absent before the first time. Who wrote another number may write no more. */
  owner?: number;
  backend: BackendChoice | null;
  /** Share of the largest class among the validation pixels that are not void. */
  baseline: number;
  stepsPerEpoch: number;
  epochs: EpochRecord[];
  /** What happened while it ran, in order; absent in older records. */
  marks?: RunMark[];
  /** Training loss per step (every step up to 4,000 points, then every second, fourth ...). */
  curve: { step: number[]; loss: number[] };
  secondsPerStep: number;
  imagesPerSecond: number;
  peakBytes: number;
  /** The model of the last finished epoch, if there is one. */
  model: ModelId | null;
  /** Written by storage alone, so that a person may keep one while the run goes on. */
  snapshots: StoredSnapshots;
}

export interface SnapshotKey {
  run: RunId;
  step: number;
}

/** What is known of a snapshot without its weights. */
export interface SnapshotFacts {
  /** Epochs that had ended by then. */
  epoch: number;
  step: number;
  /** Of the validation after this very step; null where there was none. */
  pixelAccuracy: number | null;
  meanIoU: number | null;
  /** Of weights and solver history. */
  bytes: number;
  /** Whether a person keeps it. */
  kept: boolean;
}

/** The snapshots of a run in the order of their steps, and the steps of those that are kept without being asked for. */
export interface StoredSnapshots {
  all: SnapshotFacts[];
  /** The one that the run goes on from. */
  last: number | null;
  /** The one before it. */
  previous: number | null;
  /** The one with the largest mean IoU on the validation split; the first of equals. */
  best: number | null;
}

/** Enough to go on exactly where the run was: weights and the solver's history after `step`. */
export interface SnapshotRecord extends SnapshotKey {
  /** Epochs that had ended by then. */
  epoch: number;
  weights: Map<string, WeightBlob>;
  /** Empty where a person took it within an epoch: that one is for starting others and for testing. */
  history: SolverHistory;
}

/** What the network makes of a validation tile after an epoch: one class position a pixel. `tile` is its index in the split. */
export interface PreviewRecord {
  run: RunId;
  epoch: number;
  tile: number;
  width: number;
  height: number;
  prediction: Uint8Array;
}

/** What a model file says of itself. */
export interface ModelInfo {
  name: string;
  prototxt: string;
  classes: LabelClass[];
  voidClass: LabelClass | null;
  scale: Scale | null;
  epoch: number | null;
  pixelAccuracy: number | null;
  meanIoU: number | null;
}

/** A network with weights, ready to segment: from a run, or from a file. */
export interface ModelRecord {
  id: ModelId;
  schema: 1;
  createdAt: number;
  origin: { kind: 'run'; run: RunId } | { kind: 'file'; file: string };
  info: ModelInfo;
  /** The .safetensors file; a Blob, so that listing models does not read their weights. */
  file: Blob;
}

/**
 * What a run says while it runs. Steps come at 10 Hz at most, with every loss since the last message. A graphics processor's first step is
 * the phase 'compiling': it makes the programs that all later steps run.
 */
export type RunEvent =
  /** The worker or its device was lost, so many times in a row; the run goes on by itself from its last snapshot. */
  | { kind: 'lost'; error: ErrorRecord; losses: number }
  /** From here on it trains: what was known of later steps is void. */
  | { kind: 'begun'; step: number }
  | { kind: 'phase'; phase: 'preparing' | 'compiling' | 'training' | 'saving' }
  | {
      kind: 'progress';
      step: number;
      steps: number;
      epoch: number;
      /** Loss of each step since the last progress event; the last belongs to `step`. */
      losses: number[];
      imagesPerSecond: number;
      secondsLeft: number | null;
      bytes: number;
    }
  | { kind: 'validating'; done: number; total: number }
  | { kind: 'epoch'; record: EpochRecord; preview: PreviewRecord | null }
  | { kind: 'marked'; mark: RunMark }
  /** By a person, or, with an error, because there was no room to store a snapshot: it is stored on resuming. */
  | { kind: 'paused'; step: number; error: ErrorRecord | null }
  | { kind: 'resumed'; step: number }
  | { kind: 'ended'; status: 'done' | 'stopped' | 'failed' | 'interrupted'; error: ErrorRecord | null };
