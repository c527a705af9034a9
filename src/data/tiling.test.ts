import { expect, test } from 'vitest';
import { splitShare } from './split';
import { addCounts, addSums, countPixels, noPixels, sumChannels } from './statistics';
import { cutTiles, tileCount } from './tiling';
import { VOID } from './types';

function pair(width: number, height: number) {
  const labels = Uint8Array.from({ length: width * height }, (_, i) => i % 3);
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i % 250) + 1);
  return { image: { width, height, rgb }, label: { width, height, labels } };
}

test('the last row and column are padded with black and void', () => {
  const { image, label } = pair(3, 2);
  const tiles = cutTiles(image, label, { width: 2, height: 2 });
  expect(tiles.map(({ x, y, width, height }) => [x, y, width, height])).toEqual([
    [0, 0, 2, 2],
    [2, 0, 2, 2],
  ]);
  expect([...tiles[0]!.labels]).toEqual([0, 1, 0, 1]);
  expect([...tiles[1]!.labels]).toEqual([2, VOID, 2, VOID]);
  expect([...tiles[1]!.rgb]).toEqual([7, 8, 9, 0, 0, 0, 16, 17, 18, 0, 0, 0]);
});

test('every source pixel is in exactly one tile', () => {
  const { image, label } = pair(101, 67);
  const tiles = cutTiles(image, label, { width: 32, height: 40 });
  expect(tiles).toHaveLength(8);
  const counts = tiles.map(({ labels }) => countPixels(labels, 3)).reduce(addCounts, noPixels(3));
  expect(counts.classes).toEqual(countPixels(label.labels, 3).classes);
  expect(counts.void).toBe(8 * 32 * 40 - 101 * 67);
  for (const { rgb } of tiles) expect(rgb.buffer.byteLength).toBe(rgb.length);
});

test('without a tile size the pair stays whole', () => {
  const { image, label } = pair(5, 4);
  expect(cutTiles(image, label, null)).toEqual([
    { x: 0, y: 0, width: 5, height: 4, rgb: image.rgb, labels: label.labels },
  ]);
});

test('counts classes and void', () => {
  expect(countPixels(Uint8Array.of(0, 2, 2, VOID), 4)).toEqual({ classes: [1, 0, 2, 0], void: 1 });
});

test('the share for validation depends on the seed alone and is rounded down', () => {
  const count = (splits: string[]) => splits.filter((split) => split === 'val').length;
  expect(count(splitShare(19, 10, 1))).toBe(1);
  expect(count(splitShare(367, 25, 1))).toBe(91);
  expect(count(splitShare(9, 10, 1))).toBe(0);
  expect(splitShare(100, 30, 5)).toEqual(splitShare(100, 30, 5));
  expect(splitShare(100, 30, 5)).not.toEqual(splitShare(100, 30, 6));
});

test.each([
  [100, 32, 8, [0, 24, 48, 72]],
  [104, 32, 8, [0, 24, 48, 72]],
  [105, 32, 8, [0, 24, 48, 72, 96]],
  [20, 32, 8, [0]],
  [64, 32, 0, [0, 32]],
])('a side of %i pixels in tiles of %i that share %i', (length, side, overlap, starts) => {
  const { image, label } = pair(length, 32);
  const tiles = cutTiles(image, label, { width: side, height: 32 }, overlap);
  expect(tiles.map(({ x }) => x)).toEqual(starts);
  expect(tileCount(image, { width: side, height: 32 }, overlap)).toBe(starts.length);
  expect(tiles.at(-1)!.x + side).toBeGreaterThanOrEqual(length);
  const [first, second] = tiles;
  if (overlap && second) {
    const column = (tile: typeof first, x: number) => tile!.labels[x];
    for (let i = 0; i < overlap; i++) expect(column(second, i)).toBe(column(first, side - overlap + i));
  }
});

test('sums of channels are exact', () => {
  expect(sumChannels(Uint8Array.of(1, 2, 3, 255, 255, 255))).toEqual([256, 257, 258]);
  expect(addSums([2 ** 40, 0, 1], [1, 2, 3])).toEqual([2 ** 40 + 1, 2, 4]);
});
