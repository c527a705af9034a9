// What the loader finds in dropped files, what a person chooses, and what an import says while it runs.
import type {
  Alias,
  ClassList,
  DatasetId,
  LabelFormat,
  LabelClass,
  PixelCounts,
  Rejection,
  Scale,
  Size,
  Split,
} from './types';

/** Where the files came from: two folders, or one folder that holds everything. */
export type FileRole = 'images' | 'labels' | 'val-images' | 'val-labels' | 'classes' | 'folder';

/** A way to understand the files. */
export interface LayoutChoice {
  id: string;
  title: string;
  /** What speaks for it. */
  why: string;
}

/** A value of the labels that no class has. */
export interface UnknownValue {
  value: number;
  /** As a person writes it: "128 64 128", or "17". */
  text: string;
  pixels: number;
  files: number;
  /** For colours: the class whose colour is nearest. */
  nearest: number | null;
}

/** What the sample of labels that was read showed. */
export interface SampleFound {
  labels: number;
  /** In the order of the survey's classes. */
  pixels: PixelCounts;
  wrongSize: number;
  /** Most frequent first. */
  unknown: UnknownValue[];
  /** The sampled files that cannot be used, each with its reason; the import finds them again. */
  rejected: Rejection[];
}

/** What a look at the files found, before anything is stored. */
export interface Survey {
  /** The id of the layout that the files were understood by, and all that are possible, best first. */
  layout: string;
  layouts: LayoutChoice[];
  /** A name for the dataset, from the folder's. */
  name: string;
  /** `val` is 0 where the source has no validation pairs of its own. */
  pairs: Record<Split, number>;
  /** Images without label and labels without image. */
  imageOnly: number;
  labelOnly: number;
  ownValidation: boolean;
  /** Files without a partner, unreadable names and the like, each with its reason. */
  rejected: Rejection[];
  /** From a sample of the labels; null with `problem` saying why where no label of the sample could be read. */
  format: LabelFormat | null;
  problem: string | null;
  classes: LabelClass[];
  voidClass: LabelClass | null;
  /** Further values of the classes. */
  also: Alias[];
  /** Where the class list came from: a file of the drop, the layout's documentation, the labels' palette, or the values found. */
  classesFrom: 'file' | 'layout' | 'palette' | 'values';
  /** Sentences about what is odd but no reason to leave a file out. */
  notes: string[];
  sample: SampleFound;
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
  /** Whether the source's own validation pairs count, where it has some (if not given), or a share of all pairs. */
  split?: 'own' | 'share';
  /** Share of the pairs for validation in percent. */
  validationPercent: number;
  seed: number;
  scale: Scale | null;
  tile: Size | null;
  /** How many pixels neighbouring tiles share; 0 if not given. */
  overlap?: number;
  /** Tiles with more void than this are left out, what pads them included; 100 if not given. */
  maxVoidPercent?: number;
  /** Every value of the labels and the id of its class; if not given, classes have their own values and the survey's others. */
  values?: Alias[];
  /** What becomes of values that no class has: their file is left out (if not given), or they become void and are counted. */
  unknown?: 'reject' | 'void';
}

/** How a pair that is looked at before the import is read; what is not given is as the survey found it. */
export interface PairReading extends ClassList {
  values?: Alias[];
  format?: LabelFormat | null;
  /** What the pair is brought to; its own size if not given. */
  scale?: Scale | null;
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
  /** What was odd and no reason to leave a file out: values read as void, palettes that differ. */
  notes: string[];
  tiles: number;
  seconds: number;
  /** False when the import was cancelled or ran out of storage and the stored part was kept. */
  complete: boolean;
}
