// KITTI's semantic benchmark: training/image_2 with semantic (ids), semantic_rgb (colours) or instance (id * 256 + instance).
import { pairByKey } from '../pairing';
import type { InputFile, LabelFormat } from '../types';
import { labelIdClasses } from './cityscapes-classes';
import { isPicture, type FileTree } from './file-tree';
import { classListNames, leftOut, nameFrom, shown, type Candidate, type Source } from './source';

const kinds: [folder: string, format: LabelFormat, points: number][] = [
  ['semantic', 'grey-index', 3],
  ['instance', 'id-256', 2],
  ['semantic_rgb', 'rgb', 1],
];

export const kitti: Source = {
  id: 'kitti',
  match: (tree) =>
    kinds.flatMap(([folder, format, points]) =>
      tree
        .parentsOf('image_2', folder)
        .filter((part) => !/testing$/i.test(part))
        .flatMap((part) => candidate(tree, part, folder, format, points) ?? []),
    ),
};

function candidate(
  tree: FileTree,
  part: string,
  folder: string,
  format: LabelFormat,
  points: number,
): Candidate | null {
  const keys = new Map<InputFile, string>();
  const files = (name: string) =>
    tree.under(tree.child(part, name)!).flatMap(({ file, below }) => {
      if (!isPicture(file)) return [];
      keys.set(file, below);
      return [file];
    });
  const key = (file: InputFile) => keys.get(file)!;
  const pairing = pairByKey(files('image_2'), files(folder), key, key);
  if (pairing.pairs.length === 0) return null;
  const root = part.split('/').slice(0, -1).join('/');
  const testing = tree.child(root, 'testing');
  return {
    id: `kitti:${folder}`,
    title: 'KITTI',
    why: `image_2 and ${folder} in ${shown(part)} hold files of the same names`,
    score: 90 + points,
    pairing,
    ownSplit: false,
    leftOut: testing ? leftOut(tree.under(testing), testing, 'the test images have no labels.') : [],
    format,
    table: labelIdClasses,
    classFiles: tree.inside(root, ...classListNames),
    name: nameFrom(root || tree.shared.join('/')),
  };
}
