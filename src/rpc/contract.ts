// What each worker offers. Types only: both sides import this file and nothing of each other.
import type {
  ImportProgress,
  ImportReport,
  ImportSettings,
  FileRole,
  PairReading,
  Survey,
} from '../data/import-types';
import type { ClassEdit } from '../data/class-edit';
import type { CloneSettings } from '../data/dataset-clone';
import type { ExportSummary } from '../data/dataset-export';
import type { Scores } from '../data/metrics';
import type { TileProgress } from '../data/tile-meter';
import type { PhotoSettings } from '../data/photos';
import type { CityFrame } from '../data/city/city-job';
import type { CityScene, CitySettings } from '../data/city/city-settings';
import type {
  ClassList,
  DatasetId,
  LabelClass,
  LabelMap,
  RgbImage,
  Size,
  SourceFile,
  TileKey,
} from '../data/types';
import type { NetworkDraft, NetworkId, NetworkRecord } from '../nets/network-record';
import type { BackendChoice, BackendName, BackendReport } from '../engine/backends';
import type { SurgeryNetworksRequest } from '../inference/surgery-networks';
import type { SurgeryProof } from '../inference/surgery-proof';
import type { ExportedNetwork, ExportRequest } from '../inference/export-network';
import type { ModelId, RunEvent, RunId, SnapshotKey, TrainSettings } from '../training/types';

/** Which list of files is meant. */
export type FilesFor = 'new' | 'go-on';

export interface CloneRequest extends CloneSettings {
  edit: ClassEdit;
}

export interface ExportedDataset extends ExportSummary {
  /** The zip; null where it was written to a file that a person chose. */
  file: Blob | null;
}

/** Work on stored datasets, one at a time. Progress comes at 10 Hz at most. */
export interface DatasetWorkApi {
  /**
   * Renames, recolours and merges classes. A merge rewrites all label maps and takes effect as a whole at its end, or not at all; it is
   * refused, naming them, while runs that have not ended train on the dataset.
   */
  editClasses(id: DatasetId, edit: ClassEdit, onProgress: (progress: TileProgress) => void): Promise<void>;
  /** A new dataset of the tiles of a stored one; its id. Nothing is kept of one that was stopped. */
  cloneDataset(
    from: DatasetId,
    request: CloneRequest,
    onProgress: (progress: TileProgress) => void,
  ): Promise<DatasetId>;
  /** Folder pairs and class lists in a zip, into the file or as a Blob. */
  exportDataset(
    id: DatasetId,
    file: FileSystemFileHandle | null,
    onProgress: (progress: TileProgress) => void,
  ): Promise<ExportedDataset>;
  /** Stops what goes on; it rejects with 'aborted'. */
  cancelDatasetWork(): void;
}

/** What annotating stores. */
export interface AnnotationApi {
  /**
   * Gives a tile another label map, one byte a pixel. `classIds` are those of the classes that its values stand for: refused with
   * 'bad-label' where the dataset has others by now.
   */
  storeLabels(key: TileKey, labels: Uint8Array, classIds: readonly number[]): Promise<void>;
  /** Adds a class after the last one. 'bad-classes' where its name or colour is taken. */
  addClass(id: DatasetId, added: Pick<LabelClass, 'name' | 'colour'>): Promise<void>;
  /** A dataset of photos without labels. `cancelImport` ends it; what is stored is kept. Progress comes at 10 Hz at most. */
  importPhotos(
    files: SourceFile[],
    settings: PhotoSettings,
    onProgress: (progress: ImportProgress) => void,
  ): Promise<ImportReport>;
}

/** Snapshots of stored runs; here and not with the trainer, which may be busy. */
export interface SnapshotApi {
  /** Keeps a snapshot until it is let go; one that is let go is removed unless the run has another use for it. */
  keepSnapshot(key: SnapshotKey, kept: boolean): Promise<void>;
  /** Its weights with its network as a .safetensors file. 'not-found' where it is gone. */
  snapshotFile(key: SnapshotKey): Promise<Blob>;
}

/** Every function here becomes asynchronous for the caller; a thrown AppError arrives with its code and details. */
export interface LoaderApi extends DatasetWorkApi, AnnotationApi, SnapshotApi {
  /**
   * Takes the paths of files as a new list, forgetting the last one; there is one for a new dataset, and one to go on with an import.
   * `open` is asked for a file whenever it is read, by its role and its place among the paths.
   */
  takeFiles(
    paths: Partial<Record<FileRole, string[]>>,
    open: (role: FileRole, index: number) => Promise<File>,
    list?: FilesFor,
  ): void;
  /** Looks at the list: layout, pairs, label format, classes. Stores nothing. `layout` is the id of one it offered before. */
  survey(layout?: string): Promise<Survey>;
  /** The pair of that name decoded, at its own size unless one is given, for a look before the import. Buffers are transferred. */
  transferPair(name: string, reading: PairReading): Promise<{ image: RgbImage; label: LabelMap }>;
  /** Stores the surveyed files as a dataset. Progress comes at 10 Hz at most. `handles` are kept to go on with it later. */
  importDataset(
    settings: ImportSettings,
    onProgress: (progress: ImportProgress) => void,
    handles?: FileSystemHandle[],
  ): Promise<ImportReport>;
  /** Goes on with an import that was ended: a city by itself, files from the list for it, which must be as they were. */
  goOnImporting(id: DatasetId, onProgress: (progress: ImportProgress) => void): Promise<ImportReport>;
  /** Makes a dataset of what is stored of an import that was ended. */
  keepImported(id: DatasetId): Promise<void>;
  /** Draws one frame of the synthetic city; buffers are transferred. 'no-backend' where there is no WebGL 2. */
  transferCityFrame(scene: CityScene, frame: number, size: Size): Promise<CityFrame>;
  /** Draws frames of the city and stores them as a dataset. Progress comes at 10 Hz at most. */
  makeCity(settings: CitySettings, onProgress: (progress: ImportProgress) => void): Promise<ImportReport>;
  /** Ends a running import or city after the current pair; what is stored is kept and the report says complete: false. */
  cancelImport(): void;
  /** An indexed PNG: pixel values are the classes' ids, the palette their colours, void as the void class's id or 255. */
  encodeLabelPng(label: LabelMap, classes: ClassList): Uint8Array;
  /** An image file decoded to pixels (transferred), EXIF orientation applied. */
  transferImage(file: File): Promise<RgbImage>;
  renameDataset(id: DatasetId, name: string): Promise<void>;
  /** Refused, naming the run, while a waiting, running or paused run trains on it. */
  deleteDataset(id: DatasetId): Promise<void>;
  /** Stores a new network, or a stored one's new name and text. Here, because the trainer may be busy. */
  saveNetwork(draft: NetworkDraft): Promise<NetworkRecord>;
  deleteNetwork(id: NetworkId): Promise<void>;
}

export interface Segmentation extends LabelMap {
  /** Pixels per class position. */
  pixels: number[];
  milliseconds: number;
  backend: BackendChoice;
}

export interface Evaluation extends Scores {
  images: number;
  /** Share of the largest class among the pixels that are not void. */
  baseline: number;
  seconds: number;
  rejected: { file: string; reason: string }[];
}

export interface SurgeryRequest extends SurgeryNetworksRequest {
  /** What the window is slid over. */
  image: Size;
  /** The model whose weights both networks get; null for random ones. */
  model: ModelId | null;
  backend: BackendName | 'auto';
}

export interface SurgeryReport extends SurgeryProof {
  /** What the classifier takes. */
  size: Size;
  backend: BackendChoice;
}

export interface TrainerApi {
  /** Which backends this machine has, in the order in which they would be chosen. */
  probe(): Promise<BackendReport[]>;
  /** Makes `name` (or the best) the running backend and says why. */
  choose(name: BackendName | 'auto'): Promise<BackendChoice>;
  /** Checks the settings against the dataset and the network and stores a waiting run; `start` is the model or the snapshot it starts from, if any. */
  createRun(
    name: string | null,
    settings: TrainSettings,
    start: ModelId | SnapshotKey | null,
  ): Promise<RunId>;
  /**
   * Stores a waiting run with the settings of another but for `changes`, for the epochs that are left of it. It starts from the
   * weights of that one's last snapshot, without what its solver kept; where that has none, it begins anew.
   */
  createRunFrom(run: RunId, changes: Partial<TrainSettings>): Promise<RunId>;
  /**
   * Runs the stored run `id` to its end; a run with a snapshot goes on from there. `backend` is what it runs on from now on; null for what its
   * settings say. `takeOver` takes it from the tab that trains it now. Resolves when it ended, however it ended.
   */
  train(
    id: RunId,
    backend: BackendName | 'auto' | null,
    takeOver: boolean,
    onEvent: (event: RunEvent) => void,
  ): Promise<void>;
  pause(): void;
  resume(): void;
  /** Ends the running run after the current step, keeping its last finished epoch. */
  stop(): void;
  /** Ends the running run with the epoch that it is in, or no longer so. */
  stopAfterEpoch(stops: boolean): void;
  /** Keeps the weights of the running run as they are after its current step; resolves when they are stored. 'bad-settings' where none runs. */
  snapshotNow(): Promise<void>;
  /** Changes the learning rate of the running run from its next step on. 'bad-settings' where none runs, or it is no number above 0. */
  setLearningRate(rate: number): Promise<void>;
  /** Reads a .safetensors or .caffemodel file and stores it as a model. Without a prototxt the file's own metadata must have one. */
  importModel(name: string, file: Blob, prototxt: string | null): Promise<ModelId>;
  /** A network and its weights as files for other programs; their buffers are transferred. */
  transferExport(request: ExportRequest): ExportedNetwork;
  deleteModel(id: ModelId): Promise<void>;
  /** Removes a run with its curves, previews, snapshots and model; refused while it runs. */
  deleteRun(id: RunId): Promise<void>;
  /** Labels an image at its own size; the label map's buffer is transferred. */
  transferSegmentation(model: ModelId, image: File, backend: BackendName | 'auto'): Promise<Segmentation>;
  /** Compares predictions with labels, pair by pair, at each image's own size. */
  evaluate(
    model: ModelId,
    pairs: { image: SourceFile; label: SourceFile }[],
    classes: ClassList | null,
    backend: BackendName | 'auto',
    onProgress: (done: number, total: number) => void,
  ): Promise<Evaluation>;
  /** Runs a classifier and its convolutional form side by side: the same scores, and the time of each. */
  proveSurgery(
    request: SurgeryRequest,
    onProgress: (done: number, total: number) => void,
  ): Promise<SurgeryReport>;
  /** Ends it; it rejects with 'aborted'. */
  stopProof(): void;
}
