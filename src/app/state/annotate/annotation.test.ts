import { expect, test } from 'vitest';
import { VOID, type TileKey } from '../../../data/types';
import { Annotation } from './annotation.svelte';

const [width, height] = [12, 8];
const key: TileKey = { dataset: 'd', split: 'train', index: 0 };
const paint = (value: number, ...locked: number[]) => ({ value, locked: new Set(locked) });

function open() {
  const stored: Uint8Array[] = [];
  const annotation = new Annotation(
    {
      key,
      name: 'photo',
      image: { width, height, rgb: new Uint8Array(width * height * 3) },
      labels: new Uint8Array(width * height).fill(VOID),
    },
    (_key, labels) => stored.push(labels.slice()),
  );
  const painted = (value: number) => annotation.map.labels.filter((label) => label === value).length;
  return { annotation, stored, painted };
}

test('a stroke is stored once, when it ends', () => {
  const { annotation, stored, painted } = open();
  annotation.begin('brush', { x: 1, y: 1 }, paint(0), 1);
  annotation.extend([
    { x: 4, y: 1 },
    { x: 4, y: 5 },
  ]);
  expect(stored).toHaveLength(0);
  expect(annotation.end()).toBe(true);
  expect(stored).toHaveLength(1);
  expect(stored[0]).toEqual(annotation.map.labels);
  expect(painted(0)).toBe(8);
  expect(annotation.counts[0]).toBe(8);
  expect(annotation.end()).toBe(false);
});

test('a line leaves only its last course', () => {
  const { annotation, painted } = open();
  annotation.begin('line', { x: 1, y: 1 }, paint(0), 1);
  annotation.extend([
    { x: 10, y: 1 },
    { x: 1, y: 6 },
  ]);
  annotation.end();
  expect(painted(0)).toBe(6);
});

test('a stroke that is dropped leaves nothing, and is not stored', () => {
  const { annotation, stored, painted } = open();
  annotation.begin('brush', { x: 1, y: 1 }, paint(0), 3);
  annotation.extend([{ x: 9, y: 4 }]);
  expect(annotation.cancel()).toBe(true);
  expect([painted(0), stored.length, annotation.canUndo]).toEqual([0, 0, false]);
  expect(annotation.cancel()).toBe(false);
});

test('undo in the middle of a stroke drops that stroke and keeps the last', () => {
  const { annotation, painted } = open();
  annotation.begin('brush', { x: 1, y: 1 }, paint(0), 1);
  annotation.end();
  annotation.begin('brush', { x: 5, y: 5 }, paint(1), 1);
  annotation.undo();
  expect([painted(0), painted(1)]).toEqual([1, 0]);
  annotation.undo();
  expect(painted(0)).toBe(0);
  annotation.redo();
  expect(painted(0)).toBe(1);
});

test('what is to be drawn anew holds all that changed', () => {
  const { annotation } = open();
  annotation.begin('brush', { x: 2, y: 2 }, paint(0), 1);
  annotation.extend([{ x: 5, y: 3 }]);
  expect(annotation.takeDirty()).toEqual({ x: 2, y: 2, width: 4, height: 2 });
  expect(annotation.takeDirty()).toBeNull();
  annotation.cancel();
  expect(annotation.takeDirty()).toEqual({ x: 2, y: 2, width: 4, height: 2 });
});

test('a polygon takes corners back, and a fill stays within what has one label', () => {
  const { annotation, painted, stored } = open();
  for (const x of [0, 6, 99]) annotation.addCorner({ x, y: x === 6 ? 0 : 8 });
  annotation.removeCorner();
  annotation.addCorner({ x: 6, y: 8 });
  expect(annotation.closePolygon(paint(1))).toBe(true);
  expect(annotation.corners).toHaveLength(0);
  const inside = painted(1);
  expect(annotation.fill({ x: 11, y: 0 }, 255, paint(0))).toBe(true);
  expect([painted(1), painted(VOID)]).toEqual([inside, 0]);
  expect(annotation.fill({ x: -1, y: 0 }, 255, paint(2))).toBe(false);
  expect(stored).toHaveLength(2);
});
