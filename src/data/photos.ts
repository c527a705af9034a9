// Photos without labels as a dataset: all void at first, to be annotated.
import { AppError } from '../core/errors';
import { permutation } from '../core/random';
import type { ImageDecoder } from './decode-image';
import { ImportBatch, type TileSink } from './import-batch';
import { ImportMeter } from './import-meter';
import { checkImportSettings } from './import-settings';
import type { ImportProgress, ImportReport, ImportSettings } from './import-types';
import { reportOf, storageFull } from './importer';
import { baseName, sortByBytes } from './paths';
import { rejectionOf } from './read-file';
import {
  VOID,
  type ClassList,
  type DatasetId,
  type DatasetRecord,
  type InputFile,
  type Scale,
  type Split,
} from './types';

export interface PhotoSettings {
  name: string;
  classes: ClassList;
  /** What every photo comes to: batches need one size. */
  scale: Scale;
  /** How many photos validate; the seed says which. */
  validation: number;
  seed: number;
  /** The dataset of photos that these are added to; its name, classes and size are those above. A new one if not given. */
  into?: DatasetId;
}

export interface PhotoJob {
  id: string;
  createdAt: number;
  files: readonly InputFile[];
  settings: PhotoSettings;
  /** The record of the dataset that the photos are added to. */
  from?: DatasetRecord;
  decoder: ImageDecoder;
  sink: TileSink;
  signal: AbortSignal;
  onProgress: (progress: ImportProgress) => void;
}

/** A batch goes to the sink when its tiles have this many bytes. */
const batchBytes = 4 * 1024 * 1024;

/** How many of `photos` validate if nothing else is said: a fifth, but one where there are two, so that a run can be measured. */
export function validationPhotos(photos: number): number {
  return photos < 2 ? 0 : Math.max(1, Math.round(photos / 5));
}

/** How many of `added` photos validate, so that of all of them as many do as in a new dataset. */
export function addedValidation({ pairs }: Pick<DatasetRecord, 'pairs'>, added: number): number {
  const wanted = validationPhotos(pairs.train + pairs.val + added) - pairs.val;
  return Math.min(added, Math.max(0, wanted));
}

/** The size of pictures like `photo` whose longer side is `longest`, in whole pixels. */
export function photoSize(photo: { width: number; height: number }, longest: number): Scale {
  const ratio = longest / Math.max(photo.width, photo.height);
  const side = (value: number) => Math.max(32, Math.round(value * ratio));
  return { width: side(photo.width), height: side(photo.height) };
}

/**
 * Makes a dataset of photos, sorted by path, or adds them to one. What cannot be decoded is listed and the rest goes on.
 * Throws AppError 'bad-settings' or 'bad-classes', 'bad-file' where no photo can be used, and 'aborted' or 'storage-full' where nothing was stored.
 */
export async function importPhotos(job: PhotoJob): Promise<ImportReport> {
  const { settings, signal, decoder, from } = job;
  const files = sortByBytes(job.files, ({ path }) => path);
  const choices = checkPhotos(settings, files.length, from !== undefined);
  const splits = splitPhotos(files.length, settings.validation, settings.seed);
  const begun = from && { ...from, unfinished: { done: 0, total: files.length } };
  const batch = new ImportBatch(
    {
      ...job,
      ...(begun ? { from: begun } : {}),
      ownValidation: false,
      format: 'grey-index',
      rejected: [],
      settings: choices,
      source: { kind: 'photos' },
    },
    files.length,
  );
  const rejectedNow = () => batch.record.rejected.slice(from?.rejected.length ?? 0);
  const meter = new ImportMeter(files.length, job.onProgress);
  try {
    while (batch.done < files.length && !signal.aborted) {
      const { path, file } = files[batch.done]!;
      const split = splits[batch.done]!;
      try {
        const image = await decoder.decode(file, path);
        const { width, height } = image;
        const labels = new Uint8Array(width * height).fill(VOID);
        batch.add(baseName(path), split, image, { width, height, labels }, path);
      } catch (error) {
        batch.reject(rejectionOf(error, path));
      }
      if (batch.bytes >= batchBytes) await batch.flush('importing');
      meter.report('storing', batch.done, batch.tiles, batch.rejected);
    }
    meter.report('finishing', batch.done, batch.tiles, batch.rejected, true);
    if (batch.tiles === tilesOf(from)) {
      if (signal.aborted) throw new AppError('aborted', 'The import was stopped before a photo was stored.');
      throw new AppError(
        'bad-file',
        `None of these photos can be used. ${rejectedNow()[0]?.reason ?? ''}`.trim(),
        {
          rejected: rejectedNow()
            .slice(0, 20)
            .map(({ file, reason }) => `${file}: ${reason}`),
        },
      );
    }
    // A part of the photos is a dataset like any other: there is nothing to go on with.
    await batch.flush('ready');
  } catch (error) {
    // Nothing of these photos is stored: a dataset that was there is as it was.
    if (!batch.stored || batch.stored === begun) throw error;
    await batch.giveUp(storageFull(error) ? 'storage-full' : 'failed');
    if (!storageFull(error)) throw error;
  }
  return { ...reportOf(batch.stored ?? batch.record, meter.seconds), notes: [] };
}

const tilesOf = (record?: DatasetRecord) => (record ? record.tiles.train + record.tiles.val : 0);

function checkPhotos(
  { name, classes, scale, validation, seed }: PhotoSettings,
  photos: number,
  isAddition: boolean,
): ImportSettings {
  // What is added needs nothing to train on: that is there already.
  const most = isAddition ? photos : Math.max(1, photos) - 1;
  if (!Number.isInteger(validation) || validation < 0 || validation > most) {
    throw new AppError(
      'bad-settings',
      `Of ${photos} photos ${most} at most can validate, not ${validation}: one must be left to train on.`,
    );
  }
  const validationPercent = photos ? Math.round((1000 * validation) / photos) / 10 : 0;
  const settings = { name, classes, scale, validationPercent, seed, format: null, tile: null };
  checkImportSettings({ ...settings, validationPercent: Math.min(90, validationPercent) });
  return settings;
}

/** Which photos validate: exactly so many, chosen by the seed. */
function splitPhotos(photos: number, validation: number, seed: number): Split[] {
  const splits = new Array<Split>(photos).fill('train');
  for (const index of permutation(photos, seed, 'split').subarray(0, validation)) splits[index] = 'val';
  return splits;
}
