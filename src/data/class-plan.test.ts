import { expect, test } from 'vitest';
import { editedPlan, moved, plannedList, plannedValues, planOf, withEnd } from './class-plan';
import { positionsOf } from './labels';
import { VOID, type Alias, type ClassList } from './types';

const source: ClassList = {
  classes: [
    { id: 3, name: 'road', colour: [0, 0, 1] },
    { id: 4, name: 'marking', colour: [0, 0, 2] },
    { id: 7, name: 'sky', colour: [0, 0, 3] },
  ],
  voidClass: { id: 0, name: 'void', colour: [0, 0, 0] },
};
const also: Alias[] = [
  { value: 9, id: 7 },
  { value: 10, id: null },
];

/** The positions of the values 0 to 10 by the edits. */
function read(edits: Parameters<typeof editedPlan>[1], format: 'rgb' | 'grey-index' = 'grey-index') {
  const plan = editedPlan(source, edits);
  const list = plannedList(plan, source);
  const at = positionsOf(list, format, plannedValues(plan, source, format, also));
  return { list, positions: Array.from({ length: 11 }, (_, value) => at(value)) };
}
const names = ({ list }: ReturnType<typeof read>) => list.classes.map(({ name }) => name);
const no = undefined;

test('a plan without edits reads as before', () => {
  const plain = read({});
  expect(plain.list).toEqual(source);
  expect(plain.positions).toEqual([VOID, no, no, 0, 1, no, no, 2, no, 2, VOID]);
});

test('merged classes and void ones give their pixels away', () => {
  const merged = read({ merge: { marking: 'road' }, void: ['sky'] });
  expect(names(merged)).toEqual(['road']);
  expect(merged.list.voidClass).toEqual(source.voidClass);
  expect(merged.positions).toEqual([VOID, no, no, 0, 0, no, no, VOID, no, VOID, VOID]);
});

test('names, colours and order change the list and not what is read', () => {
  const changed = read({
    rename: { road: ' street ' },
    recolour: { sky: [9, 9, 9] },
    order: ['sky', 'road'],
  });
  expect(changed.list.classes).toEqual([
    { id: 7, name: 'sky', colour: [9, 9, 9] },
    { id: 3, name: 'street', colour: [0, 0, 1] },
    { id: 4, name: 'marking', colour: [0, 0, 2] },
  ]);
  expect(changed.positions).toEqual([VOID, no, no, 1, 2, no, no, 0, no, 0, VOID]);
});

test('in colour labels a class is read by the colour of the labels, also where two swap theirs', () => {
  const swapped = read({ recolour: { road: [0, 0, 3], sky: [0, 0, 1] } }, 'rgb');
  expect(swapped.positions).toEqual([VOID, 0, 1, 2, no, no, no, no, no, 2, VOID]);
});

test('the void class may become a class, and a void class gives the name where the source has none', () => {
  const plan = withEnd(planOf(source), 0, 'class');
  expect(plannedList(plan, source).voidClass).toBeNull();
  const values = plannedValues(plan, source, 'grey-index', []);
  expect(positionsOf(plannedList(plan, source), 'grey-index', values)(0)).toBe(3);
  const other = { ...source, voidClass: null };
  expect(plannedList(withEnd(planOf(other), 4, 'void'), other).voidClass?.name).toBe('marking');
});

test('what was merged into a class follows it', () => {
  const first = withEnd(planOf(source), 4, 3);
  expect(withEnd(first, 3, 7).map(({ becomes }) => becomes)).toEqual([7, 7, 'class', 'void']);
  expect(withEnd(first, 3, 'void').map(({ becomes }) => becomes)).toEqual(['void', 'void', 'class', 'void']);
  expect(names(read({ merge: { marking: 'road', road: 'sky' } }))).toEqual(['sky']);
});

test('classes move within the list', () => {
  const ids = (plan: ReturnType<typeof planOf>) => plan.map(({ id }) => id);
  expect(ids(moved(planOf(source), 7, 0))).toEqual([7, 3, 4, 0]);
  expect(ids(moved(planOf(source), 3, 99))).toEqual([4, 7, 0, 3]);
});

test('edits of a class that is not there are refused with the names of those that are', () => {
  expect(() => editedPlan(source, { void: ['car'] })).toThrow(
    /no class called "car".*road, marking, sky, void/,
  );
  expect(() => editedPlan(source, { merge: { road: 'road' } })).toThrow(/into itself/);
});
