// What a source of data is: it looks at where files lie and says which of them are pairs.
import type { Pairing } from '../pairing';
import { fileName } from '../paths';
import type { InputFile, LabelFormat, Rejection } from '../types';
import type { ClassTable } from './class-table';
import type { FileTree } from './file-tree';

/** One way to understand the files, complete: a source offers one for each set of labels that it finds. */
export interface Candidate {
  /** Names it among all candidates: the source's id, and the set of labels or the folder where there are several. */
  id: string;
  /** The layout's name, such as "SYNTHIA-RAND (CVPR16)". */
  title: string;
  /** What was found that speaks for it, as the end of a sentence: "RGB and GTTXT hold files of the same names". */
  why: string;
  /** Higher is better; candidates of one layout differ by a few points, layouts by tens. */
  score: number;
  pairing: Pairing;
  /** True where the layout says which pairs validate. */
  ownSplit: boolean;
  /** Files and folders left out on purpose. */
  leftOut: Rejection[];
  /** Null: the labels tell. */
  format: LabelFormat | null;
  /** The documented classes; a class list among the files comes before them. */
  table: ClassTable | null;
  /** Finds the classes of a sample of labels, where only files beside the labels name them. */
  tableFor?: (labels: readonly InputFile[]) => Promise<ClassTable>;
  /** Class lists that lie where the layout has them. */
  classFiles: InputFile[];
  /** A name for the dataset. */
  name: string;
}

export interface Source {
  id: string;
  /** Candidates, best first; none where the layout is another. */
  match(tree: FileTree): Candidate[] | Promise<Candidate[]>;
}

/** The usual names of class lists, beside images and labels. */
export const classListNames = [
  'label_colors.txt',
  'label_colours.txt',
  'labelmap.txt',
  'classes.txt',
  'class_dict.csv',
  'dataset_meta.json',
];

const generic =
  /^(images?|imgs?|rgb|train(ing)?|val(id|idation)?|jpegimages|inputs?|photos?|leftimg8bit|data(set)?|)$/i;

/** A dataset's name from a folder's path: its last part that says something. */
export function nameFrom(folder: string): string {
  const parts = folder.split('/').filter((part) => part !== '' && part !== '.');
  return parts.findLast((part) => !generic.test(part)) ?? parts.at(-1) ?? 'dataset';
}

/** A folder as a person sees it, for sentences. */
export const shown = (folder: string): string => (folder === '' ? 'the top folder' : fileName(folder));

/** One line for files of a kind that are left out. */
export function leftOut(files: readonly unknown[], where: string, why: string): Rejection[] {
  if (files.length === 0) return [];
  return [
    {
      file: where,
      reason: `${files.length} ${files.length === 1 ? 'file is' : 'files are'} left out: ${why}`,
    },
  ];
}
