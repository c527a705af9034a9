import { expect, test } from 'vitest';
import { resizeImage, resizeLabels } from './resize';
import type { RgbImage, Size } from './types';

/** An image whose three channels are the values, their double and 255 minus them. */
function image(width: number, values: number[]): RgbImage {
  const rgb = Uint8Array.from(values.flatMap((value) => [value, value * 2, 255 - value]));
  return { width, height: values.length / width, rgb };
}

const red = ({ rgb }: RgbImage) => [...rgb.filter((_, i) => i % 3 === 0)];

test('halving weighs four pixels 1 3 3 1, and at the border only those inside', () => {
  // Output 0 has its centre at 1: weights 1/4, 3/4 left are 0.75 0.75 0.25 over 1.75 for the pixels 0, 1 and 2.
  const row = image(8, [0, 70, 105, 0, 0, 40, 80, 120]);
  const half = resizeImage(row, { width: 4, height: 1 });
  expect(red(half)).toEqual([
    Math.round((0.75 * 0 + 0.75 * 70 + 0.25 * 105) / 1.75),
    Math.round((0.25 * 70 + 0.75 * 105) / 2),
    Math.round((0.75 * 40 + 0.25 * 80) / 2),
    Math.round((0.25 * 40 + 0.75 * 80 + 0.75 * 120) / 1.75),
  ]);
  expect(half.rgb[5]).toBe(255 - red(half)[1]! + 0);
});

test('doubling takes three quarters of the nearer pixel', () => {
  expect(red(resizeImage(image(2, [0, 100]), { width: 4, height: 1 }))).toEqual([0, 25, 75, 100]);
});

test('columns are scaled like rows', () => {
  const values = [0, 70, 105, 0, 0, 40, 80, 120];
  const across = resizeImage(image(8, values), { width: 3, height: 1 });
  const down = resizeImage(image(1, values), { width: 1, height: 3 });
  expect(down.rgb).toEqual(across.rgb);
});

test('a flat image stays flat and the same size changes nothing', () => {
  const flat = image(7, new Array<number>(35).fill(100));
  for (const size of [
    { width: 3, height: 2 },
    { width: 20, height: 1 },
    { width: 1, height: 50 },
  ]) {
    expect(new Set(red(resizeImage(flat, size)))).toEqual(new Set([100]));
  }
  expect(resizeImage(flat, { width: 7, height: 5 }).rgb).toBe(flat.rgb);
});

test('labels take the pixel under the centre', () => {
  const scale = (width: number, labels: number[], size: Size) => [
    ...resizeLabels({ width, height: labels.length / width, labels: Uint8Array.from(labels) }, size).labels,
  ];
  expect(scale(4, [1, 2, 3, 4], { width: 2, height: 1 })).toEqual([2, 4]);
  expect(scale(5, [1, 2, 3, 4, 5], { width: 3, height: 1 })).toEqual([1, 3, 5]);
  expect(scale(2, [1, 2], { width: 5, height: 1 })).toEqual([1, 1, 2, 2, 2]);
  expect(scale(2, [1, 2, 3, 4], { width: 1, height: 1 })).toEqual([4]);
});
