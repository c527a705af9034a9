import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VOID, type LabelMap } from '../types';
import { brushLine } from './brush';
import { apply, difference, History } from './history';
import { polygon } from './polygon';
import { paintShape, type Paint } from './spans';
import { labelTheRest, takePrediction, voidTheRest } from './whole';

const size = { width: 31, height: 19 };
const value = fc.constantFrom(0, 1, 2, 3, VOID);
const labels = fc
  .array(value, { minLength: size.width * size.height, maxLength: size.width * size.height })
  .map((values) => Uint8Array.from(values));
const locked = fc.array(value, { maxLength: 3 }).map((values): ReadonlySet<number> => new Set(values));
const point = fc.record({ x: fc.integer({ min: -3, max: 34 }), y: fc.integer({ min: -3, max: 22 }) });

/** Vitest compares large arrays slowly. */
const same = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((label, i) => label === b[i]);

/** One thing that a person does to a label map. */
type Step = (map: LabelMap, locked: ReadonlySet<number>) => void;
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(point, point, fc.integer({ min: 1, max: 9 }), value).map(
    ([a, b, across, painted]): Step =>
      (map, kept) =>
        void paintShape(map, brushLine(a, b, across), { value: painted, locked: kept }),
  ),
  fc.tuple(fc.array(point, { minLength: 3, maxLength: 6 }), value).map(
    ([corners, painted]): Step =>
      (map, kept) =>
        void paintShape(map, polygon(corners), { value: painted, locked: kept }),
  ),
  value.map(
    (painted): Step =>
      (map, kept) =>
        labelTheRest(map.labels, { value: painted, locked: kept }),
  ),
  fc.constant<Step>((map, kept) => voidTheRest(map.labels, kept)),
  labels.map(
    (prediction): Step =>
      (map, kept) =>
        takePrediction(map.labels, prediction, kept),
  ),
);

test('undoing gives every earlier label map back, and redoing every later one', () => {
  fc.assert(
    fc.property(labels, fc.array(step, { maxLength: 8 }), (start, steps) => {
      const map = { ...size, labels: start.slice() };
      const history = new History();
      const states = [start];
      for (const act of steps) {
        const before = map.labels.slice();
        act(map, new Set());
        if (history.push(before, map.labels)) states.push(map.labels.slice());
      }
      for (const state of states.slice(0, -1).reverse()) {
        expect(history.undo(map.labels)).toBe(true);
        expect(same(map.labels, state)).toBe(true);
      }
      expect(history.undo(map.labels)).toBe(false);
      for (const state of states.slice(1)) {
        expect(history.redo(map.labels)).toBe(true);
        expect(same(map.labels, state)).toBe(true);
      }
      expect(history.canRedo).toBe(false);
    }),
  );
});

test('pixels of a locked class keep it, whatever is done', () => {
  fc.assert(
    fc.property(labels, locked, fc.array(step, { maxLength: 8 }), (start, kept, steps) => {
      const map = { ...size, labels: start.slice() };
      for (const act of steps) act(map, kept);
      const lost = start.filter((label, i) => kept.has(label) && map.labels[i] !== label);
      expect(lost).toHaveLength(0);
    }),
  );
});

test('a difference leads from either label map to the other', () => {
  fc.assert(
    fc.property(labels, labels, (before, after) => {
      const packed = difference(before, after);
      const work = before.slice();
      apply(work, packed, 'forward');
      expect(same(work, after)).toBe(true);
      apply(work, packed, 'back');
      expect(same(work, before)).toBe(true);
    }),
  );
});

test('a stroke takes little memory, also far into a large picture', () => {
  const before = new Uint8Array(4_000_000).fill(VOID);
  const after = before.slice();
  after.fill(3, 3_500_000, 3_700_000);
  const packed = difference(before, after);
  expect(packed.length).toBe(4 + 3 + 2);
  apply(before, packed, 'forward');
  expect(same(before, after)).toBe(true);
});

test('a step after an undo ends what could be done again', () => {
  const history = new History();
  const map = new Uint8Array(8);
  const draw = (at: number) => {
    const before = map.slice();
    map[at] = 1;
    history.push(before, map);
  };
  draw(0);
  draw(1);
  history.undo(map);
  draw(2);
  expect(history.redo(map)).toBe(false);
  expect([...map]).toEqual([1, 0, 1, 0, 0, 0, 0, 0]);
});

test('a full history forgets its oldest steps and keeps the last', () => {
  const history = new History(10);
  const map = new Uint8Array(8);
  for (let i = 0; i < 5; i++) {
    const before = map.slice();
    map[i] = 1;
    history.push(before, map);
  }
  // Each step has 4 bytes, so two are left.
  expect(history.undo(map)).toBe(true);
  expect(history.undo(map)).toBe(true);
  expect(history.undo(map)).toBe(false);
  expect([...map]).toEqual([1, 1, 1, 0, 0, 0, 0, 0]);
  const noise = Uint8Array.from({ length: 8 }, (_, i) => i + 10);
  expect(history.push(map, noise)).toBe(true);
  expect(history.undo(noise)).toBe(true);
  expect([...noise]).toEqual([...map]);
});

test('the rest is what has no label yet, or what is not locked', () => {
  const paint: Paint = { value: 2, locked: new Set() };
  const map = Uint8Array.of(0, VOID, 1, VOID);
  labelTheRest(map, paint);
  expect([...map]).toEqual([0, 2, 1, 2]);
  voidTheRest(map, new Set([2]));
  expect([...map]).toEqual([VOID, 2, VOID, 2]);
  takePrediction(map, Uint8Array.of(1, 1, 0, 0), new Set());
  expect([...map]).toEqual([1, 2, 0, 2]);
});
