// Folders of images and of labels, told apart by their names or by what is in them, and paired by base name.
import { groupBy } from '../group-by';
import { isImageFolder, isLabelFolder, isTestFolder, isValidationFolder } from '../folder-names';
import type { FileRole } from '../import-types';
import { decodeLabel } from '../label-values';
import { commonFolders, extension, foldersOf } from '../paths';
import { readFile } from '../read-file';
import type { InputFile, Rejection } from '../types';
import { pairPlainly } from './affixes';
import { isHidden, isPicture, isText } from './file-tree';
import { leftOut, nameFrom, type Candidate } from './source';

export type RoleFiles = Partial<Record<FileRole, readonly InputFile[]>>;

/** Files by what they are for. */
interface Arranged {
  images: InputFile[];
  labels: InputFile[];
  valImages: InputFile[];
  valLabels: InputFile[];
  rejected: Rejection[];
}

/** What is neither a picture nor worth a word. */
const quiet = /^(|txt|md|json|xml|csv|tsv|yml|yaml|html|pdf|ini|db|log|py|m|mat)$/;

/** What the files come to by the roles of their folders, and by the names of the folders inside one that holds everything. */
export async function plain(files: RoleFiles): Promise<Candidate> {
  const rejected: Rejection[] = [];
  const of = (role: FileRole) => usable(files[role] ?? [], role, rejected);
  const arranged: Arranged = {
    images: of('images'),
    labels: of('labels'),
    valImages: of('val-images'),
    valLabels: of('val-labels'),
    rejected,
  };
  const folder = of('folder');
  if (folder.length > 0) await arrangeFolder(folder, arranged);
  const { pairing, affix } = pairPlainly(arranged);
  return {
    id: 'folders',
    title: 'Folders of images and labels',
    why: affix ?? 'they pair by file name',
    score: 10,
    pairing,
    ownSplit: pairing.pairs.some(({ split }) => split === 'val'),
    leftOut: rejected,
    format: null,
    table: null,
    classFiles: [],
    name: nameOf(files),
  };
}

/** The pictures among the files; others than notes and system files are listed. Labels may be text. */
function usable(files: readonly InputFile[], role: FileRole, rejected: Rejection[]): InputFile[] {
  const visible = files.filter((file) => !isHidden(file));
  const found = visible.filter(isPicture);
  if (found.length === 0 && /labels$/.test(role)) found.push(...visible.filter(isText));
  for (const file of visible) {
    if (isPicture(file) || quiet.test(extension(file.path))) continue;
    rejected.push({
      file: file.path,
      reason: 'It is no picture that is read: PNG, JPEG, WebP, BMP and AVIF are. Save it as one of them.',
    });
  }
  return found;
}

async function arrangeFolder(files: readonly InputFile[], arranged: Arranged): Promise<void> {
  const depth = commonFolders(files.map(({ path }) => path)).length;
  const below = ({ path }: InputFile) => foldersOf(path).slice(depth);
  const isTest = (file: InputFile) => below(file).some(isTestFolder);
  const tests = files.filter(isTest);
  const testFolders = [...new Set(tests.map((file) => below(file).find(isTestFolder)!))].join(', ');
  arranged.rejected.push(
    ...leftOut(tests, testFolders, 'only training and validation folders are imported.'),
  );
  const rest = files.filter((file) => !isTest(file));
  let labels = rest.filter((file) => below(file).some(isLabelFolder));
  let images = rest.filter((file) => !below(file).some(isLabelFolder));
  if (labels.length === 0 || images.length === 0) {
    [images, labels] = (await tellByContent(rest, below)) ?? [rest, []];
  }
  images = onlyImages(images, below, arranged.rejected);
  const validates = (file: InputFile) => below(file).some(isValidationFolder);
  arranged.images.push(...images.filter((file) => !validates(file)));
  arranged.valImages.push(...images.filter(validates));
  arranged.labels.push(...labels.filter((file) => !validates(file)));
  arranged.valLabels.push(...labels.filter(validates));
}

type FoldersBelow = (file: InputFile) => string[];

/** Where some folders are called images and others, like depth, are not, only the former are. */
function onlyImages(files: InputFile[], below: FoldersBelow, rejected: Rejection[]): InputFile[] {
  const named = files.filter((file) => below(file).some(isImageFolder));
  if (named.length === 0 || named.length === files.length) return files;
  const others = files.filter((file) => !below(file).some(isImageFolder));
  for (const [folder, list] of groupBy(others, (file) => below(file).join('/') || '(no folder)')) {
    rejected.push(...leftOut(list, folder, 'the images are in other folders.'));
  }
  return named;
}

/** Of exactly two folders, the one whose PNGs are palette or grey rather than colour holds the labels. */
async function tellByContent(
  files: readonly InputFile[],
  below: FoldersBelow,
): Promise<[images: InputFile[], labels: InputFile[]] | null> {
  const groups = groupBy(files, (file) => below(file)[0] ?? '');
  const [first, second] = [...groups.values()];
  if (!first || !second || groups.size > 2) return null;
  const [a, b] = [await labelLikeness(first), await labelLikeness(second)];
  if (a === b) return null;
  return a > b ? [second, first] : [first, second];
}

/** 2 for palette PNGs, 1 for grey ones, 0 for anything else; the mean of a few files. */
async function labelLikeness(files: readonly InputFile[]): Promise<number> {
  const sample = files.slice(0, 5);
  let sum = 0;
  for (const { path, file } of sample) {
    try {
      const { kind } = decodeLabel(await readFile(file, path), path);
      sum += kind === 'palette' ? 2 : kind === 'grey' ? 1 : 0;
    } catch {
      // Not a file that could be a label.
    }
  }
  return sum / sample.length;
}

function nameOf(files: RoleFiles): string {
  const source = files.folder?.length ? files.folder : (files.images ?? []);
  return nameFrom(commonFolders(source.map(({ path }) => path)).join('/'));
}
