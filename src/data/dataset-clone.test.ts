import { expect, test } from 'vitest';
import { editClasses, noEdit, replaceCounts, replaceLabels } from './class-edit';
import { cloneTiles, type CloneJob, type CloneSettings } from './dataset-clone';
import { inflateLabels } from './label-codec';
import { addCounts, countPixels, noPixels } from './statistics';
import { storedTiles, type StoredTiles } from './testing/tiles';
import type { DatasetRecord, TileRecord } from './types';

const settings: CloneSettings = { name: ' copy ', tiles: null, what: '', tile: null };

/** Clones into memory; every record that was stored must fit the tiles stored until then. */
async function clone(stored: StoredTiles, given: Partial<CloneJob> = {}) {
  const tiles: TileRecord[] = [];
  const records: DatasetRecord[] = [];
  const done = await cloneTiles({
    id: 'c',
    createdAt: 2,
    from: stored.record,
    settings,
    classes: editClasses(stored.record, noEdit(stored.record)),
    read: stored.read,
    sink: async (some, record) => {
      tiles.push(...some);
      expect(record.tiles.train + record.tiles.val).toBe(tiles.length);
      records.push(record);
    },
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...given,
  });
  expect(records.at(-1)).toEqual(done);
  return { tiles, done };
}

const mapOf = ({ labels, width, height }: TileRecord) => inflateLabels(labels, width * height);

test('a clone of everything is the same but for its name', async () => {
  const stored = storedTiles({ train: 5, val: 2 });
  const { tiles, done } = await clone(stored);
  expect(done).toEqual({
    ...stored.record,
    id: 'c',
    createdAt: 2,
    name: 'copy',
    source: { kind: 'clone', name: 'cells', what: '' },
  });
  expect(tiles).toEqual(
    [...stored.tiles.train, ...stored.tiles.val].map((tile) => ({ ...tile, dataset: 'c' })),
  );
});

test('with merged classes, label maps and counts are as if the source had them', async () => {
  const stored = storedTiles({ train: 3, val: 1 });
  const edit = noEdit(stored.record);
  edit.classes[1]!.into = 0;
  edit.classes[3]!.into = 'void';
  const classes = editClasses(stored.record, edit);
  const { tiles, done } = await clone(stored, { classes });
  expect(done.classes.map(({ id }) => id)).toEqual([0, 2]);
  expect(done.pixels.train).toEqual(replaceCounts(stored.record.pixels.train, classes.table!, 2));
  expect(mapOf(tiles[1]!)).toEqual(replaceLabels(mapOf(stored.tiles.train[1]!), classes.table!));
  expect(tiles[1]!.pixels).toEqual(countPixels(mapOf(tiles[1]!), 2));
  expect(done.channelSums).toEqual(stored.record.channelSums);
});

test('some tiles, cut smaller: places, names and counts fit', async () => {
  const stored = storedTiles({ train: 4, val: 2 });
  const chosen = { train: [3, 1], val: [] };
  const { tiles, done } = await clone(stored, {
    settings: { ...settings, tiles: chosen, what: 'with class 1', tile: { width: 40, height: 32 } },
  });
  expect(tiles.map(({ index, name, x, y }) => [index, name, x, y]).slice(0, 5)).toEqual([
    [0, 'picture-3', 0, 0],
    [1, 'picture-3', 40, 0],
    [2, 'picture-3', 0, 32],
    [3, 'picture-3', 40, 32],
    [4, 'picture-1', 0, 0],
  ]);
  expect(done).toMatchObject({
    pairs: { train: 2, val: 0 },
    tiles: { train: 8, val: 0 },
    tile: { width: 40, height: 32 },
    tileSizes: [{ width: 40, height: 32, count: 8 }],
    source: { what: 'with class 1' },
  });
  // What pads the last column and row is not counted, so the sums are those of the chosen tiles.
  const sum = addCounts(stored.tiles.train[3]!.pixels, stored.tiles.train[1]!.pixels);
  expect(done.pixels).toEqual({ train: sum, val: noPixels(4) });
});

test('pieces that are all void are left out', async () => {
  const stored = storedTiles({ train: 1, val: 0 });
  const edit = noEdit(stored.record);
  for (const position of [1, 2, 3]) edit.classes[position]!.into = 'void';
  const classes = editClasses(stored.record, edit);
  const tile = { width: 32, height: 32 };
  const all = await clone(stored, { settings: { ...settings, tile } });
  const some = await clone(stored, { classes, settings: { ...settings, tile } });
  expect(some.tiles.length).toBeLessThanOrEqual(all.tiles.length);
  for (const piece of some.tiles) expect(piece.pixels.classes[0]).toBeGreaterThan(0);
});

test('a stop ends it, and what cannot be is refused before anything is stored', async () => {
  const stored = storedTiles({ train: 2, val: 0 });
  const stop = new AbortController();
  stop.abort();
  await expect(clone(stored, { signal: stop.signal })).rejects.toMatchObject({ code: 'aborted' });
  const refused = (given: Partial<CloneSettings>) =>
    expect(clone(stored, { settings: { ...settings, ...given } })).rejects;
  await refused({ name: ' ' }).toThrow(/no name/);
  await refused({ tiles: { train: [], val: [] } }).toThrow(/No tile was chosen/);
  await refused({ tile: { width: 65, height: 48 } }).toThrow(/larger than some/);
  await refused({ tile: { width: 8, height: 48 } }).toThrow(/at least 32/);
  await refused({ tiles: { train: [9], val: [] } }).toMatchObject({ code: 'not-found' });
});
