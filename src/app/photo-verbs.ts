// The verbs that make a dataset of photos without labels, and add more to it.
import { defaultColour } from '../data/default-colour';
import type { ImportProgress, ImportReport } from '../data/import-types';
import { AppError } from '../core/errors';
import { addedValidation, validationPhotos } from '../data/photos';
import type { DatasetId, LabelClass, SourceFile } from '../data/types';
import { loader } from '../rpc/workers';
import { getDataset, noDataset } from '../storage/datasets';
import { storing } from './import-verbs';
import type { PhotoRequest } from './public';

/** Stores photos as a dataset whose every pixel is void; the classes get ids from 0 where they have none. */
export function importPhotos(
  request: PhotoRequest,
  onProgress?: (progress: ImportProgress) => void,
): Promise<ImportReport> {
  const { files, name, scale, seed = 1, validation = validationPhotos(files.length) } = request;
  const classes = request.classes.map((one, position): LabelClass => ({
    id: one.id ?? position,
    name: one.name.trim(),
    colour: one.colour ?? defaultColour(position),
  }));
  const settings = { name, classes: { classes, voidClass: null }, scale, validation, seed };
  return storing(name, null, onProgress, (say) => loader().importPhotos([...files], settings, say));
}

/**
 * Adds photos to a dataset of photos, in its size; those whose names it has are left out. Throws AppError 'bad-settings' where the
 * dataset is no such one or a run on it has not ended, 'bad-file' where none of the photos is new and can be used.
 */
export async function addPhotos(
  id: DatasetId,
  files: readonly SourceFile[],
  onProgress?: (progress: ImportProgress) => void,
): Promise<ImportReport> {
  const record = await getDataset(id);
  if (!record) throw noDataset();
  const { name, classes, voidClass, scale, source, pairs } = record;
  if (source?.kind !== 'photos' || !scale) {
    throw new AppError('bad-settings', `"${name}" is not a dataset of photos, so none can be added to it.`);
  }
  const validation = addedValidation(record, files.length);
  const settings = {
    name,
    classes: { classes, voidClass },
    scale,
    validation,
    seed: 1 + pairs.train + pairs.val,
    into: id,
  };
  return storing(name, id, onProgress, (say) => loader().importPhotos([...files], settings, say));
}
