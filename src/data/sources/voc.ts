// PASCAL VOC: JPEGImages, SegmentationClass, and lists of names in ImageSets/Segmentation that say which validate.
import { pairByKey } from '../pairing';
import { baseName, fileName } from '../paths';
import { readFile } from '../read-file';
import type { InputFile, LabelFormat } from '../types';
import { isPicture, isText, type FileTree } from './file-tree';
import { classListNames, leftOut, nameFrom, shown, type Candidate, type Source } from './source';
import { vocClasses } from './voc-classes';

export const voc: Source = {
  id: 'voc',
  async match(tree) {
    const found = tree.parentsOf('JPEGImages', 'SegmentationClass').map((root) => candidates(tree, root));
    return (await Promise.all(found)).flat();
  },
};

async function candidates(tree: FileTree, root: string): Promise<Candidate[]> {
  const files = (name: string) =>
    tree.under(tree.child(root, name)!).flatMap(({ file }) => (isPicture(file) ? [file] : []));
  const images = files('JPEGImages');
  const labels = files('SegmentationClass');
  const lists = await readLists(tree, root);
  const labelled = new Set(labels.map(({ path }) => baseName(path)));
  // Most images of VOC have boxes only: thousands of sentences would say so.
  const without = images.filter(({ path }) => !labelled.has(baseName(path)));
  const key = ({ path }: InputFile) => baseName(path);
  const pairing = pairByKey(
    images.filter((file) => !without.includes(file)),
    labels,
    key,
    key,
    (name) => (lists.val.has(name) ? 'val' : 'train'),
  );
  if (pairing.pairs.length === 0) return [];
  const ownSplit =
    pairing.pairs.some(({ split }) => split === 'val') &&
    pairing.pairs.some(({ name }) => lists.train.has(name));
  const unlisted = ownSplit
    ? pairing.pairs.filter(({ name }) => !lists.val.has(name) && !lists.train.has(name))
    : [];
  const forms: [LabelFormat, string, number][] = [
    ['palette-index', 'palette indices', 2],
    ['rgb', 'colours', 1],
  ];
  return forms.map(([format, what, points]): Candidate => ({
    id: format === 'rgb' ? 'voc:colours' : 'voc',
    title: 'PASCAL VOC',
    why: `JPEGImages and SegmentationClass lie in ${shown(root)}${ownSplit ? ', and ImageSets says which validate' : ''}; ${what}`,
    score: 90 + points,
    pairing: {
      ...pairing,
      pairs: pairing.pairs.filter((pair) => !unlisted.includes(pair)),
      imageOnly: without.length,
    },
    ownSplit,
    leftOut: [
      ...leftOut(without, 'JPEGImages', 'no file in SegmentationClass is called alike.'),
      ...leftOut(unlisted, 'SegmentationClass', 'neither train.txt nor val.txt of ImageSets names them.'),
    ],
    format,
    table: vocClasses,
    classFiles: tree.inside(root, ...classListNames),
    name: nameFrom(root || tree.shared.join('/')),
  }));
}

async function readLists(tree: FileTree, root: string): Promise<Record<'train' | 'val', Set<string>>> {
  const sets = tree.child(root, 'ImageSets');
  const folder = sets && (tree.child(sets, 'Segmentation') ?? sets);
  const lists = folder ? tree.under(folder).flatMap(({ file }) => (isText(file) ? [file] : [])) : [];
  const named = async (name: string) => {
    const list = lists.find(({ path }) => fileName(path).toLowerCase() === name);
    if (!list) return new Set<string>();
    const text = new TextDecoder().decode(await readFile(list.file, list.path));
    return new Set(text.split(/\s+/).filter(Boolean).map(baseName));
  };
  return { train: await named('train.txt'), val: await named('val.txt') };
}
