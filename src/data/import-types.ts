// What the loader finds in dropped files, what a person chooses, and what an import says while it runs.
import type { ClassList, DatasetId, LabelFormat, LabelClass, Rejection, Size, Split } from './types';

/** Where the files came from: two folders, or one folder that holds everything. */
export type FileRole = 'images' | 'labels' | 'val-images' | 'val-labels' | 'classes' | 'folder';

/** What a look at the files found, before anything is stored. */
export interface Survey {
  /** 'camvid' is SegNet's layout (train, trainannot, val, valannot ...); 'folders' are two or four named folders. */
  layout: 'camvid' | 'folders';
  /** A name for the dataset, from the folder's. */
  name: string;
  /** Pairs by base name; `val` is 0 where the source has no validation folders of its own. */
  pairs: Record<Split, number>;
  ownValidation: boolean;
  /** Files without a partner, unreadable names and the like, each with its reason. */
  rejected: Rejection[];
  /** From a sample of the labels; null with `problem` saying why where no label of the sample could be read. */
  format: LabelFormat | null;
  problem: string | null;
  classes: LabelClass[];
  voidClass: LabelClass | null;
  /** Where the class list came from: a file of the drop, the labels' palette, or the values found. */
  classesFrom: 'file' | 'palette' | 'values';
  /** Sizes of the sampled images, most frequent first. */
  sizes: Size[];
  /** A few pairs to look at: [image path, label path]. */
  samples: { name: string; split: Split }[];
}

/** The person's choices for an import. */
export interface ImportSettings {
  name: string;
  classes: ClassList;
  /** Null: decided by the labels. */
  format: LabelFormat | null;
  /** Share of the pairs for validation in percent; ignored where the source has its own validation folders. */
  validationPercent: number;
  seed: number;
  scale: Size | null;
  tile: Size | null;
}

export interface ImportProgress {
  phase: 'reading' | 'storing' | 'finishing';
  done: number;
  total: number;
  tiles: number;
  rejected: number;
  pairsPerSecond: number;
  secondsLeft: number | null;
}

/** The result of an import: `import`'s last line in the terminal. */
export interface ImportReport {
  dataset: DatasetId;
  name: string;
  format: LabelFormat;
  pairs: number;
  train: number;
  val: number;
  /** All classes with their pixels over both splits; the void class, where there is one, comes last with `void: true`. */
  classes: (LabelClass & { pixels: number; void?: true })[];
  rejected: Rejection[];
  tiles: number;
  seconds: number;
  /** False when the import was cancelled or ran out of storage and the stored part was kept. */
  complete: boolean;
}
