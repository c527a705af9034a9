// The page's public object, window.intarsia: the verbs that the pages call, the terminal driver calls, and anyone may.
import type { CitySettings } from '../data/city/city-settings';
import type { ImportProgress, ImportReport, FileRole } from '../data/import-types';
import type { DatasetRecord, LabelFormat, Size, SourceFile } from '../data/types';
import type { NetworkDescription } from '../nets/describe';
import type { CheckReport, DescribeRequest } from '../nets/describe-request';
import type { NetworkDraft, NetworkId, NetworkRecord } from '../nets/network-record';
import type { Evaluation, Segmentation, SurgeryReport, SurgeryRequest } from '../rpc/contract';
import type { ExportedNetwork, ExportRequest } from '../inference/export-network';
import type { BackendName, BackendReport } from '../engine/backends';
import type {
  EpochRecord,
  ModelId,
  ModelRecord,
  RunEvent,
  RunId,
  RunRecord,
  TrainSettings,
} from '../training/types';

export interface ImportRequest {
  name: string;
  /** Files by the role of the folder they came from; zip, tar and tar.gz stand for folders. `classes` takes class lists. */
  files: Partial<Record<FileRole, SourceFile[]>>;
  format?: LabelFormat | 'auto';
  /** Percent of the pairs, unless the source has validation folders; 10 if not given. */
  validationPercent?: number;
  seed?: number;
  scale?: Size;
  tile?: Size;
  /** The id of a layout, such as 'synthia-rand:GT' or 'folders'; found out if not given. */
  layout?: string;
  /** What becomes of label values that no class has: their file is left out, or they are void. 'reject' if not given. */
  unknown?: 'reject' | 'void';
}

/** Everything but the dataset has a default: FCN-AlexNet at full width, see train-defaults.ts. */
export type TrainRequest = Partial<Omit<TrainSettings, 'dataset'>> & {
  dataset: string;
  name?: string;
  /** The model whose weights the run starts from, as far as they fit; random ones if not given. */
  start?: ModelId;
};

/** What `train` answers: the last line of the terminal's `train`. */
export interface TrainReport {
  run: RunId;
  status: 'done' | 'stopped';
  backend: BackendName;
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
  describe(request: DescribeRequest): Promise<NetworkDescription>;
  /** What is wrong with a network; never rejects for a network that is. */
  check(request: DescribeRequest): Promise<CheckReport>;
  importFiles(request: ImportRequest, onProgress?: (progress: ImportProgress) => void): Promise<ImportReport>;
  /**
   * Draws frames of the synthetic city and stores them as a dataset. What is not given: 120 frames of 240 x 180, seed 1, a tenth for
   * validation, any weather, hour and camera.
   */
  makeCity(
    request: Partial<CitySettings> & { name: string },
    onProgress?: (progress: ImportProgress) => void,
  ): Promise<ImportReport>;
  /** `dataset` is an id or a name. Rejects with the run's error if it failed. */
  train(request: TrainRequest, onEvent?: (event: RunEvent) => void): Promise<TrainReport>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
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
  runs(): Promise<RunRecord[]>;
  models(): Promise<ModelRecord[]>;
}

declare global {
  interface Window {
    intarsia: Intarsia;
  }
}
