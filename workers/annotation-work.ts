// Annotating: label maps as they are painted, further classes, and photos that have no labels yet.
import { newId } from '../src/core/ids';
import { AppError } from '../src/core/errors';
import { ImageDecoder } from '../src/data/decode-image';
import { baseName } from '../src/data/paths';
import { importPhotos } from '../src/data/photos';
import type { DatasetId, DatasetRecord, SourceFile } from '../src/data/types';
import type { AnnotationApi } from '../src/rpc/contract';
import { appendClass, putLabelMap } from '../src/storage/annotations';
import * as datasets from '../src/storage/datasets';
import { importLockName } from '../src/storage/imports';
import { unfinishedOn } from '../src/storage/label-merge';
import { withLock } from '../src/storage/locks';
import { listRuns } from '../src/storage/runs';

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
    const { into } = settings;
    if (into === undefined && (await datasets.findDatasetByName(settings.name.trim()))) {
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
    const id = into ?? newId();
    try {
      return await withLock(importLockName(id), async () => {
        const from = into === undefined ? null : await growing(into);
        const fresh = from ? await newOnes(files, from) : files;
        return importPhotos({
          id,
          createdAt: Date.now(),
          files: fresh,
          settings: from
            ? { ...settings, validation: Math.min(settings.validation, fresh.length) }
            : settings,
          ...(from ? { from } : {}),
          decoder,
          sink: datasets.putTiles,
          signal: cancel.signal,
          onProgress,
        });
      });
    } finally {
      importing = null;
    }
  },
};

/**
 * The record of a dataset of photos that more can be added to. Throws AppError 'not-found', or 'bad-settings' where its import has
 * not ended, or where a run has not: the tiles of its next epoch would be others than those that it began with.
 */
async function growing(id: DatasetId): Promise<DatasetRecord> {
  const record = await datasets.getDataset(id);
  if (!record) throw datasets.noDataset();
  const { name } = record;
  if (record.state !== 'ready') {
    throw new AppError(
      'bad-settings',
      `The import of "${name}" has not ended. Go on with it, or keep what is there.`,
    );
  }
  const runs = unfinishedOn(id, await listRuns());
  if (runs.length === 0) return record;
  const named = runs.map((run) => `"${run.name}" (${run.status})`).join(', ');
  throw new AppError(
    'bad-settings',
    `Photos cannot be added to "${name}" while runs that have not ended train on it: ${named}. Let them end, or delete them first.`,
    { runs: runs.map((run) => run.name) },
  );
}

/** The photos whose names the dataset does not have. Throws AppError 'bad-file' where it has all of them. */
async function newOnes(files: readonly SourceFile[], { id, name }: DatasetRecord): Promise<SourceFile[]> {
  const tiles = await Promise.all([datasets.listTiles(id, 'train'), datasets.listTiles(id, 'val')]);
  const known = new Set(tiles.flat().map((tile) => tile.name));
  const fresh = files.filter(({ path }) => !known.has(baseName(path)));
  if (fresh.length > 0) return fresh;
  throw new AppError(
    'bad-file',
    `"${name}" has photos of these names already, so nothing was added. Choose others, or rename them.`,
  );
}
