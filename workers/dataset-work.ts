// Work on stored datasets: other classes, clones, exports. One piece of work at a time, so that what is stopped is clear.
import { AppError } from '../src/core/errors';
import { newId } from '../src/core/ids';
import { editClasses } from '../src/data/class-edit';
import { checkClone, cloneTiles } from '../src/data/dataset-clone';
import { exportTiles } from '../src/data/dataset-export';
import { stageMerge } from '../src/data/dataset-merge';
import { blobSink, handleSink } from '../src/data/file-sink';
import type { DatasetId, DatasetRecord, Split } from '../src/data/types';
import type { DatasetWorkApi } from '../src/rpc/contract';
import * as datasets from '../src/storage/datasets';
import { importLockName } from '../src/storage/imports';
import * as merges from '../src/storage/label-merge';
import { withFreeLock, withLock } from '../src/storage/locks';
import { listRuns } from '../src/storage/runs';

let working: AbortController | null = null;

const fault = (message: string) => new AppError('bad-settings', message);

/** Runs work that `cancelDatasetWork` stops. Throws AppError 'bad-settings' while other work goes on. */
async function stoppable<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  if (working) throw fault('Another dataset is being changed or exported. Wait for it, or stop it first.');
  const cancel = new AbortController();
  working = cancel;
  try {
    return await work(cancel.signal);
  } finally {
    working = null;
  }
}

async function stored(id: DatasetId): Promise<DatasetRecord> {
  const record = await datasets.getDataset(id);
  if (!record) throw datasets.noDataset();
  return record;
}

/** Runs work on a dataset that nobody may change meanwhile. */
async function alone<Result>(id: DatasetId, work: () => Promise<Result>): Promise<Result> {
  const result = await withFreeLock(importLockName(id), async () => ({ value: await work() }));
  if (!result) {
    throw fault(
      'This dataset is being imported or changed, perhaps in another tab. Wait until that has ended.',
    );
  }
  return result.value;
}

const readerOf = (id: DatasetId) => (split: Split, indices: readonly number[]) =>
  datasets.getTiles(id, split, indices);

export const datasetWork: DatasetWorkApi = {
  editClasses(id, edit, onProgress) {
    return stoppable((signal) =>
      alone(id, async () => {
        const dataset = await stored(id);
        const edited = editClasses(dataset, edit);
        const { table } = edited;
        if (!table) return merges.switchClasses(dataset, edited);
        merges.refuseFor(dataset, merges.unfinishedOn(id, await listRuns()));
        try {
          await merges.dropStaged(id);
          await stageMerge({
            dataset,
            table,
            read: (split, from, count) => merges.readLabelMaps(id, split, from, count),
            stage: merges.stageLabels,
            signal,
            onProgress,
          });
          await merges.switchClasses(dataset, edited);
        } catch (error) {
          await merges.dropStaged(id);
          throw error;
        }
      }),
    );
  },

  cloneDataset(from, { edit, ...settings }, onProgress) {
    return stoppable(async (signal) => {
      const source = await stored(from);
      const name = settings.name.trim();
      checkClone(source, settings);
      const classes = editClasses(source, edit);
      if (await datasets.findDatasetByName(name)) throw datasets.nameTaken(name);
      const id = newId();
      // Nobody may change the source while it is read.
      return alone(from, () =>
        withLock(importLockName(id), async () => {
          try {
            await cloneTiles({
              id,
              createdAt: Date.now(),
              from: source,
              settings,
              classes,
              read: readerOf(from),
              sink: datasets.putTiles,
              signal,
              onProgress,
            });
            return id;
          } catch (error) {
            await datasets.deleteDatasetRecords(id);
            throw error;
          }
        }),
      );
    });
  },

  exportDataset(id, handle, onProgress) {
    return stoppable((signal) =>
      alone(id, async () => {
        const dataset = await stored(id);
        const sink = handle ? await handleSink(handle) : blobSink('application/zip');
        try {
          const summary = await exportTiles({ dataset, read: readerOf(id), sink, signal, onProgress });
          return { ...summary, file: await sink.close() };
        } catch (error) {
          await sink.discard().catch(() => undefined);
          throw error;
        }
      }),
    );
  },

  cancelDatasetWork() {
    working?.abort();
  },
};
