// Cityscapes: leftImg8bit/SPLIT/CITY/..., and four kinds of label files beside each other in gtFine/SPLIT/CITY.
import { pairByKey } from '../pairing';
import type { InputFile, LabelFormat } from '../types';
import type { ClassTable } from './class-table';
import { labelIdClasses, trainIdClasses } from './cityscapes-classes';
import { isPicture, type FileTree } from './file-tree';
import { classListNames, leftOut, nameFrom, shown, type Candidate, type Source } from './source';

const kinds: [suffix: string, format: LabelFormat, table: ClassTable, what: string, points: number][] = [
  ['labelTrainIds', 'grey-index', trainIdClasses, 'train ids (labelTrainIds)', 4],
  ['labelIds', 'grey-index', labelIdClasses, 'label ids (labelIds)', 3],
  ['instanceIds', 'id-1000', labelIdClasses, 'label ids out of the instances (instanceIds)', 2],
  ['color', 'rgb', labelIdClasses, 'colours (color)', 1],
];

export const cityscapes: Source = {
  id: 'cityscapes',
  match: (tree) =>
    ['gtFine', 'gtCoarse'].flatMap((gt) =>
      tree
        .parentsOf('leftImg8bit', gt)
        .flatMap((root) => kinds.flatMap((kind) => candidate(tree, root, gt, kind) ?? [])),
    ),
};

function candidate(
  tree: FileTree,
  root: string,
  gt: string,
  [suffix, format, table, what, points]: (typeof kinds)[number],
): Candidate | null {
  const keys = new Map<InputFile, string>();
  const files = (folder: string, ending: string) =>
    tree.under(tree.child(root, folder)!).flatMap(({ file, below }) => {
      if (!isPicture(file) || !below.endsWith(ending)) return [];
      keys.set(file, below.slice(0, -ending.length));
      return [file];
    });
  const images = files('leftImg8bit', '_leftImg8bit');
  const labels = files(gt, `_${gt}_${suffix}`);
  const key = (file: InputFile) => keys.get(file)!;
  // The test split's labels are dummies.
  const isTest = (file: InputFile) => /^test\//i.test(key(file));
  const isKept = (file: InputFile) => !isTest(file);
  const pairing = pairByKey(images.filter(isKept), labels.filter(isKept), key, key, (name) =>
    /^val\//i.test(name) ? 'val' : 'train',
  );
  if (pairing.pairs.length === 0) return null;
  return {
    id: `cityscapes:${gt === 'gtFine' ? '' : 'coarse-'}${suffix}`,
    title: 'Cityscapes',
    why: `leftImg8bit and ${gt} lie in ${shown(root)}; ${what}`,
    score: 90 + points - (gt === 'gtFine' ? 0 : 10),
    pairing,
    ownSplit: pairing.pairs.some(({ split }) => split === 'val'),
    leftOut: leftOut(
      images.filter(isTest),
      'leftImg8bit/test',
      'the labels of the test images are not public.',
    ),
    format,
    table,
    classFiles: tree.inside(root, ...classListNames),
    name: nameFrom(root || tree.shared.join('/')),
  };
}
