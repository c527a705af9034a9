// What an import needs to go on after it was ended, and whether files that are given again are the same.
import type { CitySettings } from './city/city-settings';
import type { FileRole, ImportSettings } from './import-types';
import { fileName, foldersOf } from './paths';
import { isHidden } from './sources/file-tree';
import type { DatasetId, InputFile, LabelFormat, Rejection } from './types';

/** A file as it was given to the import: an archive is one file. */
export interface PlannedFile {
  role: FileRole;
  path: string;
  size: number;
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

/** The files as a plan has them, without those of the system. */
export function plannedFiles(files: Partial<Record<FileRole, readonly InputFile[]>>): PlannedFile[] {
  return (Object.entries(files) as [FileRole, readonly InputFile[]][]).flatMap(([role, list]) =>
    list.filter((file) => !isHidden(file)).map(({ path, file }) => ({ role, path, size: file.size })),
  );
}

/** Files that were given again, in the plan's order and roles, and what is missing or differs. */
export interface SameFiles<Source extends InputFile> {
  files: Partial<Record<FileRole, Source[]>>;
  problems: Rejection[];
}

/**
 * Finds the plan's files among those given, by path and size. Paths may lie some folders deeper or less deep than before, because
 * a parent folder or the folders inside were chosen; their contents are not compared.
 */
export function sameFiles<Source extends InputFile>(
  planned: readonly PlannedFile[],
  given: readonly Source[],
): SameFiles<Source> {
  const found = bestOf(planned, given);
  const files: SameFiles<Source>['files'] = {};
  const problems: Rejection[] = [];
  planned.forEach(({ role, path, size }, i) => {
    const file = found[i];
    if (!file) problems.push({ file: path, reason: 'It is not among the files that were given.' });
    else if (file.file.size !== size) {
      problems.push({ file: path, reason: `It had ${size} bytes, and now has ${file.file.size}.` });
    } else (files[role] ??= []).push({ ...file, path });
  });
  return { files, problems };
}

/** The given file of each planned one, by the way of looking at paths that finds most. */
function bestOf<Source extends InputFile>(
  planned: readonly PlannedFile[],
  given: readonly Source[],
): (Source | undefined)[] {
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
    // Two folders of one name may both have been given: sizes tell their files apart.
    const found = planned.map(({ path, size }) => {
      const candidates = byPath.get(from(path, less)) ?? [];
      const index = Math.max(
        0,
        candidates.findIndex(({ file }) => file.size === size),
      );
      return candidates.splice(index, 1)[0];
    });
    const count = found.filter(Boolean).length;
    if (!best || count > best.count) best = { found, count };
    if (count === planned.length) break;
  }
  return best!.found;
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
