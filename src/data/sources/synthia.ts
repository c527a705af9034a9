// SYNTHIA in all its subsets: images in RGB, labels as colours, as text, or as 16-bit PNGs with class and instance.
import { pairByKey } from '../pairing';
import type { LabelFormat } from '../types';
import type { ClassTable } from './class-table';
import { isPicture, isText, type FileTree, type Found } from './file-tree';
import { classListNames, leftOut, nameFrom, shown, type Candidate, type Source } from './source';
import { randCityscapesClasses, randClasses, sequenceClasses, sfClasses } from './synthia-classes';

/** One folder of labels that a subset may have. */
interface LabelFolder {
  /** From the dataset's folder. */
  path: string[];
  format: LabelFormat;
  /** Points for being the more exact one. */
  points: number;
}

interface Subset {
  id: string;
  title: string;
  images: string;
  labels: LabelFolder[];
  table: ClassTable;
  /** Subsets of the same folders differ by whether there are folders below RGB: cameras and directions. */
  cameras?: boolean;
  other: string[];
}

const classes16: LabelFolder = { path: ['GT', 'LABELS'], format: 'first-channel', points: 3 };
const classColours: LabelFolder = { path: ['GT', 'COLOR'], format: 'rgb', points: 1 };

const subsets: Subset[] = [
  {
    id: 'synthia-rand',
    title: 'SYNTHIA-RAND (CVPR16)',
    images: 'RGB',
    labels: [
      { path: ['GTTXT'], format: 'text-ids', points: 2 },
      { path: ['GT'], format: 'rgb', points: 1 },
    ],
    table: randClasses,
    other: [],
  },
  {
    id: 'synthia-rand-cityscapes',
    title: 'SYNTHIA-RAND-CITYSCAPES',
    images: 'RGB',
    labels: [classes16, classColours],
    table: randCityscapesClasses,
    cameras: false,
    other: ['Depth'],
  },
  {
    id: 'synthia-seqs',
    title: 'SYNTHIA-SEQS',
    images: 'RGB',
    labels: [classes16, classColours],
    table: sequenceClasses,
    cameras: true,
    other: ['Depth'],
  },
  {
    id: 'synthia-sf',
    title: 'SYNTHIA-SF',
    images: 'RGBLeft',
    labels: [
      { path: ['GTLeft'], format: 'rgb', points: 2 },
      { path: ['GTLeft'], format: 'first-channel', points: 1 },
    ],
    table: sfClasses,
    other: ['DepthLeft', 'RGBRight', 'GTRight', 'DepthRight'],
  },
  {
    id: 'synthia-al',
    title: 'SYNTHIA-AL',
    images: 'RGB',
    labels: [
      { path: ['SemSeg'], format: 'rgb', points: 2 },
      { path: ['SemSeg'], format: 'first-channel', points: 1 },
    ],
    table: sequenceClasses,
    other: ['Depth'],
  },
];

export const synthia: Source = {
  id: 'synthia',
  match: (tree) => subsets.flatMap((subset) => candidatesOf(tree, subset)),
};

function candidatesOf(tree: FileTree, subset: Subset): Candidate[] {
  return subset.labels.flatMap((labels) => {
    const roots = tree
      .parentsOf(subset.images)
      .map((root) => ({ root, folder: descend(tree, root, labels.path) }))
      .filter((found): found is Root => found.folder !== null);
    // Sequences are parts of one dataset; other subsets side by side are datasets of their own.
    const groups = subset.cameras ? [roots] : roots.map((root) => [root]);
    return groups.flatMap((group) => candidate(tree, subset, labels, group, roots.length > 1) ?? []);
  });
}

interface Root {
  root: string;
  folder: string;
}

function candidate(
  tree: FileTree,
  subset: Subset,
  labels: LabelFolder,
  roots: Root[],
  several: boolean,
): Candidate | null {
  const isLabel = labels.format === 'text-ids' ? isText : isPicture;
  const many = roots.length > 1;
  const images: (Found & { key: string })[] = [];
  const targets: (Found & { key: string })[] = [];
  for (const { root, folder } of roots) {
    const keyed = (found: Found) => ({ ...found, key: many ? `${shown(root)}/${found.below}` : found.below });
    const rgb = tree.child(root, subset.images)!;
    images.push(
      ...tree
        .under(rgb)
        .filter(({ file }) => isPicture(file))
        .map(keyed),
    );
    const nested = ['color', 'labels']
      .map((name) => tree.child(folder, name))
      .filter((path) => path !== null);
    targets.push(
      ...tree
        .under(folder)
        .filter(({ file }) => isLabel(file) && !nested.some((path) => file.path.startsWith(path + '/')))
        .map(keyed),
    );
  }
  if (images.length === 0 || targets.length === 0) return null;
  if (subset.cameras !== undefined && images.some(({ below }) => below.includes('/')) !== subset.cameras)
    return null;
  const keys = new Map([...images, ...targets].map(({ file, key }) => [file, key]));
  const keyOf = (file: Found['file']) => keys.get(file)!;
  const files = (list: Found[]) => list.map(({ file }) => file);
  const pairing = pairByKey(files(images), files(targets), keyOf, keyOf);
  if (pairing.pairs.length === 0) return null;
  const { root } = roots[0]!;
  const where = labels.path.join('/');
  return {
    id: [subset.id, where, ...(several && !many ? [root] : [])].join(':'),
    title: subset.title,
    why: `${subset.images} and ${where} ${many ? `of ${roots.length} sequences ` : ''}hold files of the same names${several && !many ? ` (in ${shown(root)})` : ''}`,
    score: 90 + labels.points,
    pairing,
    ownSplit: false,
    leftOut: subset.other.flatMap((name) => {
      const folder = many ? null : tree.child(root, name);
      return folder
        ? leftOut(tree.under(folder), folder, `${subset.title} has its images in ${subset.images}.`)
        : [];
    }),
    format: labels.format,
    table: subset.table,
    classFiles: tree.inside(root, ...classListNames),
    name: many ? nameFrom(tree.shared.join('/')) : nameFrom(root || tree.shared.join('/')),
  };
}

function descend(tree: FileTree, root: string, path: readonly string[]): string | null {
  let folder: string | null = root;
  for (const name of path) folder = folder === null ? null : tree.child(folder, name);
  return folder;
}
