// Merging classes of a stored dataset: every label map is rewritten beside the old one, batch by batch.
import { AppError } from '../core/errors';
import { replaceLabels } from './class-edit';
import { deflateLabels, inflateLabels } from './label-codec';
import { TileMeter, type TileProgress } from './tile-meter';
import type { DatasetRecord, Size, Split, TileKey } from './types';

/** A stored label map, deflated, with the size that it inflates to. */
export interface StoredLabels extends TileKey, Size {
  labels: Uint8Array;
}

export interface MergeJob {
  dataset: DatasetRecord;
  /** New position of each label value, 256 of them. */
  table: Uint8Array;
  /** Up to `count` label maps of a split from an index on. */
  read: (split: Split, from: number, count: number) => Promise<StoredLabels[]>;
  /** Keeps new label maps until all are there; the old ones stay in use. */
  stage: (maps: (TileKey & { labels: Uint8Array })[]) => Promise<void>;
  signal: AbortSignal;
  onProgress: (progress: TileProgress) => void;
}

/** Label maps are small: this many are about a megabyte. */
const batch = 64;

/** Stages the label maps of all tiles. Throws AppError 'aborted' when stopped, and 'not-found' where tiles are gone. */
export async function stageMerge({
  dataset,
  table,
  read,
  stage,
  signal,
  onProgress,
}: MergeJob): Promise<void> {
  const { train, val } = dataset.tiles;
  const meter = new TileMeter(train + val, onProgress);
  for (const split of ['train', 'val'] as const) {
    for (let from = 0; from < dataset.tiles[split]; from += batch) {
      if (signal.aborted) throw new AppError('aborted', 'Stopped. The classes are as they were.');
      const maps = await read(split, from, Math.min(batch, dataset.tiles[split] - from));
      if (maps.length === 0) {
        throw new AppError('not-found', `Tiles of "${dataset.name}" are missing. It may have been deleted.`);
      }
      const changed = maps.map(({ split, index, width, height, labels }) => ({
        dataset: dataset.id,
        split,
        index,
        labels: deflateLabels(replaceLabels(inflateLabels(labels, width * height), table)),
      }));
      await stage(changed);
      meter.add(changed.length);
    }
  }
}
