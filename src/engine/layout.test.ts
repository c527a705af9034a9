import { expect, it } from 'vitest';
import { transformPixels } from './layout';

it('takes each channel its mean and scales what is left', () => {
  const pixels = new Float32Array([104, 117, 123, 114, 217, 23]);
  transformPixels(pixels, 3, { mean: [104, 117, 123], scale: 0.5 });
  expect([...pixels]).toEqual([0, 0, 0, 5, 50, -50]);
});

it('uses one mean for all channels', () => {
  const pixels = new Float32Array([1, 2, 3, 4]);
  transformPixels(pixels, 2, { mean: [1], scale: 2 });
  expect([...pixels]).toEqual([0, 2, 4, 6]);
});
