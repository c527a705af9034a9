import { expect, test } from 'vitest';
import { random32 } from '../core/random';
import { findTiles, indicesOf, keyOfRow, noFilter, shareOf, tileIndex, tilesWithClass } from './tile-index';
import { VOID, type Split, type TileFacts } from './types';

const classes = [0, 1, 2].map((id) => ({ id, name: `c${id}`, colour: [id, id, id] as const }));

/** A tile of 100 pixels with these shares in percent; what is missing is void. */
function tile(split: Split, index: number, name: string, shares: [number, number, number]): TileFacts {
  const none = 100 - shares[0] - shares[1] - shares[2];
  const pixels = { classes: [...shares], void: none };
  return { dataset: 'd', split, index, name, x: 0, y: 0, width: 10, height: 10, pixels };
}

const facts = {
  train: [
    tile('train', 0, 'street 10', [50, 50, 0]),
    tile('train', 1, 'Street 2', [90, 0, 10]),
    tile('train', 2, 'field', [0, 0, 0]),
  ],
  val: [tile('val', 0, 'street 1', [20, 0, 80])],
};
const index = tileIndex({ classes }, facts);
const rows = (filter: Partial<typeof noFilter>, order: Parameters<typeof findTiles>[2] = 'stored') => [
  ...findTiles(index, { ...noFilter, ...filter }, order),
];

test('rows, keys and shares', () => {
  expect(index).toMatchObject({ count: 4, train: 3, classes: 3 });
  expect(keyOfRow(index, 3)).toEqual({ split: 'val', index: 0 });
  expect(shareOf(index, 1, 0)).toBe(0.9);
  expect(shareOf(index, 2, VOID)).toBe(1);
});

test('each filter alone and together', () => {
  expect(rows({})).toEqual([0, 1, 2, 3]);
  expect(rows({ split: 'val' })).toEqual([3]);
  expect(rows({ split: 'train' })).toEqual([0, 1, 2]);
  expect(rows({ name: ' STREET ' })).toEqual([0, 1, 3]);
  expect(rows({ present: 0 })).toEqual([0, 1, 3]);
  expect(rows({ present: 0, from: 50 })).toEqual([0, 1]);
  expect(rows({ present: 0, from: 50, to: 50 })).toEqual([0]);
  expect(rows({ present: VOID })).toEqual([2]);
  expect(rows({ present: 2, split: 'train', name: '2' })).toEqual([1]);
  expect(rows({ name: 'nowhere' })).toEqual([]);
});

test('sorting by name counts numbers, and by share goes both ways', () => {
  expect(rows({}, 'name')).toEqual([2, 3, 1, 0]);
  expect(rows({ present: 0 }, 'share')).toEqual([1, 0, 3]);
  expect(rows({ present: 0 }, 'share-up')).toEqual([3, 0, 1]);
  expect(rows({}, 'share')).toEqual([0, 1, 2, 3]);
});

test('in how many tiles a class occurs, and rows as indices', () => {
  expect(tilesWithClass(index)).toEqual({ train: [2, 1, 1, 1], val: [1, 0, 1, 0] });
  expect(indicesOf(index, Uint32Array.of(3, 1, 0))).toEqual({ train: [0, 1], val: [0] });
});

test('10,000 tiles of 20 classes are filtered within a frame or two', () => {
  const many = Array.from({ length: 20 }, (_, id) => ({ id, name: `c${id}`, colour: [id, 0, 0] as const }));
  const train = Array.from({ length: 10_000 }, (_, i): TileFacts => ({
    ...tile('train', i, `frame-${i}`, [0, 0, 0]),
    pixels: { classes: many.map(({ id }) => random32(i, 'share', id) % 6), void: 0 },
  }));
  const large = tileIndex({ classes: many }, { train, val: [] });
  const filter = { ...noFilter, name: '7', present: 3, from: 2, to: 4 };
  findTiles(large, filter, 'share');
  const start = performance.now();
  const found = findTiles(large, filter, 'share');
  // About 2 ms on a laptop; the bound leaves room for a busy machine.
  expect(performance.now() - start).toBeLessThan(100);
  expect(found.length).toBeGreaterThan(1000);
});
