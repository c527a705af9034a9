import { expect, test } from 'vitest';
import type { PngImage } from '../formats/png';
import { decodePng } from '../formats/png';
import { deflateLabels, inflateLabels } from './label-codec';
import { encodeLabelPng } from './label-png';
import { checkLabelSize, labelReader } from './labels';
import { VOID, type ClassList } from './types';

const list: ClassList = {
  classes: [
    { id: 0, name: 'sky', colour: [0, 0, 255] },
    { id: 3, name: 'road', colour: [90, 80, 70] },
    { id: 2, name: 'tree', colour: [0, 255, 0] },
  ],
  voidClass: { id: 11, name: 'void', colour: [0, 0, 0] },
};

function png(
  kind: PngImage['kind'],
  channels: number,
  samples: number[],
  more: Partial<PngImage> = {},
): PngImage {
  return {
    width: samples.length / channels,
    height: 1,
    depth: 8,
    channels,
    kind,
    samples: Uint8Array.from(samples),
    ...more,
  };
}

test('index labels become positions in the list; the void id and 255 become void', () => {
  const read = labelReader(list, 'grey-index');
  expect([...read(png('grey', 1, [0, 2, 3, 11, 255]), 'a.png').labels]).toEqual([0, 2, 1, VOID, VOID]);
  expect([...read(png('grey', 2, [3, 99, 0, 99]), 'a.png').labels]).toEqual([1, 0]);
  const palette = [[9, 9, 9]] as const;
  expect([...read(png('palette', 1, [2, 0], { palette: [...palette] }), 'a.png').labels]).toEqual([2, 0]);
});

test('a value outside the list rejects the label with values and counts, most frequent first', () => {
  const read = labelReader(list, 'grey-index');
  expect(() => read(png('grey', 1, [0, 7, 1, 7, 2]), 'gt/a.png')).toThrow(
    'gt/a.png: it has values outside the class list: 7 (2 pixels), 1 (1 pixel).',
  );
  const many = png('grey', 1, [20, 21, 22, 23, 24, 25, 26]);
  expect(() => read(many, 'a.png')).toThrow(/ and 2 more\.$/);
  const deep = png('grey', 1, [], { width: 2, depth: 16, samples: Uint16Array.of(0, 256) });
  expect(() => read(deep, 'a.png')).toThrow(/256 \(1 pixel\)/);
});

test('RGB labels are looked up exactly, with or without alpha, and through a palette', () => {
  const read = labelReader(list, 'rgb');
  const colours = [90, 80, 70, 0, 0, 255, 0, 255, 0, 0, 0, 0];
  expect([...read(png('rgb', 3, colours), 'a.png').labels]).toEqual([1, 0, 2, VOID]);
  expect([...read(png('rgb', 4, [0, 255, 0, 7, 0, 0, 0, 0]), 'a.png').labels]).toEqual([2, VOID]);
  const palette = png('palette', 1, [1, 0, 1], {
    palette: [
      [0, 0, 255],
      [90, 80, 70],
    ],
  });
  expect([...read(palette, 'a.png').labels]).toEqual([1, 0, 1]);
  expect(() => read(png('rgb', 3, [90, 80, 71, 0, 0, 255]), 'a.png')).toThrow(
    'a.png: it has colours that are not in the class list: 90 80 71 (1 pixel).',
  );
});

test('a label of another kind is rejected', () => {
  expect(() => labelReader(list, 'rgb')(png('grey', 1, [0]), 'a.png')).toThrow(/grey, but/);
  expect(() => labelReader(list, 'grey-index')(png('rgb', 3, [0, 0, 0]), 'a.png')).toThrow(/RGB, but/);
  const deep = png('rgb', 3, [], { width: 1, depth: 16, samples: Uint16Array.of(1, 2, 3) });
  expect(() => labelReader(list, 'rgb')(deep, 'a.png')).toThrow(/16 bits/);
});

test('two classes of one colour cannot be told apart in RGB labels', () => {
  const twin = { id: 9, name: 'grass', colour: [0, 255, 0] as const };
  const twins = { ...list, classes: [...list.classes, twin] };
  expect(() => labelReader(twins, 'rgb')).toThrow(/"tree" and "grass" have the same colour 0 255 0/);
  expect(() => labelReader(twins, 'grey-index')).not.toThrow();
});

test('a label of another size than its image is rejected', () => {
  const size = { width: 4, height: 3 };
  expect(() => checkLabelSize(size, size, 'a.png')).not.toThrow();
  expect(() => checkLabelSize({ width: 3, height: 4 }, size, 'a.png')).toThrow(/3 x 4 pixels, .* 4 x 3/);
});

test('a label map saved as PNG holds ids, colours and void, and reads back as it was', () => {
  const map = { width: 3, height: 2, labels: Uint8Array.of(0, 1, 2, VOID, 1, 1) };
  const image = decodePng(encodeLabelPng(map, list), 'a.png');
  expect([...image.samples]).toEqual([0, 3, 2, 11, 3, 3]);
  expect(image.palette).toHaveLength(12);
  expect(image.palette?.[3]).toEqual([90, 80, 70]);
  expect(labelReader(list, 'palette-index')(image, 'a.png')).toEqual(map);

  const without = decodePng(encodeLabelPng(map, { ...list, voidClass: null }), 'a.png');
  expect(without.samples[3]).toBe(255);
  expect(() => encodeLabelPng({ ...map, labels: Uint8Array.of(9, 0, 0, 0, 0, 0) }, list)).toThrow(/class 9/);
});

test('stored label maps come back, and damaged ones are noticed', () => {
  const labels = Uint8Array.from({ length: 1000 }, (_, i) => (i * i) % 7);
  const stored = deflateLabels(labels);
  expect(stored.buffer.byteLength).toBe(stored.length);
  expect(inflateLabels(stored, 1000)).toEqual(labels);
  expect(() => inflateLabels(stored, 1001)).toThrow(/damaged/);
  expect(() => inflateLabels(stored.slice(0, 5), 1000)).toThrow(/damaged/);
});
