import { expect, test } from 'vitest';
import { classListOf, parseClassFiles } from './class-list';
import { classFiles, exportedClasses, safeName, TileNames } from './export-names';
import type { ClassList } from './types';

const list: ClassList = {
  classes: [
    { id: 1, name: 'road', colour: [1, 1, 1] },
    { id: 3, name: 'void space', colour: [2, 2, 2] },
  ],
  voidClass: { id: 255, name: 'outside', colour: [9, 9, 9] },
};

test('names are safe, and each once per split', () => {
  expect(safeName('../a\\b:c.')).toBe('a-b-c');
  expect(safeName(' . ')).toBe('dataset');
  const names = new TileNames({ tile: { width: 32, height: 32 } });
  const tile = { split: 'train', name: 'a/1', x: 32, y: 0 } as const;
  expect([names.next(tile), names.next(tile), names.next({ ...tile, split: 'val' })]).toEqual([
    'a-1_x32_y0',
    'a-1_x32_y0_2',
    'a-1_x32_y0',
  ]);
  const whole = new TileNames({ tile: null });
  expect([whole.next(tile), whole.next({ ...tile, name: 'A/1' })]).toEqual(['a-1', 'A-1_2']);
});

test("DIGITS' two files have a line for each value below void", () => {
  const [names, colours] = classFiles(list);
  expect(names).toEqual({ name: 'labels.txt', text: 'unused 0\nroad\nunused 2\nvoid space\n' });
  expect(colours).toEqual({ name: 'colormap.txt', text: '0 0 0\n1 1 1\n0 0 0\n2 2 2\n' });
  const inside = classFiles({ ...list, voidClass: { id: 0, name: 'void', colour: [0, 0, 0] } });
  expect(inside[0]?.text.startsWith('void\nroad\n')).toBe(true);
});

test.each([
  ['with a void class of any name', list],
  [
    'without a void class, though one is called so',
    { classes: [{ ...list.classes[0]!, name: 'void' }], voidClass: null },
  ],
])('classes.json gives the classes back %s', (_title, classes: ClassList) => {
  const { name, text } = classFiles(classes)[2]!;
  expect(classListOf(parseClassFiles([{ path: name, text }]))).toEqual(classes);
});

test('ids that do not fit into a PNG are numbered anew', () => {
  const wide: ClassList = {
    classes: [
      { ...list.classes[0]!, id: 7 },
      { ...list.classes[1]!, id: 26_000 },
    ],
    voidClass: { id: 0, name: 'void', colour: [0, 0, 0] },
  };
  const { classes, voidClass } = exportedClasses(wide);
  expect([...classes.map(({ id }) => id), voidClass?.id]).toEqual([0, 1, 255]);
  expect(exportedClasses(list)).toEqual(list);
});
