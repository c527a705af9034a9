// A small stored dataset in memory, for tests of what works on tiles.
import { random32 } from '../../core/random';
import { deflateLabels } from '../label-codec';
import { addCounts, addSums, countPixels, noPixels, sumChannels } from '../statistics';
import type { DatasetRecord, Size, Split, TileRecord } from '../types';

export interface StoredTiles {
  record: DatasetRecord;
  tiles: Record<Split, TileRecord[]>;
  read: (split: Split, indices: readonly number[]) => Promise<(TileRecord | undefined)[]>;
}

/** `count` tiles per split of four classes and void, each cell of 8 x 8 pixels of one class; equal arguments, equal pixels. */
export function storedTiles(
  count: Record<Split, number>,
  size: Size = { width: 64, height: 48 },
): StoredTiles {
  const { width, height } = size;
  const tileOf = (split: Split, index: number): TileRecord => {
    const labels = Uint8Array.from({ length: width * height }, (_, i) => {
      const cell = Math.floor(i / width / 8) * 1000 + Math.floor((i % width) / 8);
      const value = random32(index + (split === 'val' ? 1000 : 0), 'labels', cell) % 5;
      return value === 4 ? 255 : value;
    });
    const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => random32(index, split, i) & 255);
    return {
      dataset: 'd',
      split,
      index,
      name: `picture-${index}`,
      x: 0,
      y: 0,
      width,
      height,
      pixels: countPixels(labels, 4),
      rgb,
      labels: deflateLabels(labels),
    };
  };
  const list = (split: Split) => Array.from({ length: count[split] }, (_, index) => tileOf(split, index));
  const tiles = { train: list('train'), val: list('val') };
  const pixels = (split: Split) =>
    tiles[split].reduce((sum, tile) => addCounts(sum, tile.pixels), noPixels(4));
  const sums = (split: Split) =>
    tiles[split].reduce((sum, tile) => addSums(sum, sumChannels(tile.rgb)), sumChannels(new Uint8Array()));
  const all = [...tiles.train, ...tiles.val];
  return {
    tiles,
    read: async (split, indices) => indices.map((index) => tiles[split][index]),
    record: {
      id: 'd',
      schema: 1,
      name: 'cells',
      createdAt: 1,
      state: 'ready',
      format: 'palette-index',
      classes: [0, 1, 2, 3].map((id) => ({ id, name: `class ${id}`, colour: [id * 60, 10, 200] })),
      voidClass: { id: 255, name: 'void', colour: [0, 0, 0] },
      scale: null,
      tile: null,
      split: { kind: 'share', percent: 20, seed: 7 },
      pairs: count,
      tiles: count,
      pixels: { train: pixels('train'), val: pixels('val') },
      channelSums: { train: sums('train'), val: sums('val') },
      tileSizes: [{ width, height, count: all.length }],
      rejected: [],
      sizeBytes: all.reduce((sum, { rgb, labels }) => sum + rgb.length + labels.length, 0),
    },
  };
}
