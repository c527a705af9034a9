// From a heap of files to images and labels of each split, by their roles and their folders' names.
import { decodePng } from '../formats/png';
import { isClassFile, isImageFolder, isLabelFolder, isTestFolder, isValidationFolder } from './folder-names';
import { commonFolders, extension, fileName, foldersOf } from './paths';
import { groupBy } from './group-by';
import type { FileRole } from './import-types';
import type { Rejection, SourceFile } from './types';

export type RoleFiles = Partial<Record<FileRole, readonly SourceFile[]>>;

export interface Layout {
  kind: 'camvid' | 'folders';
  name: string;
  images: SourceFile[];
  labels: SourceFile[];
  valImages: SourceFile[];
  valLabels: SourceFile[];
  /** Class-list files: those chosen as such, or else those found by name. */
  classFiles: SourceFile[];
  classFilesChosen: boolean;
  rejected: Rejection[];
  /** A sentence where no images and labels could be told apart. */
  problem: string | null;
}

const pictures = new Set(['png', 'jpg', 'jpeg']);
const quiet = new Set([
  '',
  'txt',
  'md',
  'json',
  'xml',
  'csv',
  'tsv',
  'yml',
  'yaml',
  'html',
  'pdf',
  'ini',
  'db',
  'log',
  'py',
  'm',
  'mat',
]);

/** Sorts files into images and labels. Only where names do not tell is a file opened. */
export async function arrange(files: RoleFiles): Promise<Layout> {
  const rejected: Rejection[] = [];
  const of = (role: FileRole) => usable(files[role] ?? [], rejected);
  const layout: Layout = {
    kind: 'folders',
    name: nameOf(files),
    images: of('images'),
    labels: of('labels'),
    valImages: of('val-images'),
    valLabels: of('val-labels'),
    classFiles: [...(files.classes ?? [])],
    classFilesChosen: Boolean(files.classes?.length),
    rejected,
    problem: null,
  };
  const folder = of('folder');
  if (folder.length > 0) await arrangeFolder(folder, layout);
  if (!layout.classFilesChosen) layout.classFiles = foundClassFiles(files);
  layout.problem ??= missing(layout);
  return layout;
}

/** The pictures among the files; others than notes and system files are listed. */
function usable(files: readonly SourceFile[], rejected: Rejection[]): SourceFile[] {
  return files.filter(({ path }) => {
    if (fileName(path).startsWith('.') || foldersOf(path).includes('__MACOSX')) return false;
    const kind = extension(path);
    if (pictures.has(kind)) return true;
    if (!quiet.has(kind)) {
      rejected.push({
        file: path,
        reason: 'It is neither a PNG nor a JPEG, and no other pictures are read.',
      });
    }
    return false;
  });
}

async function arrangeFolder(files: readonly SourceFile[], layout: Layout): Promise<void> {
  const depth = commonFolders(files.map(({ path }) => path)).length;
  const below = ({ path }: SourceFile) => foldersOf(path).slice(depth);
  const folders = new Set(files.flatMap((file) => below(file).map((name) => name.toLowerCase())));
  if (folders.has('train') && folders.has('trainannot')) layout.kind = 'camvid';

  const tests = files.filter((file) => below(file).some(isTestFolder));
  if (tests.length > 0) {
    const named = [...new Set(tests.map((file) => below(file).find(isTestFolder)!))].join(', ');
    layout.rejected.push({
      file: named,
      reason: `${tests.length} test files are left out: only training and validation folders are imported.`,
    });
  }
  const rest = files.filter((file) => !below(file).some(isTestFolder));
  let labels = rest.filter((file) => below(file).some(isLabelFolder));
  let images = rest.filter((file) => !below(file).some(isLabelFolder));
  if (labels.length === 0 || images.length === 0) {
    [images, labels] = (await tellByContent(rest, below)) ?? [rest, []];
  }
  images = onlyImages(images, below, layout.rejected);
  const validates = (file: SourceFile) => below(file).some(isValidationFolder);
  layout.images.push(...images.filter((file) => !validates(file)));
  layout.valImages.push(...images.filter(validates));
  layout.labels.push(...labels.filter((file) => !validates(file)));
  layout.valLabels.push(...labels.filter(validates));
}

type FoldersBelow = (file: SourceFile) => string[];

/** Where some folders are called images and others, like depth, are not, only the former are. */
function onlyImages(files: SourceFile[], below: FoldersBelow, rejected: Rejection[]): SourceFile[] {
  const named = files.filter((file) => below(file).some(isImageFolder));
  if (named.length === 0 || named.length === files.length) return files;
  const counts = new Map<string, number>();
  for (const file of files) {
    const folder = below(file).join('/') || '(no folder)';
    if (!below(file).some(isImageFolder)) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  for (const [folder, count] of counts) {
    rejected.push({ file: folder, reason: `${count} files are left out: the images are in other folders.` });
  }
  return named;
}

/** Of exactly two folders, the one whose PNGs are palette or grey rather than colour holds the labels. */
async function tellByContent(
  files: readonly SourceFile[],
  below: FoldersBelow,
): Promise<[images: SourceFile[], labels: SourceFile[]] | null> {
  const groups = groupBy(files, (file) => below(file)[0] ?? '');
  const [first, second] = [...groups.values()];
  if (!first || !second || groups.size > 2) return null;
  const [a, b] = [await labelLikeness(first), await labelLikeness(second)];
  if (a === b) return null;
  return a > b ? [second, first] : [first, second];
}

/** 2 for palette PNGs, 1 for grey ones, 0 for anything else; the mean of a few files. */
async function labelLikeness(files: readonly SourceFile[]): Promise<number> {
  const sample = files.slice(0, 5);
  let sum = 0;
  for (const { path, file } of sample) {
    try {
      const { kind } = decodePng(new Uint8Array(await file.arrayBuffer()), path);
      sum += kind === 'palette' ? 2 : kind === 'grey' ? 1 : 0;
    } catch {
      // Not a PNG that could be a label.
    }
  }
  return sum / sample.length;
}

function foundClassFiles(files: RoleFiles): SourceFile[] {
  const all = Object.values(files).flat();
  const found = all.filter(({ path }) => isClassFile(fileName(path)) && !fileName(path).startsWith('.'));
  const depth = Math.min(...found.map(({ path }) => foldersOf(path).length));
  return found.filter(({ path }) => foldersOf(path).length === depth);
}

const generic = /^(images?|imgs?|rgb|train|training|jpegimages|input|inputs|photos?)$/i;

function nameOf(files: RoleFiles): string {
  const source = files.folder?.length ? files.folder : (files.images ?? []);
  const folders = commonFolders(source.map(({ path }) => path));
  return folders.findLast((name) => !generic.test(name)) ?? folders.at(-1) ?? 'dataset';
}

function missing({ images, labels, valImages, valLabels }: Layout): string | null {
  const imageCount = images.length + valImages.length;
  const labelCount = labels.length + valLabels.length;
  if (imageCount + labelCount === 0) {
    return 'There are no PNG or JPEG files in what was given. Choose a folder of images and a folder of labels.';
  }
  if (labelCount === 0) {
    return 'There are images but no labels. Give a second folder with one PNG label per image, called "labels".';
  }
  return imageCount === 0 ? 'There are labels but no images. Give the folder of images as well.' : null;
}
