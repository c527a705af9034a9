// Images and labels that belong together, for an evaluation: equal base names, whatever the endings.
import type { Rejection, SourceFile } from '../../data/types';

export interface FilePairs {
  pairs: { image: SourceFile; label: SourceFile }[];
  /** Pictures without a partner; what is no picture is passed over. */
  rejected: Rejection[];
}

const picture = /\.(png|jpe?g)$/i;
const baseName = (path: string) => (path.split('/').at(-1) ?? path).replace(/\.[^.]*$/, '');
const hidden = (path: string) => path.split('/').some((part) => part.startsWith('.'));

/** Pairs in the order of their names. */
export function pairFiles(images: readonly SourceFile[], labels: readonly SourceFile[]): FilePairs {
  const usable = (files: readonly SourceFile[]) =>
    files.filter(({ path }) => picture.test(path) && !hidden(path));
  const labelByName = new Map(usable(labels).map((label) => [baseName(label.path), label]));
  const imageByName = new Map(usable(images).map((image) => [baseName(image.path), image]));
  const rejected: Rejection[] = [];
  const pairs: FilePairs['pairs'] = [];
  for (const name of [...imageByName.keys()].sort()) {
    const image = imageByName.get(name)!;
    const label = labelByName.get(name);
    if (label) pairs.push({ image, label });
    else rejected.push({ file: image.path, reason: 'No label has this name.' });
  }
  for (const [name, label] of labelByName) {
    if (!imageByName.has(name)) rejected.push({ file: label.path, reason: 'No image has this name.' });
  }
  return { pairs, rejected };
}
