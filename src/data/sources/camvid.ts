// CamVid as SegNet arranged it (train, trainannot ...), as it was published (name.png, name_L.png), and Kaggle's copy.
import { emptyPairing, joined, pairByKey, type Pairing } from '../pairing';
import { baseName, foldersOf } from '../paths';
import type { InputFile, LabelFormat, Split } from '../types';
import { camvidClasses, segnetClasses } from './camvid-classes';
import type { ClassTable } from './class-table';
import { isPicture, type FileTree } from './file-tree';
import { classListNames, leftOut, nameFrom, shown, type Candidate, type Source } from './source';

export const camvid: Source = {
  id: 'camvid',
  match: (tree) => [...tree.parentsOf('trainannot').flatMap((root) => segnet(tree, root)), ...original(tree)],
};

/** train with trainannot, val with valannot; test is left out. */
function segnet(tree: FileTree, root: string): Candidate[] {
  const parts = (['train', 'val'] as const).flatMap((split) => {
    const images = tree.child(root, split);
    const labels = tree.child(root, `${split}annot`);
    if (!images || !labels) return [];
    const files = (folder: string) =>
      tree.under(folder).flatMap(({ file }) => (isPicture(file) ? [file] : []));
    return [{ split, pairing: pairInside(files(images), files(labels), split) }];
  });
  const pairing = parts.reduce<Pairing>((all, part) => joined(all, part.pairing), emptyPairing());
  if (pairing.pairs.length === 0) return [];
  const tests = ['test', 'testannot'].flatMap((name) => {
    const folder = tree.child(root, name);
    return folder ? tree.under(folder).map(({ file }) => file) : [];
  });
  const forms: [LabelFormat | null, ClassTable, string, number][] = [
    [null, segnetClasses, 'SegNet’s eleven classes as grey values', 2],
    ['rgb', camvidClasses, 'the original’s 32 colours', 1],
  ];
  return forms.map(([format, table, what, points]): Candidate => ({
    id: format === 'rgb' ? 'camvid:colours' : 'camvid',
    title: 'CamVid, SegNet’s folders',
    why: `${parts.map(({ split }) => `${split} goes with ${split}annot`).join(', ')} in ${shown(root)}; ${what}`,
    score: 90 + points,
    pairing,
    ownSplit: pairing.pairs.some(({ split }) => split === 'val'),
    leftOut: leftOut(tests, 'test, testannot', 'only training and validation folders are imported.'),
    format: format ?? 'grey-index',
    table,
    classFiles: tree.inside(root, ...classListNames),
    name: nameFrom(root || tree.shared.join('/')),
  }));
}

function pairInside(images: readonly InputFile[], labels: readonly InputFile[], split: Split): Pairing {
  return pairByKey(
    images,
    labels,
    ({ path }) => baseName(path),
    ({ path }) => baseName(path),
    () => split,
  );
}

/** name.png with name_L.png, anywhere; folders called train, val and test part them. */
function original(tree: FileTree): Candidate[] {
  const files = tree.files.filter(isPicture);
  const isLabel = ({ path }: InputFile) => /_L$/.test(baseName(path));
  const part = ({ path }: InputFile) => {
    const found = foldersOf(path).findLast((name) => /^(train|val|test)(_labels?)?$/i.test(name));
    return found ? found.toLowerCase().replace(/_labels?$/, '') : 'train';
  };
  const labels = files.filter(isLabel);
  if (labels.length === 0) return [];
  const usable = (file: InputFile) => part(file) !== 'test';
  const splits = (['train', 'val'] as const).map((split) =>
    pairByKey(
      files.filter((file) => !isLabel(file) && part(file) === split),
      labels.filter((file) => part(file) === split),
      ({ path }) => baseName(path),
      ({ path }) => baseName(path).replace(/_L$/, ''),
      () => split,
    ),
  );
  const pairing = joined(splits[0]!, splits[1]!);
  if (pairing.pairs.length === 0) return [];
  const root = tree.shared.join('/');
  return [
    {
      id: 'camvid-original',
      title: 'CamVid, as published',
      why: 'labels are called like their images with _L behind',
      score: 85,
      pairing,
      ownSplit: pairing.pairs.some(({ split }) => split === 'val'),
      leftOut: leftOut(
        files.filter((file) => !usable(file)),
        'test',
        'only training and validation folders are imported.',
      ),
      format: 'rgb',
      table: camvidClasses,
      classFiles: tree.inside(root, ...classListNames),
      name: nameFrom(root),
    },
  ];
}
