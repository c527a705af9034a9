import { expect, test } from 'vitest';
import { fit, pan, pixelAt, zoomAt } from './view-box';

const picture = { width: 200, height: 100 };
const screen = { width: 400, height: 400 };

test('fits the whole picture into the middle', () => {
  expect(fit(picture, screen)).toEqual({ scale: 2, x: 0, y: 100 });
});

test('the pixel under the pointer stays under it while zooming', () => {
  const point = { x: 130, y: 170 };
  const before = fit(picture, screen);
  const after = zoomAt(before, 3, point, { min: 0.1, max: 100 });
  expect(after.scale).toBe(6);
  expect(pixelAt(after, point, picture)).toEqual(pixelAt(before, point, picture));
  expect(zoomAt(before, 1000, point, { min: 0.1, max: 32 }).scale).toBe(32);
});

test('a picture cannot be dragged out of sight', () => {
  const box = fit(picture, screen);
  expect(pan(box, 10_000, 0, picture, screen).x).toBe(352);
  expect(pan(box, -10_000, 0, picture, screen).x).toBe(-352);
});

test('beside the picture there is no pixel', () => {
  expect(pixelAt(fit(picture, screen), { x: 10, y: 10 }, picture)).toBeNull();
});
