// A look at dropped files before an import: what layout they have, what pairs there are, how labels are coded, which classes.
import { classFileKind, classListOf, parseClassFiles, type ClassEntry, type ClassFile } from './class-list';
import { isClassFile } from './folder-names';
import { foundClasses, knownClasses } from './found-classes';
import { fits } from './fits';
import { groupBy } from './group-by';
import { imageHeader } from './image-size';
import type { Survey } from './import-types';
import { lookAtLabels, type Look } from './look-at-labels';
import type { Pair } from './pairing';
import { fileName, foldersOf } from './paths';
import { readFile, rejectionOf } from './read-file';
import { readingOf, type Reading } from './sources/class-table';
import { isHidden } from './sources/file-tree';
import type { RoleFiles } from './sources/plain';
import { candidatesFor } from './sources/registry';
import type { Candidate } from './sources/source';
import { spread } from './spread';
import type { InputFile, Rejection, Size } from './types';

/** What was found, and the pairs themselves. */
export interface Surveyed {
  survey: Survey;
  pairs: Pair[];
}

/** Labels that are opened where the classes are known, and where they must be found in the labels. */
const fewLabels = 48;
const manyLabels = 200;

/**
 * Looks at the files; opens a sample of them and stores nothing. `layout` is the id of the layout to understand them by,
 * or null for the one that fits best; `unopened` is what archives could not give. Throws AppError 'bad-classes' for a chosen class list.
 */
export async function surveyFiles(
  files: RoleFiles,
  layout: string | null = null,
  unopened: readonly Rejection[] = [],
): Promise<Surveyed> {
  const candidates = await candidatesFor(files);
  const { candidate, entries, broken } = await choose(candidates, files, layout);
  const { pairs } = candidate.pairing;
  const rejected = [...unopened, ...candidate.leftOut, ...candidate.pairing.rejected, ...broken];
  const known =
    entries !== null || (candidate.table !== null && candidate.table.every(({ optional }) => !optional));
  const look = await lookAtLabels(spread(pairs, known ? fewLabels : manyLabels), candidate.format);
  const { sample } = look;
  const format = sample.format;
  const { reading, from, note } = await classesOf(candidate, entries, look);
  const survey: Survey = {
    layout: candidate.id,
    layouts: candidates
      .filter(({ pairing }, i) => pairing.pairs.length > 0 || i === candidates.length - 1)
      .map(({ id, title, why }) => ({ id, title, why })),
    name: candidate.name,
    pairs: { train: count(pairs, 'train'), val: candidate.ownSplit ? count(pairs, 'val') : 0 },
    imageOnly: candidate.pairing.imageOnly,
    labelOnly: candidate.pairing.labelOnly,
    ownValidation: candidate.ownSplit,
    rejected,
    format,
    problem: pairs.length === 0 ? unpaired(candidate) : format ? null : look.problem,
    classes: reading.classes,
    voidClass: reading.voidClass,
    also: reading.also,
    classesFrom: from,
    notes: [note, sample.paletteNote].filter((line) => line !== null),
    sample: look.found(reading),
    sizes: await sampleSizes(pairs),
    samples: spread(pairs, 6).map(({ name, split }) => ({ name, split })),
  };
  if (!candidate.ownSplit) survey.pairs.train = pairs.length;
  return { survey, pairs };
}

const count = (pairs: readonly Pair[], split: Pair['split']) =>
  pairs.filter((pair) => pair.split === split).length;

interface Choice {
  candidate: Candidate;
  /** The classes of class lists, or null. */
  entries: ClassEntry[] | null;
  /** Class lists that cannot be read. */
  broken: Survey['rejected'];
}

/** The chosen candidate, or the best whose labels are what it says they are. */
async function choose(candidates: Candidate[], files: RoleFiles, layout: string | null): Promise<Choice> {
  const chosen = candidates.find(({ id }) => id === layout);
  for (const candidate of chosen ? [chosen] : candidates) {
    const broken: Survey['rejected'] = [];
    const entries = await classEntries(candidate, files, broken);
    const isLast = candidate === (chosen ?? candidates.at(-1));
    if (isLast || (await fits(candidate, entries))) return { candidate, entries, broken };
  }
  throw new Error('no source took the files');
}

/** The entries of class lists that were chosen, or else found; null where there are none. */
async function classEntries(
  candidate: Candidate,
  files: RoleFiles,
  broken: Survey['rejected'],
): Promise<ClassEntry[] | null> {
  const chosen = files.classes ?? [];
  if (chosen.length > 0) return parseClassFiles(await texts(chosen));
  const found =
    candidate.classFiles.length > 0 || candidate.table ? candidate.classFiles : foundClassFiles(files);
  const byKind = groupBy(await texts(found), ({ text }) => classFileKind(text));
  const list = byKind.get('list')?.slice(0, 1);
  const both = [...(byKind.get('names') ?? []), ...(byKind.get('colours') ?? [])];
  const usable = list ?? (byKind.size === 2 && both.length === 2 ? both : null);
  if (!usable) return null;
  try {
    return parseClassFiles(usable);
  } catch (error) {
    broken.push(rejectionOf(error, usable[0]!.path));
    return null;
  }
}

async function texts(files: readonly InputFile[]): Promise<ClassFile[]> {
  const read = files.map(async ({ path, file }) => ({
    path,
    text: new TextDecoder().decode(await readFile(file, path)),
  }));
  return Promise.all(read);
}

function foundClassFiles(files: RoleFiles): InputFile[] {
  const all = Object.values(files).flat();
  const found = all.filter((file) => isClassFile(fileName(file.path)) && !isHidden(file));
  const depth = Math.min(...found.map(({ path }) => foldersOf(path).length));
  return found.filter(({ path }) => foldersOf(path).length === depth);
}

/** The classes by the first of these that there is: a class list, the layout's own, known colours, the labels. */
async function classesOf(
  candidate: Candidate,
  entries: readonly ClassEntry[] | null,
  { sample, pairs }: Look,
): Promise<{ reading: Reading; from: Survey['classesFrom']; note: string | null }> {
  const found = foundClasses(sample);
  if (entries) {
    const list = classListOf(entries, sample.palette);
    const voidClass = list.voidClass ?? (list.classes.length > 0 ? found.voidClass : null);
    return { reading: { ...list, voidClass, also: [] }, from: 'file', note: null };
  }
  const table = candidate.tableFor
    ? await candidate.tableFor(pairs.map(({ label }) => label))
    : candidate.table;
  if (table) {
    return {
      reading: readingOf(table, sample.format, new Set(sample.values.keys())),
      from: 'layout',
      note: null,
    };
  }
  const known = knownClasses(sample);
  if (known)
    return { reading: known.reading, from: 'layout', note: `The colours are those of ${known.title}.` };
  return { reading: found, from: sample.format === 'palette-index' ? 'palette' : 'values', note: null };
}

function unpaired({ pairing: { imageOnly, labelOnly } }: Candidate): string {
  if (imageOnly + labelOnly === 0) {
    return 'There are no pictures that can be read (PNG, JPEG, WebP, BMP, AVIF) in what was given. Choose a folder of images and a folder of labels.';
  }
  if (labelOnly === 0) {
    return 'There are images but no labels. Give a second folder with one PNG label per image, called "labels".';
  }
  if (imageOnly === 0) return 'There are labels but no images. Give the folder of images as well.';
  return `None of the ${imageOnly} images has a label of the same base name among the ${labelOnly} labels. Name each label like its image.`;
}

async function sampleSizes(pairs: readonly Pair[]): Promise<Size[]> {
  const counts = new Map<string, { size: Size; count: number }>();
  for (const { image } of spread(pairs, 32)) {
    try {
      const size = await imageHeader(image);
      if (!size) continue;
      const { width, height } = size;
      const entry = counts.get(`${width} ${height}`) ?? { size: { width, height }, count: 0 };
      counts.set(`${width} ${height}`, { ...entry, count: entry.count + 1 });
    } catch {
      // The import says what is wrong with it.
    }
  }
  return [...counts.values()].sort((a, b) => b.count - a.count).map(({ size }) => size);
}
