import { expect, test } from 'vitest';
import { manifestChanges, manifestOf } from './manifest';
import type { DatasetRecord, Split, TileFacts } from './types';

const classes = [
  { id: 3, name: 'sky', colour: [1, 2, 3] },
  { id: 5, name: 'road', colour: [4, 5, 6] },
] satisfies DatasetRecord['classes'];
const dataset = { tiles: { train: 2, val: 1 }, classes };

const tile = (split: Split, index: number, road: number): TileFacts => ({
  dataset: 'd',
  split,
  index,
  name: `picture-${index}`,
  x: 0,
  y: 0,
  width: 4,
  height: 2,
  pixels: { classes: [8 - road, road], void: 0 },
});
const facts = (road = 3) => ({
  train: [tile('train', 0, 1), tile('train', 1, road)],
  val: [tile('val', 0, 2)],
});

test('an unchanged dataset has the same manifest, whatever its classes are called', () => {
  const renamed = { ...dataset, classes: classes.map((one) => ({ ...one, name: one.name + '!' })) };
  expect(manifestOf(renamed, facts())).toEqual(manifestOf(dataset, facts()));
  expect(manifestOf(dataset, facts())).toMatchObject({
    tiles: { train: 2, val: 1 },
    classes: [3, 5],
    digest: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
  });
  expect(manifestChanges(manifestOf(dataset, facts()), manifestOf(dataset, facts()))).toEqual([]);
});

test('one pixel of one label map makes a difference, and so does the order of the tiles', () => {
  const before = manifestOf(dataset, facts());
  const changed = ['Labels of its pictures were changed.'];
  expect(manifestChanges(before, manifestOf(dataset, facts(4)))).toEqual(changed);
  const { train, val } = facts();
  expect(manifestChanges(before, manifestOf(dataset, { train: train.toReversed(), val }))).toEqual(changed);
});

test('other tiles and classes are named by their numbers', () => {
  const before = manifestOf(dataset, facts());
  const more = { tiles: { train: 3, val: 1 }, classes: [...classes, { ...classes[0]!, id: 9 }] };
  expect(manifestChanges(before, manifestOf(more, facts()))).toEqual([
    'It had 2 training tiles and has 3.',
    'It had 2 classes and has 3.',
  ]);
  const swapped = { ...dataset, classes: classes.toReversed() };
  expect(manifestChanges(before, manifestOf(swapped, facts()))).toEqual(['Its classes were changed.']);
});
