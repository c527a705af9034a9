// The import itself: one pair at a time from files to tiles, handed on in small batches. It knows no storage.
import { AppError, errorRecord } from '../core/errors';
import { readAhead } from '../core/read-ahead';
import { ImageDecoder } from './decode-image';
import { ImportBatch, type ImportJob } from './import-batch';
import { ImportMeter } from './import-meter';
import type { ImportReport } from './import-types';
import { decodeLabel, valueText } from './label-values';
import { checkLabelSize, labelReader, type LabelReader } from './labels';
import type { Pair } from './pairing';
import { opened, readFile, rejectionOf } from './read-file';
import { splitShare } from './split';
import { addCounts } from './statistics';
import type { DatasetRecord, LabelFormat, LabelMap, Rejection, RgbImage } from './types';

/** A batch goes to the sink when its tiles have this many bytes, so that memory does not depend on the number of files. */
const batchBytes = 4 * 1024 * 1024;

/** Pairs that are read while one is cut and stored: more would keep more pictures in memory. */
const pairsAhead = 1;

/** Files that are opened late are opened before their turn by so many pairs, because others than this thread have to answer. */
const pairsOpened = 8;

/** An image and its label at their own size. Throws AppError 'bad-file' or 'bad-label' naming the file. */
export async function readPair(
  { image, label }: PairFiles,
  decoder: ImageDecoder,
  read: LabelReader,
): Promise<{ image: RgbImage; label: LabelMap }> {
  // The browser decodes the picture on a thread of its own meanwhile. Where both are bad, the label's fault is told.
  const decoding = decoder.decode(image.file, image.path);
  decoding.catch(() => undefined);
  const map = read(decodeLabel(await readFile(label.file, label.path), label.path), label.path);
  const picture = await decoding;
  checkLabelSize(map, picture, label.path);
  return { image: picture, label: map };
}

type PairFiles = Pick<Pair, 'image' | 'label'>;

async function openPair({ image, label }: PairFiles): Promise<PairFiles> {
  const open = async ({ path, file }: Pair['image']) => {
    try {
      return { path, file: await opened(file) };
    } catch {
      // Reading tries again, and says what is wrong.
      return { path, file };
    }
  };
  const [a, b] = await Promise.all([open(image), open(label)]);
  return { image: a, label: b };
}

/**
 * Imports the pairs, or those that are left of them. Files that cannot be used are listed and the rest goes on; cancelling or a
 * full disk keeps what was handed on. Throws 'no-pairs' where no pair could be used, 'aborted' or 'storage-full' where nothing
 * was stored.
 */
export async function importPairs(job: ImportJob): Promise<ImportReport> {
  const { pairs, settings, signal } = job;
  const strange = new StrangeValues(job.format);
  const read = labelReader(settings.classes, job.format, {
    ...(settings.values ? { values: settings.values } : {}),
    ...(settings.unknown === 'void' ? { onUnknown: strange.add } : {}),
  });
  const decoder = new ImageDecoder();
  const batch = new ImportBatch(job, pairs.length);
  const meter = new ImportMeter(pairs.length, job.onProgress, batch.done);
  const share = splitShare(pairs.length, settings.validationPercent, settings.seed);
  if (!job.from) await job.begin?.(batch.record);
  const nextOpen = readAhead((i) => openPair(pairs[i]!), batch.done, pairs.length, pairsOpened);
  const readNext = async () => readPair(await nextOpen(), decoder, read);
  const nextPair = readAhead(readNext, batch.done, pairs.length, pairsAhead);
  try {
    while (batch.done < pairs.length && !signal.aborted) {
      const pair = pairs[batch.done]!;
      const split = job.ownValidation ? pair.split : share[batch.done]!;
      try {
        const { image, label } = await nextPair();
        batch.add(pair.name, split, image, label, pair.label.path);
      } catch (error) {
        batch.reject(unusable(error, pair));
      }
      if (batch.bytes >= batchBytes) await batch.flush('importing');
      meter.report('storing', batch.done, batch.tiles, batch.rejected);
    }
    meter.report('finishing', batch.done, batch.tiles, batch.rejected, true);
    const complete = batch.done >= pairs.length;
    if (batch.tiles === 0) throw complete ? noPairs(batch.record.rejected) : stoppedEarly();
    await (complete ? batch.flush('ready') : batch.flush('partial', 'cancelled'));
  } catch (error) {
    if (!batch.stored) throw error;
    const full = storageFull(error);
    await batch.giveUp(full ? 'storage-full' : 'failed');
    if (!full) throw error;
  }
  return { ...reportOf(batch.stored ?? batch.record, meter.seconds), notes: strange.notes() };
}

/**
 * Why a pair is left out. A fault of ours on one pair is listed like a broken file, so that it does not cost the
 * others; storage is not asked here, and what it throws ends the import.
 */
function unusable(error: unknown, { image, label }: Pair): Rejection {
  if (error instanceof AppError) return rejectionOf(error, label.path);
  return { file: image.path, reason: `The pair could not be processed. ${errorRecord(error).message}` };
}

function noPairs(rejected: readonly Rejection[]): AppError {
  const files = rejected.slice(0, 3).map(({ file, reason }) => `${file}: ${reason}`);
  const more = rejected.length > 3 ? ` And ${rejected.length - 3} more files.` : '';
  return new AppError(
    'no-pairs',
    `No pair of image and label could be used, so nothing was stored. ${files.join(' ')}${more}`,
    { rejected: rejected.map(({ file, reason }) => `${file}: ${reason}`) },
  );
}

export const storageFull = (error: unknown): boolean =>
  error instanceof AppError && error.code === 'storage-full';

function stoppedEarly(): AppError {
  return new AppError('aborted', 'The import was stopped before a pair was stored.');
}

/** Values that no class has and that were read as void: they are never silent. */
class StrangeValues {
  private readonly format: LabelFormat;
  private readonly counts = new Map<number, { pixels: number; files: number }>();

  constructor(format: LabelFormat) {
    this.format = format;
  }

  readonly add = (_file: string, pixels: ReadonlyMap<number, number>): void => {
    for (const [value, count] of pixels) {
      const before = this.counts.get(value) ?? { pixels: 0, files: 0 };
      this.counts.set(value, { pixels: before.pixels + count, files: before.files + 1 });
    }
  };

  /** A sentence for each of the most frequent, and one for the rest. */
  notes(): string[] {
    const sorted = [...this.counts].sort((a, b) => b[1].pixels - a[1].pixels);
    const lines = sorted
      .slice(0, 50)
      .map(
        ([value, { pixels, files }]) =>
          `${valueText(value, this.format)} has no class and was read as void: ${pixels} pixels in ${files} files.`,
      );
    const more = sorted.length - lines.length;
    return more > 0 ? [...lines, `${more} more values have no class and were read as void.`] : lines;
  }
}

/** What a full disk left out, as an entry of the list of what is not usable. */
export function notStored({ pairs, unfinished }: DatasetRecord): Rejection {
  return {
    file: `all but ${pairs.train + pairs.val} of ${unfinished?.total ?? 0} pairs`,
    reason:
      'Not stored: the browser has no storage left for this page. Delete another dataset or free disk space and go on with the import, or keep what is stored.',
  };
}

/** What an import says of itself at its end. */
export function reportOf(record: DatasetRecord, seconds: number): Omit<ImportReport, 'notes'> {
  const { pixels, pairs, tiles, voidClass } = record;
  const all = addCounts(pixels.train, pixels.val);
  const classes: ImportReport['classes'] = record.classes.map((entry, i) => ({
    ...entry,
    pixels: all.classes[i]!,
  }));
  if (voidClass) classes.push({ ...voidClass, pixels: all.void, void: true });
  return {
    dataset: record.id,
    name: record.name,
    format: record.format,
    pairs: pairs.train + pairs.val,
    train: pairs.train,
    val: pairs.val,
    classes,
    rejected:
      record.unfinished?.stopped === 'storage-full'
        ? [...record.rejected, notStored(record)]
        : record.rejected,
    tiles: tiles.train + tiles.val,
    seconds,
    complete: record.state === 'ready',
  };
}
