// Predictions against labels, pair by pair, at each image's own size.
import { AppError, errorRecord } from '../core/errors';
import type { ImageDecoder } from '../data/decode-image';
import { readPair } from '../data/importer';
import { formatOf } from '../data/label-values';
import { labelReader, type LabelReader } from '../data/labels';
import { Confusion, majorityShare, type Scores } from '../data/metrics';
import type { ClassList, LabelClass, LabelFormat, Rejection, RgbImage, SourceFile } from '../data/types';

export interface EvaluatedPair {
  image: SourceFile;
  label: SourceFile;
}

/** What `evaluate` finds: scores over all pixels that are not void. */
export interface PairScores extends Scores {
  images: number;
  /** Share of the largest class among those pixels. */
  baseline: number;
  seconds: number;
  rejected: Rejection[];
}

/**
 * A class list with the classes in the model's order: by name, because the order of a list says nothing about a network's scores.
 * @throws AppError 'bad-classes' where they are not the same classes.
 */
export function inModelOrder(list: ClassList, model: readonly LabelClass[]): ClassList {
  const nameless = model.every(({ name }, id) => name === `class ${id}`);
  if (nameless && list.classes.length === model.length) return list;
  const byName = new Map(list.classes.map((entry) => [entry.name.toLowerCase(), entry]));
  const classes = model.flatMap(({ name }) => byName.get(name.toLowerCase()) ?? []);
  if (classes.length !== model.length || list.classes.length !== model.length) {
    throw new AppError(
      'bad-classes',
      `The class list has ${list.classes.map(({ name }) => name).join(', ')}; the model knows ` +
        `${model.map(({ name }) => name).join(', ')}. Give the list it was trained with.`,
    );
  }
  return { classes, voidClass: list.voidClass };
}

/**
 * Segments every image and compares. A pair that cannot be read is listed and the rest goes on.
 * @param segment one class position per pixel of an image; @param classes in the order of those positions.
 * @throws AppError 'no-pairs' when no pair could be compared.
 */
export async function evaluatePairs(
  segment: (image: RgbImage) => Promise<Uint8Array>,
  pairs: readonly EvaluatedPair[],
  classes: ClassList,
  decoder: ImageDecoder,
  onProgress: (done: number, total: number) => void,
): Promise<PairScores> {
  const start = performance.now();
  const confusion = new Confusion(classes.classes.length);
  const readers = new Map<LabelFormat, LabelReader>();
  const read: LabelReader = (label, file) => {
    const format = formatOf(label);
    const reader = readers.get(format) ?? labelReader(classes, format);
    readers.set(format, reader);
    return reader(label, file);
  };
  const rejected: Rejection[] = [];
  let images = 0;
  for (const [i, pair] of pairs.entries()) {
    try {
      const { image, label } = await readPair(pair, decoder, read);
      confusion.add(label.labels, await segment(image));
      images++;
    } catch (error) {
      const { code, message } = errorRecord(error);
      if (code !== 'bad-file' && code !== 'bad-label') throw error;
      rejected.push({ file: pair.label.path, reason: message });
    }
    onProgress(i + 1, pairs.length);
  }
  if (!images) {
    throw new AppError(
      'no-pairs',
      `None of the ${pairs.length} pairs could be compared. ${rejected[0]?.reason ?? ''}`,
      {
        rejected: rejected.map(({ file, reason }) => `${file}: ${reason}`),
      },
    );
  }
  const scores = confusion.scores();
  const truth = scores.confusion.map((row) => row.reduce((a, b) => a + b, 0));
  return {
    ...scores,
    images,
    baseline: majorityShare(truth),
    seconds: (performance.now() - start) / 1000,
    rejected,
  };
}
