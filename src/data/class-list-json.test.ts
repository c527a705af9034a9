import { expect, test } from 'vitest';
import { classListOf, parseClassFiles } from './class-list';

const parse = (text: string, path = 'classes.json') => classListOf(parseClassFiles([{ path, text }]));
const json = (value: unknown) => parse(JSON.stringify(value));
const sky = { id: 0, name: 'sky', colour: [0, 0, 255] };
const road = { id: 7, name: 'road', colour: [1, 2, 3] };

test('a list of objects, alone or inside one, with colours as numbers or in hexadecimal', () => {
  const list = [
    { id: 0, name: 'sky', color: [0, 0, 255] },
    { id: 7, name: 'road', colour: '#010203' },
    { id: 255, name: 'void', color: [0, 0, 0] },
  ];
  for (const value of [list, { classes: list }, { categories: list, version: 1 }]) {
    expect(json(value)).toEqual({
      classes: [sky, road],
      voidClass: { id: 255, name: 'void', colour: [0, 0, 0] },
    });
  }
  expect(json([{ title: 'sky', color: '0000FF' }]).classes).toEqual([sky]);
});

test('names alone, maps, and Datumaro’s meta file', () => {
  expect(json(['sky', 'road']).classes.map(({ id, name }) => [id, name])).toEqual([
    [0, 'sky'],
    [1, 'road'],
  ]);
  expect(json({ 0: 'sky', 7: 'road' }).classes.map(({ id, name }) => [id, name])).toEqual([
    [0, 'sky'],
    [7, 'road'],
  ]);
  expect(json({ sky: 0, road: 7 }).classes.map(({ id }) => id)).toEqual([0, 7]);
  expect(json({ sky: [0, 0, 255] }).classes).toEqual([sky]);
  const meta = { label_map: { 0: 'sky', 7: 'road' }, segmentation_colors: [sky.colour, road.colour] };
  expect(json(meta).classes).toEqual([sky, road]);
});

test('tables with a heading, and CVAT’s label maps', () => {
  const table = 'name,r,g,b\nsky,0,0,255\n"traffic light",1,2,3\n';
  expect(parse(table, 'class_dict.csv').classes.map(({ name, colour }) => [name, colour])).toEqual([
    ['sky', [0, 0, 255]],
    ['traffic light', [1, 2, 3]],
  ]);
  const cvat = '# label:color_rgb:parts:actions\nsky:0,0,255::\nroad:1,2,3::\n';
  expect(parse(cvat, 'labelmap.txt').classes.map(({ name }) => name)).toEqual(['sky', 'road']);
});

test.each([
  ['{"classes": [{"id": 1}]}', /classes\.json: class 1 has no name/],
  ['[{"name": "a", "id": -1}]', /class "a" has no whole number/],
  ['[{"name": "a", "color": [1, 2, 300]}]', /class "a" has a colour/],
  ['[1]', /class 1 is neither a name/],
  ['{"a": null}', /"a" stands for no class/],
  ['[', /this is no JSON/],
  ['[]', /this class list is empty/],
])('a mistake is named: %s', (text, message) => {
  expect(() => parse(text)).toThrow(message);
});
