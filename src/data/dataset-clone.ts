// A dataset made of another's tiles: all or some of them, whole or cut smaller, with the same or other classes.
import { AppError } from '../core/errors';
import { replaceCounts, replaceLabels, type EditedClasses } from './class-edit';
import { checkDatasetName } from './import-settings';
import { deflateLabels, inflateLabels } from './label-codec';
import { addCounts, addSums, countPixels, noPixels, sumChannels } from './statistics';
import { TileMeter, type TileProgress } from './tile-meter';
import { cutTiles } from './tiling';
import { VOID, type DatasetRecord, type Size, type Split, type TileRecord } from './types';

export interface CloneSettings {
  name: string;
  /** Tiles by their indices; null for all. */
  tiles: Record<Split, number[]> | null;
  /** What those tiles are, in words, such as "validation tiles with car"; empty for all. */
  what: string;
  /** What each tile is cut into; null leaves them whole. Pieces that are all void are left out. */
  tile: Size | null;
}

export interface CloneJob {
  id: string;
  createdAt: number;
  from: DatasetRecord;
  settings: CloneSettings;
  classes: EditedClasses;
  read: (split: Split, indices: readonly number[]) => Promise<(TileRecord | undefined)[]>;
  /** Stores tiles and record together, or neither. */
  sink: (tiles: TileRecord[], record: DatasetRecord) => Promise<void>;
  signal: AbortSignal;
  onProgress: (progress: TileProgress) => void;
}

const batchBytes = 4 * 1024 * 1024;
const minSide = 32;

/**
 * Throws AppError 'bad-settings' for a name or a tile size that cannot be used, or where no tile was chosen. Pieces may
 * not be larger than the tiles that they are cut from.
 */
export function checkClone(from: DatasetRecord, { name, tiles, tile }: CloneSettings): void {
  checkDatasetName(name);
  const fault = (message: string) => new AppError('bad-settings', message);
  const total = tiles ? tiles.train.length + tiles.val.length : from.tiles.train + from.tiles.val;
  if (total === 0) throw fault('No tile was chosen, so there is nothing to clone. Change the filter.');
  if (!tile) return;
  const { width, height } = tile;
  const text = `The tile size ${width} x ${height}`;
  if (![width, height].every((side) => Number.isInteger(side) && side >= minSide)) {
    throw fault(`${text} cannot be used: each side is a whole number of at least ${minSide} pixels.`);
  }
  if (from.tileSizes.some((size) => size.width < width || size.height < height)) {
    throw fault(`${text} is larger than some of the stored tiles. Choose a smaller one.`);
  }
}

/**
 * Makes the dataset and returns its record. Memory depends on the batch, not on the number of tiles. Throws AppError
 * 'aborted' when stopped; what was stored until then is the caller's to remove.
 */
export async function cloneTiles(job: CloneJob): Promise<DatasetRecord> {
  const { from, settings, classes, read, sink, signal } = job;
  checkClone(from, settings);
  const clone = new Clone(job);
  const chosen = (split: Split) => settings.tiles?.[split] ?? [...Array(from.tiles[split]).keys()];
  const total = chosen('train').length + chosen('val').length;
  const meter = new TileMeter(total, job.onProgress);
  for (const split of ['train', 'val'] as const) {
    const indices = chosen(split);
    const atATime = Math.max(1, Math.floor(batchBytes / largestTile(from)));
    for (let start = 0; start < indices.length; start += atATime) {
      if (signal.aborted) throw new AppError('aborted', 'Stopped. Nothing was kept of the clone.');
      const tiles = await read(split, indices.slice(start, start + atATime));
      for (const tile of tiles) {
        if (!tile) throw new AppError('not-found', `Tiles of "${from.name}" are missing. Try again.`);
        clone.add(tile);
      }
      await sink(clone.take(), clone.record);
      meter.add(tiles.length);
    }
  }
  if (clone.record.tiles.train + clone.record.tiles.val === 0) {
    throw new AppError('bad-settings', 'All of the pieces are void, so none was kept.');
  }
  const done: DatasetRecord = { ...clone.record, state: 'ready' };
  if (!settings.tiles && !settings.tile) {
    // Of the same pictures: their own counts, which know what pads a tile.
    const count = classes.list.classes.length;
    const same = (split: Split) =>
      classes.table ? replaceCounts(from.pixels[split], classes.table, count) : from.pixels[split];
    done.pixels = { train: same('train'), val: same('val') };
    if (from.channelSums) done.channelSums = from.channelSums;
  }
  await sink([], done);
  return done;
}

const largestTile = ({ tileSizes }: DatasetRecord) =>
  Math.max(1, ...tileSizes.map(({ width, height }) => width * height * 4));

/** The tiles that were made and not stored yet, and the record that is true once they are. */
class Clone {
  record: DatasetRecord;
  private waiting: TileRecord[] = [];
  private readonly job: CloneJob;
  private readonly names: Record<Split, Set<string>> = { train: new Set(), val: new Set() };

  constructor(job: CloneJob) {
    this.job = job;
    const { from, settings, classes, id, createdAt } = job;
    const none = () => noPixels(classes.list.classes.length);
    // What is said of an import does not hold for its clone.
    const { unfinished: _unfinished, droppedTiles: _dropped, ...rest } = from;
    this.record = {
      ...rest,
      ...classes.list,
      id,
      createdAt,
      name: settings.name.trim(),
      state: 'importing',
      tile: settings.tile ?? from.tile,
      pairs: { train: 0, val: 0 },
      tiles: { train: 0, val: 0 },
      pixels: { train: none(), val: none() },
      channelSums: { train: [0, 0, 0], val: [0, 0, 0] },
      tileSizes: [],
      rejected: [],
      sizeBytes: 0,
      source: { kind: 'clone', name: from.name, what: settings.what },
    };
  }

  take(): TileRecord[] {
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }

  add({ split, ...tile }: TileRecord): void {
    const { classes, settings, id } = this.job;
    const old = inflateLabels(tile.labels, tile.width * tile.height);
    const labels = classes.table ? replaceLabels(old, classes.table) : old;
    const { width, height, rgb } = tile;
    const pieces = cutTiles({ width, height, rgb }, { width, height, labels }, settings.tile);
    const count = classes.list.classes.length;
    for (const piece of pieces) {
      if (settings.tile && piece.labels.every((label) => label === VOID)) continue;
      const record: TileRecord = {
        ...piece,
        x: tile.x + piece.x,
        y: tile.y + piece.y,
        dataset: id,
        split,
        index: this.record.tiles[split],
        name: tile.name,
        pixels: countPixels(piece.labels, count),
        labels: piece.labels === old ? tile.labels : deflateLabels(piece.labels),
      };
      this.waiting.push(record);
      this.count(record, within(piece, tile));
    }
  }

  private count(tile: TileRecord, own: { rgb: Uint8Array; labels: Uint8Array }): void {
    const { split } = tile;
    const { tiles, pixels, pairs, channelSums, sizeBytes, tileSizes } = this.record;
    const names = this.names[split].add(tile.name);
    const sums = channelSums!;
    const { width, height } = tile;
    const same = tileSizes.find((size) => size.width === width && size.height === height);
    const others = tileSizes.filter((size) => size !== same);
    this.record = {
      ...this.record,
      pairs: { ...pairs, [split]: names.size },
      tiles: { ...tiles, [split]: tiles[split] + 1 },
      pixels: {
        ...pixels,
        [split]: addCounts(pixels[split], countPixels(own.labels, tile.pixels.classes.length)),
      },
      channelSums: { ...sums, [split]: addSums(sums[split], sumChannels(own.rgb)) },
      tileSizes: [...others, { width, height, count: (same?.count ?? 0) + 1 }],
      sizeBytes: sizeBytes + tile.rgb.length + tile.labels.length,
    };
  }
}

/** The pixels of a piece that lie in the tile: neither what pads its last column nor its last row. */
function within(
  piece: Size & { x: number; y: number; rgb: Uint8Array; labels: Uint8Array },
  tile: Size,
): { rgb: Uint8Array; labels: Uint8Array } {
  const columns = Math.min(piece.width, tile.width - piece.x);
  const rows = Math.min(piece.height, tile.height - piece.y);
  if (columns === piece.width && rows === piece.height) return piece;
  const isIn = (pixel: number) => pixel % piece.width < columns && Math.floor(pixel / piece.width) < rows;
  return {
    rgb: piece.rgb.filter((_, i) => isIn(Math.floor(i / 3))),
    labels: piece.labels.filter((_, i) => isIn(i)),
  };
}
