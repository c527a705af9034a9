// Which image belongs to which label: the base name decides, and where it is not unique, the path below the folder.
import { baseName, commonFolders, fileName, sortByBytes } from './paths';
import type { InputFile, Rejection, Split } from './types';

export interface Pair<Source extends InputFile = InputFile> {
  name: string;
  split: Split;
  image: Source;
  label: Source;
}

export interface Pairing<Source extends InputFile = InputFile> {
  /** In byte order of their names. */
  pairs: Pair<Source>[];
  rejected: Rejection[];
  /** How many images have no label, and how many labels no image. */
  imageOnly: number;
  labelOnly: number;
}

interface Group<Source> {
  images: Source[];
  labels: Source[];
}

/** Pairs images and labels of one split. What finds no partner is listed with its reason. */
export function pairFiles<Source extends InputFile>(
  images: readonly Source[],
  labels: readonly Source[],
  split: Split,
): Pairing<Source> {
  const pairing = emptyPairing<Source>();
  const imagePath = pathBelow(images);
  const labelPath = pathBelow(labels);
  const byBase = group(
    images,
    labels,
    ({ path }) => baseName(path),
    ({ path }) => baseName(path),
  );
  for (const [name, found] of byBase) {
    if (found.images.length <= 1 && found.labels.length <= 1) settle(name, found, split, pairing);
    else {
      for (const [path, same] of group(found.images, found.labels, imagePath, labelPath)) {
        settle(path, same, split, pairing);
      }
    }
  }
  return sorted(pairing);
}

/** Pairs the images and labels whose keys are the same; the key is the pair's name and decides the split. */
export function pairByKey<Source extends InputFile>(
  images: readonly Source[],
  labels: readonly Source[],
  imageKey: (file: Source) => string,
  labelKey: (file: Source) => string,
  splitOf: (key: string) => Split = () => 'train',
): Pairing<Source> {
  const pairing = emptyPairing<Source>();
  for (const [key, found] of group(images, labels, imageKey, labelKey)) {
    settle(key, found, splitOf(key), pairing);
  }
  return sorted(pairing);
}

export function emptyPairing<Source extends InputFile = InputFile>(): Pairing<Source> {
  return { pairs: [], rejected: [], imageOnly: 0, labelOnly: 0 };
}

/** Two pairings as one, the pairs of the first before those of the second. */
export function joined(a: Pairing, b: Pairing): Pairing {
  return {
    pairs: [...a.pairs, ...b.pairs],
    rejected: [...a.rejected, ...b.rejected],
    imageOnly: a.imageOnly + b.imageOnly,
    labelOnly: a.labelOnly + b.labelOnly,
  };
}

function sorted<Source extends InputFile>(pairing: Pairing<Source>): Pairing<Source> {
  return { ...pairing, pairs: sortByBytes(pairing.pairs, ({ name }) => name) };
}

/** The path below the folders that all the files share, without its extension. */
function pathBelow(files: readonly InputFile[]): (file: InputFile) => string {
  const depth = commonFolders(files.map(({ path }) => path)).length;
  return ({ path }) =>
    path
      .split('/')
      .slice(depth)
      .join('/')
      .replace(/\.[^./]+$/, '');
}

function group<Source>(
  images: readonly Source[],
  labels: readonly Source[],
  imageKey: (file: Source) => string,
  labelKey: (file: Source) => string,
): Map<string, Group<Source>> {
  const groups = new Map<string, Group<Source>>();
  const at = (name: string) => {
    let found = groups.get(name);
    if (!found) groups.set(name, (found = { images: [], labels: [] }));
    return found;
  };
  for (const file of images) at(imageKey(file)).images.push(file);
  for (const file of labels) at(labelKey(file)).labels.push(file);
  return groups;
}

function settle<Source extends InputFile>(
  name: string,
  { images, labels }: Group<Source>,
  split: Split,
  pairing: Pairing<Source>,
): void {
  const [image] = images;
  const [label] = labels;
  if (images.length === 1 && labels.length === 1) {
    pairing.pairs.push({ name, split, image: image!, label: label! });
    return;
  }
  if (labels.length === 0) pairing.imageOnly += images.length;
  if (images.length === 0) pairing.labelOnly += labels.length;
  for (const file of [...images, ...labels]) {
    const mine = images.includes(file) ? images : labels;
    const twin = mine.find((other) => other !== file);
    pairing.rejected.push({
      file: file.path,
      reason: twin
        ? `Another file has the same base name: ${twin.path}. Rename one and its partner.`
        : images.length > 1 || labels.length > 1
          ? `Its partner is not certain: several files are called "${name}".`
          : mine === images
            ? `There is no label called "${baseName(fileName(file.path))}".`
            : `There is no image called "${baseName(fileName(file.path))}".`,
    });
  }
}
