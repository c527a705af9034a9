import { expect, test } from 'vitest';
import { estimateCity, freeCityName, previewSize } from './city-form.svelte';

test('a free name counts on', () => {
  expect(freeCityName([])).toBe('City');
  expect(freeCityName([{ name: 'City' }, { name: 'City 2' }, { name: 'other' }])).toBe('City 3');
});

test('a preview keeps the proportions and is never too small to draw', () => {
  expect(previewSize({ width: 640, height: 480 })).toEqual({ width: 320, height: 240 });
  expect(previewSize({ width: 240, height: 180 })).toEqual({ width: 240, height: 180 });
  expect(previewSize({ width: 2048, height: 64 })).toEqual({ width: 320, height: 32 });
});

test('an estimate grows with frames and pixels', () => {
  const size = { width: 320, height: 240 };
  expect(estimateCity({ frames: 10, size }, size, 0.5).seconds).toBeCloseTo(5);
  expect(estimateCity({ frames: 10, size }, size, 0.5).bytes).toBeCloseTo(10 * 320 * 240 * 3.06);
  const large = estimateCity({ frames: 10, size: { width: 640, height: 480 } }, size, 0.5);
  expect(large.seconds).toBeGreaterThan(10);
  expect(large.seconds).toBeLessThan(20);
});
