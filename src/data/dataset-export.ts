// A stored dataset as folders of PNG pairs with class lists, in a zip that is written as it is made.
import { AppError } from '../core/errors';
import { encodeRgbPng } from '../formats/png-encode';
import { ZipWriter } from '../formats/zip-writer';
import { classFiles, exportedClasses, safeName, TileNames } from './export-names';
import type { FileSink } from './file-sink';
import { inflateLabels } from './label-codec';
import { encodeLabelPng } from './label-png';
import { TileMeter, type TileProgress } from './tile-meter';
import type { DatasetRecord, Split, TileRecord } from './types';

export interface ExportJob {
  dataset: DatasetRecord;
  read: (split: Split, indices: readonly number[]) => Promise<(TileRecord | undefined)[]>;
  sink: FileSink;
  signal: AbortSignal;
  onProgress: (progress: TileProgress) => void;
}

export interface ExportSummary {
  tiles: Record<Split, number>;
  /** Of the zip file. */
  bytes: number;
  seconds: number;
}

const batchBytes = 4 * 1024 * 1024;

/**
 * Writes NAME/train/images, NAME/train/labels and the same for val, one PNG per tile under equal names: pictures as RGB, label
 * maps indexed, with the classes' ids for values and their colours for palette. Beside them lie the class lists.
 * Throws AppError 'aborted' when stopped; closing or discarding the file is left to the caller.
 */
export async function exportTiles({
  dataset,
  read,
  sink,
  signal,
  onProgress,
}: ExportJob): Promise<ExportSummary> {
  const root = safeName(dataset.name);
  const zip = new ZipWriter((bytes) => sink.write(bytes));
  const list = exportedClasses(dataset);
  for (const { name, text } of classFiles(list)) {
    await zip.add(`${root}/${name}`, new TextEncoder().encode(text));
  }
  const names = new TileNames(dataset);
  const meter = new TileMeter(dataset.tiles.train + dataset.tiles.val, onProgress);
  const tileBytes = Math.max(1, ...dataset.tileSizes.map(({ width, height }) => width * height * 4));
  const atATime = Math.max(1, Math.floor(batchBytes / tileBytes));
  for (const split of ['train', 'val'] as const) {
    for (let start = 0; start < dataset.tiles[split]; start += atATime) {
      const count = Math.min(atATime, dataset.tiles[split] - start);
      for (const tile of await read(
        split,
        Array.from({ length: count }, (_, i) => start + i),
      )) {
        if (signal.aborted) throw new AppError('aborted', 'Stopped. The file was not saved.');
        if (!tile) {
          throw new AppError(
            'not-found',
            `Tiles of "${dataset.name}" are missing. It may have been deleted.`,
          );
        }
        const { width, height, rgb } = tile;
        const name = names.next(tile);
        const labels = inflateLabels(tile.labels, width * height);
        await zip.add(`${root}/${split}/images/${name}.png`, await encodeRgbPng(width, height, rgb));
        await zip.add(
          `${root}/${split}/labels/${name}.png`,
          new Uint8Array(encodeLabelPng({ width, height, labels }, list)),
        );
        meter.add(1);
      }
    }
  }
  return { tiles: dataset.tiles, bytes: await zip.close(), seconds: meter.seconds };
}
