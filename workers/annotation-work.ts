// Annotating: label maps as they are painted, further classes, and photos that have no labels yet.
import { newId } from '../src/core/ids';
import { AppError } from '../src/core/errors';
import { ImageDecoder } from '../src/data/decode-image';
import { importPhotos } from '../src/data/photos';
import type { AnnotationApi } from '../src/rpc/contract';
import { appendClass, putLabelMap } from '../src/storage/annotations';
import * as datasets from '../src/storage/datasets';
import { importLockName } from '../src/storage/imports';
import { withLock } from '../src/storage/locks';

const decoder = new ImageDecoder();
let importing: AbortController | null = null;

/** Ends a running import of photos after the current one. */
export const cancelPhotos = () => importing?.abort();

export const annotationWork: AnnotationApi = {
  // Under the lock of what rewrites a whole dataset, which would put its own label map in the place of this one.
  storeLabels: (key, labels, classIds) =>
    withLock(importLockName(key.dataset), () => putLabelMap(key, labels, classIds)),
  addClass: (id, added) => withLock(importLockName(id), () => appendClass(id, added)),

  async importPhotos(files, settings, onProgress) {
    if (await datasets.findDatasetByName(settings.name.trim())) {
      throw datasets.nameTaken(settings.name.trim());
    }
    if (importing) {
      throw new AppError(
        'bad-settings',
        'Other photos are being imported. Wait for them, or stop them first.',
      );
    }
    const cancel = new AbortController();
    importing = cancel;
    const id = newId();
    try {
      return await withLock(importLockName(id), () =>
        importPhotos({
          id,
          createdAt: Date.now(),
          files,
          settings,
          decoder,
          sink: datasets.putTiles,
          signal: cancel.signal,
          onProgress,
        }),
      );
    } finally {
      importing = null;
    }
  },
};
