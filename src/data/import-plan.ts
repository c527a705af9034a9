// What an import needs to go on after it was ended, and whether files that are given again are the same.
import type { CitySettings } from './city/city-settings';
import type { FileRole, ImportSettings } from './import-types';
import { fileName, foldersOf } from './paths';
import { opened } from './read-file';
import { isHidden } from './sources/file-tree';
import { spread } from './spread';
import type { DatasetId, InputFile, LabelFormat, Rejection } from './types';

/** A file as it was given to the import: an archive is one file. */
export interface PlannedFile {
  role: FileRole;
  path: string;
  /** In bytes; null where it was not looked at. */
  size: number | null;
}

export interface FilesPlan {
  kind: 'files';
  dataset: DatasetId;
  /** With the classes, values and format that were in force. */
  settings: ImportSettings & { format: LabelFormat };
  /** The id of the layout that the files were understood by. */
  layout: string;
  files: PlannedFile[];
  /** The folders and archives themselves, where the browser gives access to them for later; else none. */
  handles: FileSystemHandle[];
}

export interface CityPlan {
  kind: 'city';
  dataset: DatasetId;
  settings: CitySettings;
}

/** Kept beside a dataset until its import is complete. Pairs are in the same order each time, so the rest is known. */
export type ImportPlan = FilesPlan | CityPlan;

/** Of files that are opened late so many are opened for their size: to open all takes minutes where there are thousands. */
const sizedFiles = 100;

/** The files as a plan has them, without those of the system. */
export async function plannedFiles(
  files: Partial<Record<FileRole, readonly InputFile[]>>,
): Promise<PlannedFile[]> {
  const planned: PlannedFile[] = [];
  for (const [role, list] of Object.entries(files) as [FileRole, readonly InputFile[]][]) {
    const visible = list.filter((file) => !isHidden(file));
    const sized = new Set(spread(visible, sizedFiles));
    for (const file of visible) {
      const known = 'size' in file.file || sized.has(file);
      planned.push({ role, path: file.path, size: known ? await sizeOf(file) : null });
    }
  }
  return planned;
}

/** In bytes; null where the file cannot be opened. */
async function sizeOf({ file }: InputFile): Promise<number | null> {
  try {
    return (await opened(file)).size;
  } catch {
    return null;
  }
}

/** Files that were given again, in the plan's order and roles, and what is missing or differs. */
export interface SameFiles<Source extends InputFile> {
  files: Partial<Record<FileRole, Source[]>>;
  problems: Rejection[];
}

/**
 * Finds the plan's files among those given, by path, and by size where the plan has it. Paths may lie some folders deeper or less
 * deep than before, because a parent folder or the folders inside were chosen; their contents are not compared.
 */
export async function sameFiles<Source extends InputFile>(
  planned: readonly PlannedFile[],
  given: readonly Source[],
): Promise<SameFiles<Source>> {
  const found = await bestOf(planned, given);
  const files: SameFiles<Source>['files'] = {};
  const problems: Rejection[] = [];
  for (const [i, { role, path, size }] of planned.entries()) {
    const file = found[i];
    if (!file) {
      problems.push({ file: path, reason: 'It is not among the files that were given.' });
      continue;
    }
    const now = size === null ? null : await sizeOf(file);
    if (size === now) (files[role] ??= []).push({ ...file, path });
    else if (now === null) problems.push({ file: path, reason: 'The browser cannot read it any more.' });
    else problems.push({ file: path, reason: `It had ${size} bytes, and now has ${now}.` });
  }
  return { files, problems };
}

/** The given file of each planned one, by the way of looking at paths that finds most. */
async function bestOf<Source extends InputFile>(
  planned: readonly PlannedFile[],
  given: readonly Source[],
): Promise<(Source | undefined)[]> {
  const from = (path: string, depth: number) => [...foldersOf(path).slice(depth), fileName(path)].join('/');
  let best: { found: (Source | undefined)[]; count: number } | null = null;
  for (const [deeper, less] of [
    [0, 0],
    [1, 0],
    [2, 0],
    [0, 1],
    [0, 2],
  ] as const) {
    const byPath = new Map<string, Source[]>();
    for (const file of given) {
      const path = from(file.path, deeper);
      byPath.set(path, [...(byPath.get(path) ?? []), file]);
    }
    const found: (Source | undefined)[] = [];
    for (const { path, size } of planned) found.push(await takeOne(byPath.get(from(path, less)) ?? [], size));
    const count = found.filter(Boolean).length;
    if (!best || count > best.count) best = { found, count };
    if (count === planned.length) break;
  }
  return best!.found;
}

/** Takes one of the files of a path. Two folders of one name may both have been given: sizes tell their files apart. */
async function takeOne<Source extends InputFile>(
  candidates: Source[],
  size: number | null,
): Promise<Source | undefined> {
  if (candidates.length < 2) return candidates.pop();
  const sizes = await Promise.all(candidates.map(sizeOf));
  return candidates.splice(Math.max(0, sizes.indexOf(size)), 1)[0];
}

/** The folders and files on top of a plan's paths, with the number of files in each. */
export function topsOf(files: readonly PlannedFile[]): { name: string; files: number }[] {
  const counts = new Map<string, number>();
  for (const { path } of files) {
    const top = foldersOf(path)[0] ?? path;
    counts.set(top, (counts.get(top) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => ({ name, files: count }));
}
