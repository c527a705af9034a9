import { expect, test } from 'vitest';
import { VOID, type LabelClass } from '../../data/types';
import {
  blend,
  histogram,
  imageToRgba,
  iouPerClass,
  labelsToRgba,
  outlineMask,
  wrongPixels,
} from './overlay';

const classes: LabelClass[] = [
  { id: 3, name: 'sky', colour: [10, 20, 30] },
  { id: 7, name: 'road', colour: [200, 100, 50] },
];
const labels = Uint8Array.of(0, 1, VOID, 1);
const pixel = (rgba: Uint8ClampedArray, index: number) => [...rgba.subarray(index * 4, index * 4 + 4)];

test('an image becomes opaque', () => {
  expect([...imageToRgba(Uint8Array.of(1, 2, 3, 4, 5, 6))]).toEqual([1, 2, 3, 255, 4, 5, 6, 255]);
});

test('labels take the colour of their position; void stays clear unless it has a colour', () => {
  const rgba = labelsToRgba(labels, 4, 1, { classes });
  expect(pixel(rgba, 0)).toEqual([10, 20, 30, 255]);
  expect(pixel(rgba, 1)).toEqual([200, 100, 50, 255]);
  expect(pixel(rgba, 2)).toEqual([0, 0, 0, 0]);
  expect(pixel(labelsToRgba(labels, 4, 1, { classes, voidColour: [9, 9, 9] }), 2)).toEqual([9, 9, 9, 255]);
});

test('a hidden class is clear and the others fade behind a highlighted one', () => {
  expect(pixel(labelsToRgba(labels, 4, 1, { classes, hidden: new Set([1]) }), 1)).toEqual([0, 0, 0, 0]);
  const rgba = labelsToRgba(labels, 4, 1, { classes, highlight: 1 });
  expect(pixel(rgba, 1)[3]).toBe(255);
  expect(pixel(rgba, 0)[3]).toBeLessThan(128);
});

test('opacity moves the picture from the image to the overlay', () => {
  const image = imageToRgba(Uint8Array.of(100, 100, 100));
  const overlay = labelsToRgba(Uint8Array.of(1), 1, 1, { classes });
  expect(pixel(blend(image, overlay, 0), 0)).toEqual([100, 100, 100, 255]);
  expect(pixel(blend(image, overlay, 0.5), 0)).toEqual([150, 100, 75, 255]);
  expect(pixel(blend(image, overlay, 1), 0)).toEqual([200, 100, 50, 255]);
  const clear = labelsToRgba(Uint8Array.of(VOID), 1, 1, { classes });
  expect(pixel(blend(image, clear, 1), 0)).toEqual([100, 100, 100, 255]);
});

test('outlines lie on both sides of a border and grow with their width', () => {
  const row = Uint8Array.of(0, 0, 0, 1, 1, 1);
  expect([...outlineMask(row, 6, 1, 1)]).toEqual([0, 0, 1, 1, 0, 0]);
  expect([...outlineMask(row, 6, 1, 2)]).toEqual([0, 1, 1, 1, 1, 0]);
  const square = Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0);
  expect([...outlineMask(square, 3, 3, 1)]).toEqual([0, 1, 0, 1, 1, 1, 0, 1, 0]);
  const rgba = labelsToRgba(row, 6, 1, { classes, outline: 1 });
  expect([0, 1, 2, 3, 4, 5].map((i) => pixel(rgba, i)[3])).toEqual([0, 0, 255, 255, 0, 0]);
});

test('counts pixels and finds the wrong ones', () => {
  const counts = histogram(labels);
  expect([counts[0], counts[1], counts[VOID]]).toEqual([1, 2, 1]);
  expect([...wrongPixels(Uint8Array.of(0, 1, 0, 1), Uint8Array.of(0, 0, VOID, 1))]).toEqual([
    VOID,
    1,
    VOID,
    VOID,
  ]);
});

test('intersection over union leaves void out', () => {
  expect(iouPerClass(Uint8Array.of(0, 1, 1, 0), Uint8Array.of(0, 0, 1, VOID), 3)).toEqual([0.5, 0.5, null]);
});
