// Which image belongs to which label: the base name decides, and where it is not unique, the path below the folder.
import { baseName, commonFolders, fileName, sortByBytes } from './paths';
import type { Rejection, SourceFile, Split } from './types';

export interface Pair {
  name: string;
  split: Split;
  image: SourceFile;
  label: SourceFile;
}

export interface Pairing {
  /** In byte order of their names. */
  pairs: Pair[];
  rejected: Rejection[];
}

interface Group {
  images: SourceFile[];
  labels: SourceFile[];
}

/** Pairs images and labels of one split. What finds no partner is listed with its reason. */
export function pairFiles(
  images: readonly SourceFile[],
  labels: readonly SourceFile[],
  split: Split,
): Pairing {
  const pairs: Pair[] = [];
  const rejected: Rejection[] = [];
  const imagePath = pathBelow(images);
  const labelPath = pathBelow(labels);
  const byBase = group(images, labels, ({ path }) => baseName(path));
  for (const [name, found] of byBase) {
    if (found.images.length <= 1 && found.labels.length <= 1) settle(name, found, split, pairs, rejected);
    else {
      const images = new Set(found.images);
      const byPath = group(found.images, found.labels, (file) =>
        images.has(file) ? imagePath(file) : labelPath(file),
      );
      for (const [path, same] of byPath) settle(path, same, split, pairs, rejected);
    }
  }
  return { pairs: sortByBytes(pairs, ({ name }) => name), rejected };
}

/** The path below the folders that all the files share, without its extension. */
function pathBelow(files: readonly SourceFile[]): (file: SourceFile) => string {
  const depth = commonFolders(files.map(({ path }) => path)).length;
  return ({ path }) =>
    path
      .split('/')
      .slice(depth)
      .join('/')
      .replace(/\.[^./]+$/, '');
}

function group(
  images: readonly SourceFile[],
  labels: readonly SourceFile[],
  key: (file: SourceFile) => string,
): Map<string, Group> {
  const groups = new Map<string, Group>();
  const at = (file: SourceFile) => {
    const name = key(file);
    let found = groups.get(name);
    if (!found) groups.set(name, (found = { images: [], labels: [] }));
    return found;
  };
  for (const file of images) at(file).images.push(file);
  for (const file of labels) at(file).labels.push(file);
  return groups;
}

function settle(
  name: string,
  { images, labels }: Group,
  split: Split,
  pairs: Pair[],
  rejected: Rejection[],
): void {
  const [image] = images;
  const [label] = labels;
  if (images.length === 1 && labels.length === 1) {
    pairs.push({ name, split, image: image!, label: label! });
    return;
  }
  for (const file of [...images, ...labels]) {
    const mine = images.includes(file) ? images : labels;
    const twin = mine.find((other) => other !== file);
    rejected.push({
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
