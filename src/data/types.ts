// What a segmentation dataset is, as plain records. Storage keeps them, every thread reads them.
import type { CityScene } from './city/city-settings';

export type DatasetId = string & { readonly brand?: 'DatasetId' };
export type Rgb = readonly [red: number, green: number, blue: number];
export type Split = 'train' | 'val';

export interface Size {
  width: number;
  height: number;
}

/**
 * How pictures of other sizes come to one size: `stretch` scales both sides alone (DIGITS: squash), `fit` keeps the aspect
 * ratio and pads with black and void (fill), `crop` keeps it and cuts the centre out (crop), `exact` leaves other sizes out.
 */
export const resizeModes = ['stretch', 'fit', 'crop', 'exact'] as const;
export type ResizeMode = (typeof resizeModes)[number];

/** The size that pictures come to, by `stretch` where no mode is given. */
export interface Scale extends Size {
  mode?: ResizeMode;
}

/** In every stored label map: a pixel that neither trains nor counts. */
export const VOID = 255;

/** A class of the dataset. `id` is its value in the source's labels; in stored label maps a class is its position in the list. */
export interface LabelClass {
  id: number;
  name: string;
  colour: Rgb;
}

/** The classes of a dataset in the order of the network's scores, and the class that is void, if the source has one. */
export interface ClassList {
  classes: LabelClass[];
  voidClass: LabelClass | null;
}

/** How label files say which class a pixel is; label-values.ts reads each. */
export const labelFormats = [
  'grey-index',
  'palette-index',
  'rgb',
  'first-channel',
  'text-ids',
  'id-1000',
  'id-256',
  'ade20k',
] as const;

/**
 * The value of a pixel is its grey value, its palette index, its colour as one number, the first of three channels (16-bit
 * PNGs with class and instance), a number in a text file, or the class's part of a number that holds the instance too:
 * id * 1000 + instance (Cityscapes), id * 256 + instance (KITTI), red * 256 + green (ADE20K).
 */
export type LabelFormat = (typeof labelFormats)[number];

/** A value (for `rgb` the colour as one number) that is read as the class of that id, or as void for null. */
export interface Alias {
  value: number;
  id: number | null;
}

/** A picture: 8-bit RGB, row by row, three bytes a pixel. */
export interface RgbImage extends Size {
  rgb: Uint8Array;
}

/** A label map: one class position (or VOID) per pixel, row by row. */
export interface LabelMap extends Size {
  labels: Uint8Array;
}

/** A file that could not be used, and why, in a sentence for a person. */
export interface Rejection {
  file: string;
  reason: string;
}

/** What can be read when it is needed: a file of the disk, or an entry of an archive. */
export interface FileContent {
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
  slice(start: number, end: number): Pick<Blob, 'arrayBuffer'>;
}

/** A file that is opened when it is read, and no longer: a browser takes kilobytes for each file that a page holds. */
export interface LateFile {
  /** Rejects where the file is gone or may not be read. */
  open(): Promise<File>;
}

/** A file with the path it had in the folder or archive it came from. */
export interface InputFile {
  path: string;
  file: FileContent | LateFile;
}

/** A file that was dropped or picked. */
export interface FoundFile extends InputFile {
  file: File | LateFile;
}

/** A file that is open already: it can be sent to a worker. */
export interface SourceFile extends FoundFile {
  file: File;
}

/** Pixel counts of the stored label maps: one number per class position, and the void pixels. */
export interface PixelCounts {
  classes: number[];
  void: number;
}

export type ChannelSums = [red: number, green: number, blue: number];

/** How far an import came: the first `done` of `total` pairs are stored or rejected. */
export interface Unfinished {
  done: number;
  total: number;
  /** Why it ended; absent while it runs, and where its page ended. */
  stopped?: 'cancelled' | 'storage-full' | 'failed';
}

export interface DatasetRecord {
  id: DatasetId;
  schema: 1;
  name: string;
  createdAt: number;
  /** 'partial' after an import that was cancelled or ran out of storage: what is stored is usable. */
  state: 'importing' | 'partial' | 'ready';
  format: LabelFormat;
  classes: LabelClass[];
  voidClass: LabelClass | null;
  /** What every pair came to before cutting; null when each kept its own size. */
  scale: Scale | null;
  /** The tile size; null when pairs are stored whole. */
  tile: Size | null;
  /** How many pixels neighbouring tiles share, if any. */
  overlap?: number;
  /** Tiles with more void than this were left out, and how many those are. */
  maxVoidPercent?: number;
  droppedTiles?: number;
  split: { kind: 'share'; percent: number; seed: number } | { kind: 'folders' };
  pairs: Record<Split, number>;
  tiles: Record<Split, number>;
  /** Of the pictures, each pixel once: neither what pads them nor what lies in no tile is counted. */
  pixels: Record<Split, PixelCounts>;
  /** Sums of red, green and blue over the same pixels, so that their mean is exact; absent in older records. */
  channelSums?: Record<Split, ChannelSums>;
  /** The sizes of the stored tiles and how many there are of each; training needs one size, or batch 1. */
  tileSizes: { width: number; height: number; count: number }[];
  rejected: Rejection[];
  sizeBytes: number;
  /** Only while the import is not complete. */
  unfinished?: Unfinished;
  /** What made it; absent in older records of imported files. */
  source?: DatasetSource;
}

/** Where a dataset came from: files in a layout (its title), the synthetic city, tiles of another one (which, in words), or photos to be annotated. */
export type DatasetSource =
  | { kind: 'files'; layout: string }
  | { kind: 'city'; scene: CityScene }
  | { kind: 'clone'; name: string; what: string }
  | { kind: 'photos' };

/** Where a tile is: `index` counts from 0 within the split. */
export interface TileKey {
  dataset: DatasetId;
  split: Split;
  index: number;
}

/** What is known of a tile without its pixels. */
export interface TileFacts extends TileKey, Size {
  /** Base name of the source image, and where in the scaled image the tile's top left pixel lies. */
  name: string;
  x: number;
  y: number;
  /** Of the tile's own label map, what pads it counted as void. */
  pixels: PixelCounts;
}

/** One tile with its pixels. Storage keeps facts, picture and label map apart, so that each can be read alone. */
export interface TileRecord extends TileFacts {
  /** width * height * 3 bytes. */
  rgb: Uint8Array;
  /** The label map, deflated (raw DEFLATE). */
  labels: Uint8Array;
}
