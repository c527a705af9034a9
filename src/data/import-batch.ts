// What an import has made and not yet stored, and the record that grows with it.
import { fileError } from '../formats/file-error';
import { deflateLabels } from './label-codec';
import type { ImportProgress, ImportSettings } from './import-types';
import type { Pair } from './pairing';
import { reshapePair, type Shaped } from './reshape';
import { addCounts, addSums, countPixels, noPixels, sumChannels } from './statistics';
import { cutTiles, type Tile } from './tiling';
import type {
  DatasetRecord,
  LabelFormat,
  LabelMap,
  Rejection,
  RgbImage,
  Split,
  TileRecord,
  Unfinished,
} from './types';

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
  /** The record of an import that was ended, to go on from. */
  from?: DatasetRecord;
  /** Called with the record before the first pair of an import that does not go on from another. */
  begin?: (record: DatasetRecord) => Promise<void>;
  sink: TileSink;
  /** Ends the import after the current pair. */
  signal: AbortSignal;
  onProgress: (progress: ImportProgress) => void;
}

/** Tiles that were made and not yet stored, and the record that will be true when they are. */
export class ImportBatch {
  record: DatasetRecord;
  /** The record as it was last stored with tiles. */
  stored: DatasetRecord | null = null;
  bytes = 0;
  private waiting: TileRecord[] = [];
  private readonly job: Pick<ImportJob, 'sink'>;

  constructor(job: Omit<ImportJob, 'pairs' | 'signal' | 'onProgress'>, total: number) {
    this.job = job;
    this.record = job.from ? { ...job.from, state: 'importing' } : newRecord(job, total);
    if (job.from && this.tiles > 0) this.stored = job.from;
  }

  get tiles(): number {
    return this.record.tiles.train + this.record.tiles.val;
  }

  get rejected(): number {
    return this.record.rejected.length;
  }

  /** How many pairs were stored or rejected. */
  get done(): number {
    return this.record.unfinished?.done ?? 0;
  }

  reject(rejection: Rejection): void {
    this.record = { ...this.record, rejected: [...this.record.rejected, rejection] };
    this.count();
  }

  /**
   * Brings a pair to the chosen size and cuts it. Each pixel that lies in a tile is counted once, and what pads tiles is not.
   * Throws AppError 'bad-file' or 'bad-label' naming `file` where nothing of it is kept.
   */
  add(name: string, split: Split, image: RgbImage, label: LabelMap, file = name): void {
    const { scale, tile, overlap, maxVoidPercent = 100 } = this.record;
    const shaped = reshapePair(image, label, scale, file);
    const { id, tiles, pixels, pairs, classes, channelSums } = this.record;
    const cut = cutTiles(shaped.image, shaped.label, tile, overlap).map((piece) => ({
      piece,
      pixels: countPixels(piece.labels, classes.length),
    }));
    const kept = cut.filter(
      ({ pixels, piece }) => pixels.void <= (piece.labels.length * maxVoidPercent) / 100,
    );
    if (kept.length === 0) throw onlyVoid(file, cut.length, maxVoidPercent);
    const records = kept.map(({ piece, pixels }, i): TileRecord => ({
      ...piece,
      dataset: id,
      split,
      index: tiles[split] + i,
      name,
      pixels,
      labels: deflateLabels(piece.labels),
    }));
    const dropped = cut.length - kept.length;
    const counted =
      dropped > 0
        ? inTiles(
            shaped,
            kept.map(({ piece }) => piece),
          )
        : inContent(shaped);
    const bytes = records.reduce((sum, { rgb, labels }) => sum + rgb.length + labels.length, 0);
    this.waiting.push(...records);
    this.bytes += bytes;
    const sums = channelSums && {
      ...channelSums,
      [split]: addSums(channelSums[split], sumChannels(counted.rgb)),
    };
    this.record = {
      ...this.record,
      pairs: { ...pairs, [split]: pairs[split] + 1 },
      tiles: { ...tiles, [split]: tiles[split] + records.length },
      pixels: {
        ...pixels,
        [split]: addCounts(pixels[split], countPixels(counted.labels, classes.length)),
      },
      ...(sums ? { channelSums: sums } : {}),
      ...(dropped > 0 ? { droppedTiles: (this.record.droppedTiles ?? 0) + dropped } : {}),
      tileSizes: withSizes(this.record.tileSizes, records),
      sizeBytes: this.record.sizeBytes + bytes,
    };
    this.count();
  }

  /** Stores what waits. `stopped` says why an import ends with it before its last pair. */
  async flush(state: DatasetRecord['state'], stopped?: Unfinished['stopped']): Promise<void> {
    const { unfinished, ...rest } = this.record;
    const next: DatasetRecord = {
      ...rest,
      state,
      ...(state === 'ready' || !unfinished
        ? {}
        : { unfinished: { ...unfinished, ...(stopped ? { stopped } : {}) } }),
    };
    await this.job.sink(this.waiting, next);
    this.stored = next;
    this.waiting = [];
    this.bytes = 0;
  }

  /** After a failure: what is stored stays, and its record says how far it came. */
  async giveUp(stopped: NonNullable<Unfinished['stopped']>): Promise<void> {
    const { unfinished, ...last } = this.stored!;
    this.stored = {
      ...last,
      state: 'partial',
      ...(unfinished ? { unfinished: { ...unfinished, stopped } } : {}),
    };
    try {
      await this.job.sink([], this.stored);
    } catch {
      // Not even the record fits. It stays 'importing' and is put right when the page starts again.
    }
  }

  private count(): void {
    const { unfinished } = this.record;
    if (unfinished)
      this.record = { ...this.record, unfinished: { ...unfinished, done: unfinished.done + 1 } };
  }
}

function newRecord(
  {
    id,
    createdAt,
    settings,
    ownValidation,
    format,
    rejected,
    source,
  }: Omit<ImportJob, 'pairs' | 'signal' | 'onProgress'>,
  total: number,
): DatasetRecord {
  const { classes, voidClass } = settings.classes;
  const { overlap = 0, maxVoidPercent = 100 } = settings;
  return {
    id,
    schema: 1,
    name: settings.name.trim(),
    createdAt,
    state: 'importing',
    format,
    classes,
    voidClass,
    scale: settings.scale,
    tile: settings.tile,
    ...(overlap > 0 ? { overlap } : {}),
    ...(maxVoidPercent < 100 ? { maxVoidPercent } : {}),
    split: ownValidation
      ? { kind: 'folders' }
      : { kind: 'share', percent: settings.validationPercent, seed: settings.seed },
    pairs: { train: 0, val: 0 },
    tiles: { train: 0, val: 0 },
    pixels: { train: noPixels(classes.length), val: noPixels(classes.length) },
    channelSums: { train: [0, 0, 0], val: [0, 0, 0] },
    tileSizes: [],
    rejected: [...rejected],
    sizeBytes: 0,
    unfinished: { done: 0, total },
    ...(source ? { source } : {}),
  };
}

/** The pixels of a pair that are the picture's own. */
function inContent({ image, label, content }: Shaped): { rgb: Uint8Array; labels: Uint8Array } {
  if (content.width === image.width && content.height === image.height) {
    return { rgb: image.rgb, labels: label.labels };
  }
  return inTiles({ image, label, content }, [{ x: 0, y: 0, width: image.width, height: image.height }]);
}

/** The pixels of a pair that are the picture's own and lie in one of the tiles. */
function inTiles(
  { image, label, content }: Shaped,
  tiles: readonly Pick<Tile, 'x' | 'y' | 'width' | 'height'>[],
): { rgb: Uint8Array; labels: Uint8Array } {
  const covered = new Uint8Array(label.labels.length);
  for (const tile of tiles) {
    const left = Math.max(tile.x, content.x);
    const right = Math.min(tile.x + tile.width, content.x + content.width);
    const bottom = Math.min(tile.y + tile.height, content.y + content.height);
    for (let y = Math.max(tile.y, content.y); y < bottom; y++) {
      if (right > left) covered.fill(1, y * image.width + left, y * image.width + right);
    }
  }
  return {
    rgb: image.rgb.filter((_, i) => covered[Math.floor(i / 3)] === 1),
    labels: label.labels.filter((_, i) => covered[i] === 1),
  };
}

function onlyVoid(file: string, tiles: number, maxVoidPercent: number): Error {
  const which = tiles === 1 ? 'its one tile has' : `each of its ${tiles} tiles has`;
  return fileError('bad-label', file, `${which} more than ${maxVoidPercent} % void, so none is kept.`);
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
