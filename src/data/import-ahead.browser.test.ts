// What an import holds: one pair that is read ahead, and after it no file.
import { encode } from 'fast-png';
import { expect, test } from 'vitest';
import { pngBytes } from '../formats/png-bytes';
import { importPairs } from './importer';
import { Loader } from './loader';
import type { Pair } from './pairing';
import type { ImportSettings } from './import-types';
import type { TileRecord } from './types';

const image = new Uint8Array(encode({ width: 2, height: 1, channels: 3, data: new Uint8Array(6) }));
const map = pngBytes({ width: 2, height: 1, depth: 8, colourType: 0, rows: [[0, 1]] });

const settings: ImportSettings = {
  name: 'streets',
  classes: { classes: ['a', 'b'].map((name, id) => ({ id, name, colour: [id, 0, 0] })), voidClass: null },
  format: null,
  validationPercent: 0,
  seed: 1,
  scale: null,
  tile: null,
};

test('one pair is read ahead of the one that is cut, in order, and no more after a cancel', async () => {
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
    settings,
    sink: async (records) => void tiles.push(...records),
    signal: cancel.signal,
    onProgress: () => undefined,
  });
  // Pair 3 was the current one at the cancel, and pair 4 is read ahead of it.
  expect(read).toEqual(['pair-0', 'pair-1', 'pair-2', 'pair-3', 'pair-4']);
  expect(tiles.map(({ name, index }) => [name, index])).toEqual([
    ['pair-0', 0],
    ['pair-1', 1],
    ['pair-2', 2],
    ['pair-3', 3],
  ]);
  expect(report).toMatchObject({ pairs: 4, complete: false });
});

test('the files are let go after a whole import, and kept after one that was cancelled', async () => {
  const loader = new Loader();
  const give = () => {
    loader.begin();
    loader.add('images', [{ path: 'i/one.png', file: new File([image], 'one.png') }]);
    loader.add('labels', [{ path: 'l/one.png', file: new File([map], 'one.png') }]);
  };
  const store = { begin: async () => undefined, put: async () => undefined };
  const run = (onProgress = () => {}) => loader.import('id', settings, store, onProgress);
  give();
  await expect(run(() => loader.cancelImport())).rejects.toMatchObject({ code: 'aborted' });
  expect((await loader.survey()).pairs).toHaveLength(1);
  expect(await run()).toMatchObject({ pairs: 1, complete: true });
  expect((await loader.survey()).pairs).toHaveLength(0);
  await expect(run()).rejects.toMatchObject({ code: 'no-pairs' });
});
