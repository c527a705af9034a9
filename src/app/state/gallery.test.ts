import { expect, test } from 'vitest';
import { noFilter } from '../../data/tile-index';
import { VOID } from '../../data/types';
import { filterText, galleries } from './gallery.svelte';

const classes = [
  { id: 0, name: 'road', colour: [1, 1, 1] as const },
  { id: 1, name: 'car', colour: [2, 2, 2] as const },
];

test('a filter in words', () => {
  const say = (change: object) => filterText({ ...noFilter, ...change }, classes);
  expect(say({})).toBe('');
  expect(say({ split: 'val' })).toBe('validation tiles');
  expect(say({ present: VOID })).toBe('tiles with void');
  expect(say({ split: 'train', present: 1, from: 5, to: 40, name: ' street ' })).toBe(
    'training tiles with 5 to 40 % car of pictures named "street"',
  );
});

test('a choice outlives the page, but not the class that it names', () => {
  const dataset = { id: 'd', classes };
  const choice = galleries.of(dataset);
  expect(choice.isFiltered).toBe(false);
  choice.set({ present: 1, name: 'a' });
  expect(galleries.of(dataset)).toBe(choice);
  expect(galleries.of(dataset).filter).toMatchObject({ present: 1, name: 'a' });
  expect(galleries.of({ id: 'd', classes: classes.slice(1) }).filter.present).toBeNull();
  choice.set({ present: 0 });
  galleries.forgetClass('d');
  expect(choice.filter).toMatchObject({ present: null, name: 'a' });
  choice.clear();
  expect(choice.isFiltered).toBe(false);
});
