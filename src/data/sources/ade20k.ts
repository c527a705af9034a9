// ADE20K: the scene parsing benchmark's folders, and the full dataset, whose classes stand in text files beside the labels.
import { decodePng } from '../../formats/png';
import { defaultColour } from '../default-colour';
import { pairByKey } from '../pairing';
import { baseName, foldersOf } from '../paths';
import { readFile } from '../read-file';
import type { InputFile, Split } from '../types';
import { ade20kClasses } from './ade20k-classes';
import type { ClassTable, TableClass } from './class-table';
import { isPicture, type FileTree } from './file-tree';
import { classListNames, nameFrom, shown, type Candidate, type Source } from './source';

export const ade20k: Source = {
  id: 'ade20k',
  match: (tree) => [
    ...tree.parentsOf('annotations', 'images').flatMap((root) => benchmark(tree, root)),
    ...full(tree),
  ],
};

const splitOf = (key: string): Split => (/(^|\/)val(idation)?\//i.test(key) ? 'val' : 'train');

function benchmark(tree: FileTree, root: string): Candidate[] {
  const keys = new Map<InputFile, string>();
  const files = (folder: string) =>
    tree.under(tree.child(root, folder)!).flatMap(({ file, below }) => {
      if (!isPicture(file) || !/^(training|validation)\//i.test(below)) return [];
      keys.set(file, below);
      return [file];
    });
  const key = (file: InputFile) => keys.get(file)!;
  const pairing = pairByKey(files('images'), files('annotations'), key, key, splitOf);
  if (pairing.pairs.length === 0) return [];
  return [
    {
      id: 'ade20k',
      title: 'ADE20K, scene parsing',
      why: `images and annotations in ${shown(root)} have training and validation folders`,
      score: 85,
      pairing,
      ownSplit: pairing.pairs.some(({ split }) => split === 'val'),
      leftOut: [],
      format: 'grey-index',
      table: ade20kClasses,
      classFiles: tree.inside(root, ...classListNames),
      name: nameFrom(root || tree.shared.join('/')),
    },
  ];
}

/** name.jpg, name_seg.png, name_atr.txt in folders of scenes. */
function full(tree: FileTree): Candidate[] {
  const folder = tree.shared.join('/');
  const found = tree.under(folder);
  const attributes = new Map<string, InputFile>();
  const keys = new Map<InputFile, string>();
  const images: InputFile[] = [];
  const labels: InputFile[] = [];
  for (const { file, below } of found) {
    if (/_atr$/.test(below)) attributes.set(pathKey(file, /_atr$/), file);
    else if (!isPicture(file) || /_parts_\d+$/.test(below)) continue;
    else {
      (/_seg$/.test(below) ? labels : images).push(file);
      keys.set(file, below.replace(/_seg$/, ''));
    }
  }
  if (labels.length === 0 || attributes.size === 0) return [];
  const key = (file: InputFile) => keys.get(file)!;
  const pairing = pairByKey(images, labels, key, key, splitOf);
  if (pairing.pairs.length === 0) return [];
  return [
    {
      id: 'ade20k-full',
      title: 'ADE20K, full',
      why: 'labels are called like their images with _seg behind, and _atr files name the classes',
      score: 88,
      pairing,
      ownSplit: pairing.pairs.some(({ split }) => split === 'val'),
      leftOut: [],
      format: 'ade20k',
      table: null,
      tableFor: (sample) => namedClasses(sample, attributes),
      classFiles: tree.inside(folder, ...classListNames),
      name: nameFrom(folder),
    },
  ];
}

/** The file's path without its extension and an ending of its name. */
function pathKey({ path }: InputFile, ending: RegExp): string {
  return [...foldersOf(path), baseName(path).replace(ending, '')].join('/');
}

/**
 * The classes of some labels. Blue numbers the objects of a picture, and the text file beside it has a line per object:
 * "number # part level # occluded # words # class # attributes".
 */
async function namedClasses(
  labels: readonly InputFile[],
  attributes: ReadonlyMap<string, InputFile>,
): Promise<ClassTable> {
  const names = new Map<number, string>();
  for (const label of labels) {
    const text = attributes.get(pathKey(label, /_seg$/));
    if (!text) continue;
    try {
      const lines = new TextDecoder().decode(await readFile(text.file, text.path)).split('\n');
      const { samples, channels } = decodePng(await readFile(label.file, label.path), label.path);
      const objects = new Map<number, number>();
      for (let at = 0; at + 2 < samples.length; at += channels) {
        objects.set(samples[at + 2]!, samples[at]! * 256 + samples[at + 1]!);
      }
      // An object's number is its place among the blue values.
      [...objects.keys()]
        .sort((a, b) => a - b)
        .forEach((blue, place) => {
          const line = lines
            .map((one) => one.split('#'))
            .find(([id, level]) => Number(id) === place && Number(level) === 0);
          const name = line?.[4]?.trim();
          if (place > 0 && name) names.set(objects.get(blue)!, name);
        });
    } catch {
      // The look at the labels says what is wrong with this one.
    }
  }
  const named = [...names]
    .sort(([a], [b]) => a - b)
    .map(([id, name]): TableClass => ({ id, name, colour: defaultColour(id) }));
  return [{ id: 0, name: 'nothing', colour: [0, 0, 0], isVoid: true }, ...named.filter(({ id }) => id > 0)];
}
