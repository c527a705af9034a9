// What was dropped or picked, as named heaps of files, and a guess at what each is for.
import { isArchiveName } from '../../data/archive-name';
import { isClassFile } from '../../data/folder-names';
import type { FileRole } from '../../data/import-types';
import type { FoundFile } from '../../data/types';

/** A folder (or loose files) as it came in. */
export interface Source {
  name: string;
  files: FoundFile[];
  role: FileRole | 'unused';
}

const labelWords = /(annot|label|mask|truth|(^|[^a-z])(gt|seg|segmentation(class)?)([^a-z]|$))/i;
const validationWords = /(^|[^a-z])val(id|idation)?(annot|labels?|images?|masks?)?([^a-z]|$)/i;
const text = /\.(txt|json|csv)$/i;

/** Folders that only known layouts have, which the loader understands as a whole. */
const known = /^(gttxt|semseg|gtleft|gtfine|gtcoarse|jpegimages|leftimg8bit|image_2|labeledapproved_full)$/i;

/**
 * Sorts files by the first folder of their paths; an archive is a folder, loose text files are class lists, other loose
 * files one heap.
 */
export function sourcesOf(files: readonly FoundFile[]): Source[] {
  const folders = new Map<string, FoundFile[]>();
  const loose: FoundFile[] = [];
  for (const entry of files) {
    const slash = entry.path.indexOf('/');
    if (slash < 0) {
      loose.push(entry);
      continue;
    }
    const name = entry.path.slice(0, slash);
    const list = folders.get(name) ?? [];
    list.push(entry);
    folders.set(name, list);
  }
  const sources: Source[] = [...folders].map(([name, list]) => ({ name, files: list, role: 'folder' }));
  const archives = loose.filter(({ path }) => isArchiveName(path));
  for (const archive of archives) sources.push({ name: archive.path, files: [archive], role: 'folder' });
  const classes = loose.filter(({ path }) => text.test(path));
  const pictures = loose.filter(({ path }) => !text.test(path) && !isArchiveName(path));
  if (classes.length) {
    sources.push({ name: classes.map(({ path }) => path).join(', '), files: classes, role: 'classes' });
  }
  if (pictures.length) sources.push({ name: 'loose files', files: pictures, role: 'images' });
  return guessRoles(sources);
}

/**
 * The same sources with the roles their names speak for. One folder alone is the parent of everything, and so are the
 * parts of a known layout together.
 */
export function guessRoles(sources: readonly Source[]): Source[] {
  const folders = sources.filter(({ role }) => role !== 'classes');
  const others = sources.filter(({ role }) => role === 'classes');
  const names = folders.map(({ name }) => name.toLowerCase());
  const isLayout = names.some((name) => known.test(name)) && folders.length > 1;
  const together = (...pair: string[]) => pair.every((name) => names.includes(name));
  if (folders.length === 1 || isLayout || together('rgb', 'gt') || together('trainannot', 'valannot')) {
    return [
      ...folders.map((folder): Source => ({ ...folder, role: 'folder' })),
      // Known datasets come with lists of files and notes, which are no class lists.
      ...others.filter(({ files }) => folders.length === 1 || files.every(({ path }) => isClassFile(path))),
    ];
  }
  return [...withPairRoles(folders), ...others];
}

function withPairRoles(folders: readonly Source[]): Source[] {
  const taken = new Set<FileRole>();
  const roleOf = ({ name }: Source, isLabel: boolean): FileRole => {
    const val = validationWords.test(name);
    if (isLabel) return val ? 'val-labels' : 'labels';
    return val ? 'val-images' : 'images';
  };
  let labels = folders.map(({ name }) => labelWords.test(name));
  // Of two folders one holds the labels: without a word for it, the one with only PNG files where the other has none.
  if (folders.length === 2 && labels[0] === labels[1]) {
    const onlyPng = folders.map(({ files }) => files.every(({ path }) => !/\.jpe?g$/i.test(path)));
    labels = onlyPng[0] && !onlyPng[1] ? [true, false] : [false, true];
  }
  return folders.map((folder, i) => {
    let role: Source['role'] = roleOf(folder, labels[i] ?? false);
    // Two folders of which one is called "val" are still just images and labels.
    if (folders.length === 2) role = labels[i] ? 'labels' : 'images';
    if (taken.has(role)) return { ...folder, role: 'unused' };
    taken.add(role);
    return { ...folder, role };
  });
}

/** The files by role, for the loader. */
export function filesByRole(sources: readonly Source[]): Partial<Record<FileRole, FoundFile[]>> {
  const files: Partial<Record<FileRole, FoundFile[]>> = {};
  for (const { role, files: list } of sources) {
    if (role !== 'unused') files[role] = [...(files[role] ?? []), ...list];
  }
  return files;
}

/** What is still missing before the files can be looked at, in a sentence; null when nothing is. */
export function missing(sources: readonly Source[]): string | null {
  const roles = new Set(sources.map(({ role }) => role));
  if (roles.has('folder')) return null;
  if (!roles.has('images') && !roles.has('labels')) return 'Add a folder of images and a folder of labels.';
  if (!roles.has('labels')) return 'Add the folder of labels that belongs to these images.';
  if (!roles.has('images')) return 'Add the folder of images that belongs to these labels.';
  if (roles.has('val-images') !== roles.has('val-labels')) {
    return roles.has('val-images')
      ? 'Add the folder of labels for the validation images.'
      : 'Add the folder of validation images for these validation labels.';
  }
  return null;
}
