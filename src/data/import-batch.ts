// What an import has made and not yet stored, and the record that grows with it.
import { deflateLabels } from './label-codec';
import type { ImportProgress, ImportSettings } from './import-types';
import type { Pair } from './pairing';
import { resizeImage, resizeLabels } from './resize';
import { addCounts, countPixels, noPixels } from './statistics';
import { cutTiles } from './tiling';
import type { DatasetRecord, LabelFormat, LabelMap, Rejection, RgbImage, Split, TileRecord } from './types';

/** Where tiles go. It stores tiles and record together, or rejects and stores neither. */
export type TileSink = (tiles: TileRecord[], record: DatasetRecord) => Promise<void>;

export interface ImportJob {
  id: string;
  createdAt: number;
  pairs: readonly Pair[];
  /** True where the pairs' own splits count, and not the share for validation. */
  ownValidation: boolean;
  format: LabelFormat;
  /** What the survey could not use already. */
  rejected: readonly Rejection[];
  settings: ImportSettings;
  /** What makes the pairs, where they do not come from files. */
  source?: DatasetRecord['source'];
  sink: TileSink;
  /** Ends the import after the current pair. */
  signal: AbortSignal;
  onProgress: (progress: ImportProgress) => void;
}

/** Tiles that were made and not yet stored, and the record that will be true when they are. */
export class ImportBatch {
  record: DatasetRecord;
  /** The record as it was last stored. */
  stored: DatasetRecord | null = null;
  bytes = 0;
  private waiting: TileRecord[] = [];
  private readonly job: ImportJob;

  constructor(job: ImportJob) {
    this.job = job;
    const { settings } = job;
    const { classes, voidClass } = settings.classes;
    this.record = {
      id: job.id,
      schema: 1,
      name: settings.name.trim(),
      createdAt: job.createdAt,
      state: 'importing',
      format: job.format,
      classes,
      voidClass,
      scale: settings.scale,
      tile: settings.tile,
      split: job.ownValidation
        ? { kind: 'folders' }
        : { kind: 'share', percent: settings.validationPercent, seed: settings.seed },
      pairs: { train: 0, val: 0 },
      tiles: { train: 0, val: 0 },
      pixels: { train: noPixels(classes.length), val: noPixels(classes.length) },
      tileSizes: [],
      rejected: [...job.rejected],
      sizeBytes: 0,
      ...(job.source ? { source: job.source } : {}),
    };
  }

  get tiles(): number {
    return this.record.tiles.train + this.record.tiles.val;
  }

  get rejected(): number {
    return this.record.rejected.length;
  }

  reject(rejection: Rejection): void {
    this.record = { ...this.record, rejected: [...this.record.rejected, rejection] };
  }

  /** Scales and cuts a pair. Pixels are counted before cutting, so that what pads the last tiles is not counted. */
  add(name: string, split: Split, image: RgbImage, label: LabelMap): void {
    const { scale, tile } = this.record;
    const scaled = scale ? resizeLabels(label, scale) : label;
    const cut = cutTiles(scale ? resizeImage(image, scale) : image, scaled, tile);
    const { id, tiles, pixels, pairs, classes } = this.record;
    const records = cut.map((piece, i): TileRecord => ({
      ...piece,
      dataset: id,
      split,
      index: tiles[split] + i,
      name,
      pixels: countPixels(piece.labels, classes.length),
      labels: deflateLabels(piece.labels),
    }));
    const bytes = records.reduce((sum, { rgb, labels }) => sum + rgb.length + labels.length, 0);
    this.waiting.push(...records);
    this.bytes += bytes;
    this.record = {
      ...this.record,
      pairs: { ...pairs, [split]: pairs[split] + 1 },
      tiles: { ...tiles, [split]: tiles[split] + records.length },
      pixels: {
        ...pixels,
        [split]: addCounts(pixels[split], countPixels(scaled.labels, classes.length)),
      },
      tileSizes: withSizes(this.record.tileSizes, records),
      sizeBytes: this.record.sizeBytes + bytes,
    };
  }

  async flush(state: DatasetRecord['state']): Promise<void> {
    const next = { ...this.record, state };
    await this.job.sink(this.waiting, next);
    this.stored = next;
    this.waiting = [];
    this.bytes = 0;
  }

  /** After a failure: what is stored stays, and its record says so. `total` pairs were to be stored on a disk now full. */
  async giveUp(total: number | null): Promise<void> {
    const last = this.stored!;
    const kept = last.pairs.train + last.pairs.val;
    const missing: Rejection = {
      file: `all but ${kept} of ${total} pairs`,
      reason:
        'Not stored: the browser has no storage left for this page. Delete another dataset or free disk space and import again, or go on with what is stored.',
    };
    const rejected = total === null ? this.record.rejected : [...this.record.rejected, missing];
    this.stored = { ...last, state: 'partial', rejected };
    try {
      await this.job.sink([], this.stored);
    } catch {
      // Not even the record fits. It stays 'importing' and is put right when the page starts again.
    }
  }
}

function withSizes(
  sizes: DatasetRecord['tileSizes'],
  tiles: readonly TileRecord[],
): DatasetRecord['tileSizes'] {
  const counted = sizes.map((size) => ({ ...size }));
  for (const { width, height } of tiles) {
    const same = counted.find((size) => size.width === width && size.height === height);
    if (same) same.count++;
    else counted.push({ width, height, count: 1 });
  }
  return counted;
}
