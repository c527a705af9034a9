// The verb that makes a dataset of photos without labels.
import { defaultColour } from '../data/default-colour';
import type { ImportProgress, ImportReport } from '../data/import-types';
import { validationPhotos } from '../data/photos';
import type { LabelClass } from '../data/types';
import { loader } from '../rpc/workers';
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
