import { expect, test } from 'vitest';
import {
  classProblems,
  describeEdit,
  editClasses,
  noEdit,
  replaceCounts,
  replaceLabels,
  type ClassEdit,
} from './class-edit';
import { VOID, type ClassList } from './types';

const before: ClassList = {
  classes: [
    { id: 3, name: 'road', colour: [1, 1, 1] },
    { id: 4, name: 'marking', colour: [2, 2, 2] },
    { id: 7, name: 'sky', colour: [3, 3, 3] },
    { id: 9, name: 'clutter', colour: [4, 4, 4] },
  ],
  voidClass: { id: 0, name: 'void', colour: [0, 0, 0] },
};

const into = (...targets: ClassEdit['classes'][number]['into'][]): ClassEdit => {
  const edit = noEdit(before);
  targets.forEach((target, i) => (edit.classes[i]!.into = target));
  return edit;
};

test('an edit without merges keeps label maps as they are', () => {
  const edit = noEdit(before);
  expect(editClasses(before, edit)).toEqual({ list: before, table: null });
  edit.classes[0] = { name: ' street ', colour: [9, 9, 9], into: null };
  edit.voidClass = { name: 'unknown', colour: [5, 5, 5] };
  const { list, table } = editClasses(before, edit);
  expect(table).toBeNull();
  expect(list.classes[0]).toEqual({ id: 3, name: 'street', colour: [9, 9, 9] });
  expect(list.voidClass).toEqual({ id: 0, name: 'unknown', colour: [5, 5, 5] });
  expect(describeEdit(before, edit)).toEqual([
    'road is called street',
    'road: colour 1 1 1 becomes 9 9 9',
    'void is called unknown',
    'void: colour 0 0 0 becomes 5 5 5',
  ]);
});

test('merges move positions, pixels and counts', () => {
  const edit = into(null, 0, null, 'void');
  const { list, table } = editClasses(before, edit);
  expect(list.classes.map(({ id }) => id)).toEqual([3, 7]);
  expect([...replaceLabels(Uint8Array.of(0, 1, 2, 3, VOID), table!)]).toEqual([0, 0, 1, VOID, VOID]);
  expect(replaceCounts({ classes: [10, 5, 7, 2], void: 1 }, table!, 2)).toEqual({
    classes: [15, 7],
    void: 3,
  });
  expect(describeEdit(before, edit)).toEqual(['marking is merged into road', 'clutter becomes void']);
});

test('a merged class may be merged on, but not in a circle', () => {
  const { list, table } = editClasses(before, into(1, 2, null, 0));
  expect(list.classes.map(({ name }) => name)).toEqual(['sky']);
  expect([...table!.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
  expect(() => editClasses(before, into(1, 0))).toThrow(/circle/);
  expect(() => editClasses(before, into('void', 'void', 'void', 'void'))).toThrow(/No class would be left/);
});

test('names and colours must tell classes apart, of the classes that stay', () => {
  const named = (name: string, position = 1) => {
    const edit = noEdit(before);
    edit.classes[position]!.name = name;
    return edit;
  };
  expect(() => editClasses(before, named(' '))).toThrow(/no name/);
  expect(() => editClasses(before, named('Road'))).toThrow(/Two classes are called "road"/);
  expect(() => editClasses(before, named('VOID'))).toThrow(/Two classes are called/);
  const merged = named('Road');
  merged.classes[1]!.into = 0;
  expect(editClasses(before, merged).list.classes).toHaveLength(3);
  const coloured = noEdit(before);
  coloured.classes[2]!.colour = [0, 0, 0];
  expect(() => editClasses(before, coloured)).toThrow(/"sky" and "void" have the same colour/);
  expect(classProblems(before.classes)).toEqual([null, null, null, null]);
});

test('equal colours that came with the files hinder no merge', () => {
  const alike: ClassList = {
    ...before,
    classes: before.classes.map((one) => ({ ...one, colour: [8, 8, 8] })),
  };
  const edit = noEdit(alike);
  expect(editClasses(alike, edit).list).toEqual(alike);
  edit.classes[1]!.into = 0;
  expect(editClasses(alike, edit).list.classes).toHaveLength(3);
  edit.classes[2]!.name = 'heaven';
  expect(() => editClasses(alike, edit)).toThrow(/have the same colour/);
});

test('an edit of another list of classes is refused', () => {
  const edit = noEdit(before);
  edit.classes.pop();
  expect(() => editClasses(before, edit)).toThrow(/changed meanwhile/);
});
