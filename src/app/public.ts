// The page's public object, window.intarsia: the verbs that the pages call, the terminal driver calls, and anyone may.
import type { CitySettings } from '../data/city/city-settings';
import type { ImportProgress, ImportReport, FileRole } from '../data/import-types';
import type { Augmentation } from '../data/augment/settings';
import type { ClassEdits } from '../data/class-plan';
import type { ClassEdit } from '../data/class-edit';
import type { CloneSettings } from '../data/dataset-clone';
import type { TileProgress } from '../data/tile-meter';
import type {
  DatasetId,
  DatasetRecord,
  FoundFile,
  LabelClass,
  LabelFormat,
  Rejection,
  Scale,
  Size,
  SourceFile,
} from '../data/types';
import type { CheckReport, DescribeRequest, RequestedDescription } from '../nets/describe-request';
import type { NetworkDraft, NetworkId, NetworkRecord } from '../nets/network-record';
import type {
  Evaluation,
  ExportedDataset,
  Segmentation,
  SurgeryReport,
  SurgeryRequest,
} from '../rpc/contract';
import type { ExportedNetwork, ExportRequest } from '../inference/export-network';
import type { BackendName, BackendReport } from '../engine/backends';
import type {
  EpochRecord,
  ModelId,
  ModelRecord,
  RunEvent,
  RunId,
  RunRecord,
  SnapshotKey,
  TrainSettings,
} from '../training/types';

export interface ImportRequest {
  name: string;
  /** Files by the role of the folder they came from; zip, tar and tar.gz stand for folders. `classes` takes class lists. */
  files: Partial<Record<FileRole, readonly FoundFile[]>>;
  format?: LabelFormat | 'auto';
  /** Whether the source's own validation pairs count, where it has some (if not given), or a share of all pairs. */
  split?: 'own' | 'share';
  /** Percent of the pairs; 10 if not given. */
  validationPercent?: number;
  seed?: number;
  /** What every pair is brought to, and how: `mode` is stretch if not given. */
  scale?: Scale;
  tile?: Size;
  /** How many pixels neighbouring tiles share. */
  overlap?: number;
  /** Tiles with more void than this are left out. */
  maxVoidPercent?: number;
  /** Changes of the classes, by the names that the source gives. */
  edits?: ClassEdits;
  /** The id of a layout, such as 'synthia-rand:GT' or 'folders'; found out if not given. */
  layout?: string;
  /** What becomes of label values that no class has: their file is left out, or they are void. 'reject' if not given. */
  unknown?: 'reject' | 'void';
}

/** Photos without labels, to be annotated in the page. */
export interface PhotoRequest {
  name: string;
  files: readonly SourceFile[];
  /** In the order of the network's scores; colours are made up where there are none. */
  classes: readonly (Pick<LabelClass, 'name'> & Partial<LabelClass>)[];
  /** What every photo comes to: `fit` keeps all of it and pads, `crop` keeps the size filled. */
  scale: Scale;
  /** How many photos validate; a fifth if not given. */
  validation?: number;
  seed?: number;
}

/** Everything but the dataset has a default: FCN-AlexNet at full width, see train-defaults.ts. */
export type TrainRequest = Partial<Omit<TrainSettings, 'dataset' | 'augmentation'>> & {
  dataset: string;
  /** Operations that are not given have their defaults, too. */
  augmentation?: Partial<Augmentation>;
  name?: string;
  /** The id of the preset (train-presets.ts) whose settings hold where none are given; 'standard' if not given. */
  preset?: string;
  /**
   * What the run starts from as far as it fits: a model's id, or RUN@STEP for a snapshot, with a run's id or name, and a step, `last`
   * or `best`. Random weights if not given.
   */
  start?: string;
};

/** What `train` answers: the last line of the terminal's `train`. */
export interface TrainReport {
  run: RunId;
  status: 'done' | 'stopped';
  backend: BackendName;
  /** Processor threads that computed, where that is known: on wasm. */
  threads?: number;
  epochs: Pick<
    EpochRecord,
    | 'epoch'
    | 'trainLoss'
    | 'valLoss'
    | 'pixelAccuracy'
    | 'meanAccuracy'
    | 'meanIoU'
    | 'frequencyWeightedIoU'
    | 'perClassIoU'
  >[];
  baseline: number;
  secondsPerStep: number;
  imagesPerSecond: number;
  peakBytes: number;
  model: ModelId;
}

export interface Intarsia {
  readonly version: string;
  probe(): Promise<BackendReport[]>;
  describe(request: DescribeRequest): Promise<RequestedDescription>;
  /** What is wrong with a network; never rejects for a network that is. */
  check(request: DescribeRequest): Promise<CheckReport>;
  /**
   * The files of a drop for importFiles, each opened when it is read: the way that takes least memory. Must be called while the event is
   * handled.
   */
  droppedFiles(transfer: Pick<DataTransfer, 'items'>): Promise<{ files: FoundFile[]; rejected: Rejection[] }>;
  importFiles(request: ImportRequest, onProgress?: (progress: ImportProgress) => void): Promise<ImportReport>;
  /**
   * Draws frames of the synthetic city and stores them as a dataset. What is not given: 120 frames of 240 x 180, seed 1, a tenth for
   * validation, any weather, hour and camera.
   */
  makeCity(
    request: Partial<CitySettings> & { name: string },
    onProgress?: (progress: ImportProgress) => void,
  ): Promise<ImportReport>;
  /** Goes on with an import that was ended early, from the same files; a city needs none. Rejects with 'bad-file' where they differ. */
  goOnImporting(
    dataset: DatasetId,
    files?: readonly FoundFile[],
    onProgress?: (progress: ImportProgress) => void,
  ): Promise<ImportReport>;
  /** Makes a dataset of what is stored of an import that was ended early. */
  keepImported(dataset: DatasetId): Promise<void>;
  /** A dataset of photos whose every pixel is void. */
  importPhotos(request: PhotoRequest, onProgress?: (progress: ImportProgress) => void): Promise<ImportReport>;
  /** `dataset` is an id or a name. Rejects with the run's error if it failed. */
  train(request: TrainRequest, onEvent?: (event: RunEvent) => void): Promise<TrainReport>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
  /** Ends the running run with the epoch that it is in; `false` takes that back. */
  stopAfterEpoch(stops: boolean): Promise<void>;
  /** Changes the learning rate that the running run's policy starts from, from the next step on. */
  setLearningRate(rate: number): Promise<void>;
  /** Keeps the weights of the running run as they are after its current step; the run goes on as it would have. */
  snapshotNow(): Promise<void>;
  /** Keeps a snapshot until it is let go; one that is let go is removed unless it is the last, the previous or the best. */
  keepSnapshot(key: SnapshotKey, kept: boolean): Promise<void>;
  /** A snapshot's weights with its network as a .safetensors file. */
  snapshotFile(key: SnapshotKey): Promise<Blob>;
  importModel(name: string, weights: Blob, prototxt: string | null): Promise<ModelId>;
  segment(model: ModelId, image: File, backend?: BackendName | 'auto'): Promise<Segmentation>;
  /** The segmentation as an indexed PNG with the model's classes. */
  labelPng(model: ModelId, segmentation: Segmentation): Promise<Uint8Array>;
  /** Pairs images and labels by base name; `classes` are class-list text files, needed only for RGB labels. */
  evaluate(
    request: {
      model: ModelId;
      images: SourceFile[];
      labels: SourceFile[];
      classes?: SourceFile[];
      backend?: BackendName | 'auto';
    },
    onProgress?: (done: number, total: number) => void,
  ): Promise<Evaluation>;
  /** The three files of a model: weights.safetensors, network.prototxt, info.json. */
  exportModel(model: ModelId): Promise<{ name: string; bytes: Uint8Array }[]>;
  /**
   * Runs a classifier and its convolutional form on the same random image and compares scores and times. Everything but network and image
   * has a default: full width, random weights, the size that the file declares, the machine's best backend.
   */
  proveSurgery(
    request: Pick<SurgeryRequest, 'prototxt' | 'image'> & Partial<SurgeryRequest>,
    onProgress?: (done: number, total: number) => void,
  ): Promise<SurgeryReport>;
  stopProof(): Promise<void>;
  /** One's own networks; the built-in ones are known by their ids. */
  networks(): Promise<NetworkRecord[]>;
  /** Stores a new network, or, given an id, another name and text for a stored one. The text may be wrong. */
  saveNetwork(draft: NetworkDraft): Promise<NetworkRecord>;
  /** Runs and models keep their own copy of the text. */
  deleteNetwork(id: NetworkId): Promise<void>;
  /** A network and weights, given or drawn, as weights.caffemodel or weights.safetensors and the network's deploy view. */
  exportNetwork(request: Omit<ExportRequest, 'weights'> & { weights: File | null }): Promise<ExportedNetwork>;
  datasets(): Promise<DatasetRecord[]>;
  /**
   * Renames, recolours and merges classes of a stored dataset, by id or name. A merge takes effect as a whole, and is refused
   * while runs that have not ended train on the dataset.
   */
  editClasses(
    dataset: DatasetId,
    edit: ClassEdit,
    onProgress?: (progress: TileProgress) => void,
  ): Promise<void>;
  /** A new dataset of all or some tiles of a stored one, whole or cut smaller, with the same or other classes; its id. */
  cloneDataset(
    dataset: DatasetId,
    request: Pick<CloneSettings, 'name'> & Partial<CloneSettings & { edit: ClassEdit }>,
    onProgress?: (progress: TileProgress) => void,
  ): Promise<DatasetId>;
  /** Folders of PNG pairs and class lists in a zip that DIGITS' forms and importFiles take. */
  exportDataset(dataset: DatasetId, onProgress?: (progress: TileProgress) => void): Promise<ExportedDataset>;
  runs(): Promise<RunRecord[]>;
  models(): Promise<ModelRecord[]>;
}

declare global {
  interface Window {
    intarsia: Intarsia;
  }
}
