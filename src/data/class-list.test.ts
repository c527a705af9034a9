import { expect, test } from 'vitest';
import { AppError } from '../core/errors';
import { classListOf, parseClassFiles } from './class-list';

const parse = (text: string, path = 'classes.txt') => parseClassFiles([{ path, text }]);

function failure(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof AppError && error.code === 'bad-classes') return error.message;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('reads tabs, spaces, names with spaces, comments, blank lines, a byte order mark and Windows line ends', () => {
  const text = '\ufeff# streets\r\n128 128 128\tSky\r\n\r\n  0 64  255   Traffic light pole \r\n';
  expect(parse(text)).toEqual([
    { name: 'Sky', colour: [128, 128, 128] },
    { name: 'Traffic light pole', colour: [0, 64, 255] },
  ]);
});

test('the first class named void, unlabelled or ignore is void; background is a class', () => {
  for (const name of ['Void', 'unlabelled', 'Unlabeled', 'IGNORE', 'ignored']) {
    const { classes, voidClass } = classListOf(parse(`1 1 1 Sky\n0 0 0 ${name}\n2 2 2 Road`));
    expect(voidClass).toEqual({ id: 1, name, colour: [0, 0, 0] });
    expect(classes.map(({ id }) => id)).toEqual([0, 2]);
  }
  expect(classListOf(parse('0 0 0 background\n1 1 1 devoid')).voidClass).toBeNull();
});

test.each([
  [
    '128 128 128 Sky\n128 0 Building\n0 0 1 Road',
    /classes\.txt, line 2: "128 0 Building" is not of the form/,
  ],
  ['1 2 3 Sky\n\n1 2 256 Road', /line 3: .* above 255/],
  ['1 2 3 Sky\n1 2 4\n1 2 5 Road', /line 2: .* no class name/],
  ['1 2 3\n1 2 4\n1 2 5 Road', /line 3: .* more than the three numbers/],
  ['', /classes\.txt: this class list is empty/],
  [Array.from({ length: 257 }, (_, i) => `0 0 0 class ${i}`).join('\n'), /257 classes; the most is 255/],
])('names file and line of a mistake: %#', (text, message) => {
  expect(failure(() => parse(text))).toMatch(message);
});

test('joins a file of names and a file of colours, in any order', () => {
  const names = { path: 'names.txt', text: 'sky\nroad works\nvoid\n\nand some notes about them' };
  const colours = { path: 'colours.txt', text: '0 0 255\n90 90 90\n0,0,0\n' };
  for (const files of [
    [names, colours],
    [colours, names],
  ]) {
    expect(classListOf(parseClassFiles(files))).toEqual({
      classes: [
        { id: 0, name: 'sky', colour: [0, 0, 255] },
        { id: 1, name: 'road works', colour: [90, 90, 90] },
      ],
      voidClass: { id: 2, name: 'void', colour: [0, 0, 0] },
    });
  }
  const short = { path: 'colours.txt', text: '0 0 255\n' };
  expect(failure(() => parseClassFiles([names, short]))).toMatch(/3 names and colours\.txt has 1 colours/);
  expect(failure(() => parseClassFiles([names, names]))).toMatch(/names\.txt, names\.txt: give either/);
});

test('what the file leaves open comes from the palette, or is made up and distinct', () => {
  const names = parse('a\nb\nc', 'names.txt');
  const { classes } = classListOf(names, [[1, 2, 3]]);
  expect(classes[0]).toEqual({ id: 0, name: 'a', colour: [1, 2, 3] });
  expect(new Set(classes.map(({ colour }) => colour.join())).size).toBe(3);
  expect(classListOf(parse('1 2 3\n4 5 6')).classes[1]!.name).toBe('class 1');
});
