import { expect, test } from 'vitest';
import { ImportMeter } from './import-meter';
import { checkImportSettings } from './import-settings';
import type { ImportProgress, ImportSettings } from './import-types';
import type { LabelClass } from './types';

const sky: LabelClass = { id: 0, name: 'sky', colour: [1, 2, 3] };
const settings: ImportSettings = {
  name: 'streets',
  classes: { classes: [sky], voidClass: { id: 255, name: 'void', colour: [0, 0, 0] } },
  format: null,
  validationPercent: 10,
  seed: 1,
  scale: { width: 240, height: 180 },
  tile: { width: 240, height: 32 },
};

test('good settings pass', () => {
  expect(() => checkImportSettings(settings)).not.toThrow();
  expect(() =>
    checkImportSettings({ ...settings, scale: null, tile: null, validationPercent: 0 }),
  ).not.toThrow();
});

test.each<[Partial<ImportSettings>, RegExp]>([
  [{ name: '  ' }, /no name/],
  [{ validationPercent: 91 }, /91 percent; it can be 0 to 90/],
  [{ validationPercent: NaN }, /NaN percent/],
  [{ seed: 1.5 }, /seed is 1.5/],
  [{ tile: { width: 31, height: 32 } }, /tile size is 31 x 32; each side can be 32 to 4096/],
  [{ scale: { width: 240.5, height: 180 } }, /The size is 240.5 x 180/],
  [{ tile: { width: 480, height: 32 } }, /480 x 32 do not fit into pictures of 240 x 180/],
  [{ overlap: 32 }, /overlap of 32 pixels is as large as a tile of 240 x 32/],
  [{ overlap: -1 }, /overlap of tiles is -1/],
  [{ tile: null, overlap: 4 }, /stored whole have no overlap/],
  [{ maxVoidPercent: 101 }, /most void in a tile is 101 percent/],
  [{ classes: { classes: [], voidClass: null } }, /no classes/],
  [
    { classes: { classes: [sky, { ...sky, name: 'road' }], voidClass: null } },
    /"sky" and "road" have the same id/,
  ],
  [{ classes: { classes: [{ ...sky, id: 255 }], voidClass: null } }, /always means void/],
  [{ classes: { classes: [{ ...sky, colour: [0, 0, 300] }], voidClass: null } }, /0 0 300/],
])('refuses %j', (change, message) => {
  expect(() => checkImportSettings({ ...settings, ...change })).toThrow(message);
});

test('progress comes ten times a second at most, with rate and time left', () => {
  let now = 0;
  const said: ImportProgress[] = [];
  const meter = new ImportMeter(
    100,
    (progress) => said.push(progress),
    0,
    () => now,
  );
  for (let done = 1; done <= 60; done++) {
    now += 50;
    meter.report('storing', done, done, 0);
  }
  expect(said).toHaveLength(31);
  expect(said[0]).toMatchObject({ phase: 'reading', done: 0, secondsLeft: null });
  expect(said[5]!.secondsLeft).toBeNull();
  expect(said.at(-1)).toMatchObject({ done: 60, total: 100, pairsPerSecond: 20, secondsLeft: 2 });
  meter.report('finishing', 60, 60, 0, true);
  expect(said.at(-1)).toMatchObject({ phase: 'finishing' });
});
