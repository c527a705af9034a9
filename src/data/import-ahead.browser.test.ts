// An import reads the next pair while it cuts one, and no more than that.
import { encode } from 'fast-png';
import { expect, test } from 'vitest';
import { pngBytes } from '../formats/png-bytes';
import { importPairs } from './importer';
import type { Pair } from './pairing';
import type { TileRecord } from './types';

test('one pair is read ahead of the one that is cut, in order, and none after a cancel', async () => {
  const image = new Uint8Array(encode({ width: 2, height: 1, channels: 3, data: new Uint8Array(6) }));
  const map = pngBytes({ width: 2, height: 1, depth: 8, colourType: 0, rows: [[0, 1]] });
  const cancel = new AbortController();
  const read: string[] = [];
  const pairs = Array.from({ length: 8 }, (_, i): Pair => {
    const name = `pair-${i}`;
    const file = new File([image], name);
    const arrayBuffer = () => {
      read.push(name);
      if (i === 3) cancel.abort();
      return File.prototype.arrayBuffer.call(file);
    };
    return {
      name,
      split: 'train',
      image: { path: `i/${name}.png`, file: Object.assign(file, { arrayBuffer }) },
      label: { path: `l/${name}.png`, file: new File([map], name) },
    };
  });
  const tiles: TileRecord[] = [];
  const report = await importPairs({
    id: 'id',
    createdAt: 0,
    pairs,
    ownValidation: true,
    format: 'grey-index',
    rejected: [],
    settings: {
      name: 'ahead',
      classes: { classes: ['a', 'b'].map((name, id) => ({ id, name, colour: [id, 0, 0] })), voidClass: null },
      format: null,
      validationPercent: 0,
      seed: 1,
      scale: null,
      tile: null,
    },
    sink: async (records) => void tiles.push(...records),
    signal: cancel.signal,
    onProgress: () => undefined,
  });
  expect(read).toEqual(['pair-0', 'pair-1', 'pair-2', 'pair-3']);
  // Pair 3 was read while pair 2 was cut.
  expect(tiles.map(({ name, index }) => [name, index])).toEqual([
    ['pair-0', 0],
    ['pair-1', 1],
    ['pair-2', 2],
  ]);
  expect(report).toMatchObject({ pairs: 3, complete: false });
});
