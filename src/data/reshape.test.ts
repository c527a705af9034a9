import { expect, test } from 'vitest';
import { reshapePair, scaledSize } from './reshape';
import { VOID, type LabelMap, type ResizeMode, type RgbImage } from './types';

/** Columns of labels 0, 1, 2 ... and pixels whose three channels are ten times that, plus ten. */
function pair(width: number, height: number): { image: RgbImage; label: LabelMap } {
  const labels = Uint8Array.from({ length: width * height }, (_, i) => i % width);
  const rgb = Uint8Array.from(
    { length: width * height * 3 },
    (_, i) => (Math.floor(i / 3) % width) * 10 + 10,
  );
  return { image: { width, height, rgb }, label: { width, height, labels } };
}

const shaped = (width: number, height: number, mode: ResizeMode, to: [number, number]) => {
  const { image, label } = pair(width, height);
  return reshapePair(image, label, { width: to[0], height: to[1], mode }, 'a.png');
};
const V = VOID;

test.each<[ResizeMode, number, number]>([
  ['stretch', 320, 240],
  ['fit', 320, 180],
  ['crop', 427, 240],
  ['exact', 320, 240],
])('1920 x 1080 becomes for %s %i x %i of 320 x 240', (mode, width, height) => {
  expect(scaledSize({ width: 1920, height: 1080 }, { width: 320, height: 240, mode })).toEqual({
    width,
    height,
  });
});

test('without a mode it is stretched, and without a size left alone', () => {
  const { image, label } = pair(4, 2);
  expect(reshapePair(image, label, null, 'a')).toEqual({
    image,
    label,
    content: { x: 0, y: 0, width: 4, height: 2 },
  });
  const { label: wide } = reshapePair(image, label, { width: 8, height: 2 }, 'a');
  expect([...wide.labels.subarray(0, 8)]).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
});

test('fit pads above and below with black and void', () => {
  const { image, label, content } = shaped(4, 2, 'fit', [4, 5]);
  expect(content).toEqual({ x: 0, y: 1, width: 4, height: 2 });
  expect([...label.labels]).toEqual([V, V, V, V, 0, 1, 2, 3, 0, 1, 2, 3, V, V, V, V, V, V, V, V]);
  expect([...image.rgb.subarray(0, 12)]).toEqual(new Array(12).fill(0));
  expect([...image.rgb.subarray(12, 18)]).toEqual([10, 10, 10, 20, 20, 20]);
});

test('fit pads left and right', () => {
  const { label, content } = shaped(2, 2, 'fit', [5, 2]);
  expect(content).toEqual({ x: 1, y: 0, width: 2, height: 2 });
  expect([...label.labels]).toEqual([V, 0, 1, V, V, V, 0, 1, V, V]);
});

test('crop keeps the middle and pads nothing', () => {
  const { image, label, content } = shaped(6, 2, 'crop', [2, 2]);
  expect([...label.labels]).toEqual([2, 3, 2, 3]);
  expect([...image.rgb.subarray(0, 6)]).toEqual([30, 30, 30, 40, 40, 40]);
  expect(content).toEqual({ x: 0, y: 0, width: 2, height: 2 });
});

test('exact takes its size and refuses others by name', () => {
  const { image, label } = pair(4, 2);
  expect(reshapePair(image, label, { width: 4, height: 2, mode: 'exact' }, 'a.png').image.rgb).toBe(
    image.rgb,
  );
  expect(() => shaped(4, 2, 'exact', [4, 3])).toThrow(
    /a\.png: the picture has 4 x 2 pixels, and only those of 4 x 3/,
  );
});
