// A look at dropped files before an import: what pairs there are, how labels are coded, which classes there are.
import { readImageHeader } from '../formats/image-header';
import { decodePng } from '../formats/png';
import { classFileKind, classListOf, parseClassFiles, type ClassEntry, type ClassFile } from './class-list';
import type { Survey } from './import-types';
import { ClassFinder } from './found-classes';
import { groupBy } from './group-by';
import { arrange, type Layout, type RoleFiles } from './layout';
import { pairFiles, type Pair } from './pairing';
import { readFile, rejectionOf } from './read-file';
import type { Size, SourceFile } from './types';

/** What was found, and the pairs themselves. */
export interface Surveyed {
  survey: Survey;
  pairs: Pair[];
}

/** Labels that are opened where a class list is there, and where the classes must be found in the labels. */
const fewLabels = 12;
const manyLabels = 200;

/** Looks at the files; opens a sample of them and stores nothing. Throws AppError 'bad-classes' for a chosen class list. */
export async function surveyFiles(files: RoleFiles): Promise<Surveyed> {
  const layout = await arrange(files);
  const train = pairFiles(layout.images, layout.labels, 'train');
  const val = pairFiles(layout.valImages, layout.valLabels, 'val');
  const pairs = [...train.pairs, ...val.pairs];
  const rejected = [...layout.rejected, ...train.rejected, ...val.rejected];
  const entries = await readClassFiles(layout, rejected);
  const { finder, problem } = await lookAtLabels(pairs, entries ? fewLabels : manyLabels);
  const format = finder.format;
  const found = finder.list();
  const { classes, voidClass } = entries ? classListOf(entries, finder.palette) : found;
  const survey: Survey = {
    layout: layout.kind,
    name: layout.name,
    pairs: { train: train.pairs.length, val: val.pairs.length },
    ownValidation: val.pairs.length > 0,
    rejected,
    format,
    problem: layout.problem ?? (pairs.length === 0 ? unpaired(layout) : format ? null : problem),
    classes,
    voidClass: voidClass ?? found.voidClass,
    classesFrom: entries ? 'file' : format === 'palette-index' ? 'palette' : 'values',
    sizes: await sampleSizes(pairs),
    samples: spread(pairs, 6).map(({ name, split }) => ({ name, split })),
  };
  return { survey, pairs };
}

/** The class files' entries, or null where there are none. Files that were merely found are listed where they are broken. */
async function readClassFiles(layout: Layout, rejected: Survey['rejected']): Promise<ClassEntry[] | null> {
  const texts: ClassFile[] = [];
  for (const { path, file } of layout.classFiles) {
    texts.push({ path, text: new TextDecoder().decode(await readFile(file, path)) });
  }
  if (layout.classFilesChosen) return parseClassFiles(texts);
  const byKind = groupBy(texts, ({ text }) => classFileKind(text));
  const list = byKind.get('list')?.slice(0, 1);
  const both = [...(byKind.get('names') ?? []), ...(byKind.get('colours') ?? [])];
  const chosen = list ?? (byKind.size === 2 && both.length === 2 ? both : null);
  if (!chosen) return null;
  try {
    return parseClassFiles(chosen);
  } catch (error) {
    rejected.push(rejectionOf(error, chosen[0]!.path));
    return null;
  }
}

async function lookAtLabels(
  pairs: readonly Pair[],
  count: number,
): Promise<{ finder: ClassFinder; problem: string | null }> {
  const finder = new ClassFinder();
  let problem: string | null = null;
  for (const { label } of spread(pairs, count)) {
    try {
      finder.add(decodePng(await readFile(label.file, label.path), label.path));
    } catch (error) {
      const { file, reason } = rejectionOf(error, label.path);
      problem ??= `No label could be read. The first is ${file}: ${reason}`;
    }
  }
  return { finder, problem };
}

function unpaired({ images, valImages, labels, valLabels }: Layout): string {
  const count = (files: SourceFile[], more: SourceFile[]) => files.length + more.length;
  return `None of the ${count(images, valImages)} images has a label of the same base name among the ${count(labels, valLabels)} labels. Name each label like its image.`;
}

async function sampleSizes(pairs: readonly Pair[]): Promise<Size[]> {
  const counts = new Map<string, { size: Size; count: number }>();
  for (const { image } of spread(pairs, 32)) {
    try {
      const start = new Uint8Array(await image.file.slice(0, 65536).arrayBuffer());
      const header =
        readImageHeader(start, image.path) ??
        readImageHeader(await readFile(image.file, image.path), image.path);
      if (!header) continue;
      const { width, height } = header;
      const entry = counts.get(`${width} ${height}`) ?? { size: { width, height }, count: 0 };
      counts.set(`${width} ${height}`, { ...entry, count: entry.count + 1 });
    } catch {
      // The import says what is wrong with it.
    }
  }
  return [...counts.values()].sort((a, b) => b.count - a.count).map(({ size }) => size);
}

/** At most `count` items, evenly spread over the list. */
function spread<Item>(items: readonly Item[], count: number): Item[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}
