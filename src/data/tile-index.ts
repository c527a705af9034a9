// What a gallery knows of a dataset's tiles: facts in flat arrays, filtered and sorted without storage.
import { VOID, type DatasetRecord, type Split, type TileFacts } from './types';

/** Facts of all tiles, training ones first; row i of every array is tile i. */
export interface TileIndex {
  count: number;
  /** How many of them, from the first on, are of the training split. */
  train: number;
  names: string[];
  width: Uint32Array;
  height: Uint32Array;
  x: Uint32Array;
  y: Uint32Array;
  /** Pixels per class, `classes + 1` numbers a row, the last of them void. */
  pixels: Uint32Array;
  classes: number;
}

export interface TileFilter {
  split: Split | 'all';
  /** Part of the picture's name, in any case. */
  name: string;
  /** A class position, or VOID; null for tiles of any class. */
  present: number | null;
  /** The class's share of the tile in percent: those within both bounds. */
  from: number;
  to: number;
}

export type TileOrder = 'stored' | 'name' | 'share' | 'share-up';

export const noFilter: TileFilter = { split: 'all', name: '', present: null, from: 0, to: 100 };

/** The index of the facts, which come in the order of their indices. */
export function tileIndex(
  { classes }: Pick<DatasetRecord, 'classes'>,
  facts: Record<Split, readonly TileFacts[]>,
): TileIndex {
  const all = [...facts.train, ...facts.val];
  const columns = classes.length + 1;
  const index: TileIndex = {
    count: all.length,
    train: facts.train.length,
    names: all.map(({ name }) => name),
    width: Uint32Array.from(all, ({ width }) => width),
    height: Uint32Array.from(all, ({ height }) => height),
    x: Uint32Array.from(all, ({ x }) => x),
    y: Uint32Array.from(all, ({ y }) => y),
    pixels: new Uint32Array(all.length * columns),
    classes: classes.length,
  };
  all.forEach(({ pixels }, row) => {
    index.pixels.set(pixels.classes.slice(0, classes.length), row * columns);
    index.pixels[row * columns + classes.length] = pixels.void;
  });
  return index;
}

/** The split and the index within it of a row. */
export function keyOfRow({ train }: TileIndex, row: number): { split: Split; index: number } {
  return row < train ? { split: 'train', index: row } : { split: 'val', index: row - train };
}

/** The class's share of the tile, 0 to 1; `position` may be VOID. */
export function shareOf(
  { pixels, width, height, classes }: TileIndex,
  row: number,
  position: number,
): number {
  const column = position === VOID ? classes : position;
  return pixels[row * (classes + 1) + column]! / (width[row]! * height[row]!);
}

/** The rows that pass the filter, in the wanted order. Of equal ones the earlier row comes first. */
export function findTiles(index: TileIndex, filter: TileFilter, order: TileOrder): Uint32Array {
  const { count, train, names } = index;
  const { split, present, from, to } = filter;
  const wanted = filter.name.trim().toLowerCase();
  const start = split === 'val' ? train : 0;
  const end = split === 'train' ? train : count;
  const rows = new Uint32Array(end - start);
  let found = 0;
  for (let row = start; row < end; row++) {
    if (wanted !== '' && !names[row]!.toLowerCase().includes(wanted)) continue;
    if (present !== null) {
      const share = shareOf(index, row, present);
      // A class that is not there is not wanted, whatever the bounds are.
      if (share === 0 || share < from / 100 || share > to / 100) continue;
    }
    rows[found++] = row;
  }
  return sorted(index, rows.slice(0, found), filter, order);
}

function sorted(index: TileIndex, rows: Uint32Array, { present }: TileFilter, order: TileOrder): Uint32Array {
  if (order === 'name') {
    const collator = new Intl.Collator('en', { numeric: true });
    return rows.sort((a, b) => collator.compare(index.names[a]!, index.names[b]!) || a - b);
  }
  if (order === 'stored' || present === null) return rows;
  const direction = order === 'share' ? -1 : 1;
  const shares = new Map(Array.from(rows, (row) => [row, shareOf(index, row, present)]));
  return rows.sort((a, b) => direction * (shares.get(a)! - shares.get(b)!) || a - b);
}

/** In how many tiles of each split each class occurs; the last entry is void. */
export function tilesWithClass(index: TileIndex): Record<Split, number[]> {
  const columns = index.classes + 1;
  const counts = { train: new Array<number>(columns).fill(0), val: new Array<number>(columns).fill(0) };
  for (let row = 0; row < index.count; row++) {
    const list = row < index.train ? counts.train : counts.val;
    for (let column = 0; column < columns; column++) {
      if (index.pixels[row * columns + column]! > 0) list[column]!++;
    }
  }
  return counts;
}

/** The rows as indices per split, in rising order. */
export function indicesOf(index: TileIndex, rows: Uint32Array): Record<Split, number[]> {
  const keys = Array.from(rows.slice().sort(), (row) => keyOfRow(index, row));
  const of = (split: Split) => keys.filter((key) => key.split === split).map((key) => key.index);
  return { train: of('train'), val: of('val') };
}
