import { expect, test } from 'vitest';
import { estimateImport } from './import-estimate';

const own = { width: 960, height: 720 };
const bytesOf = (pixels: number) => Math.round(pixels * 3.05);

test.each([
  [{ scale: null, tile: null }, 10, 10 * 960 * 720],
  [{ scale: { width: 480, height: 360 }, tile: null }, 10, 10 * 480 * 360],
  [{ scale: null, tile: { width: 320, height: 240 } }, 90, 90 * 320 * 240],
  [{ scale: null, tile: { width: 320, height: 240 }, overlap: 20 }, 160, 160 * 320 * 240],
])('ten pairs by %j', (choices, tiles, pixels) => {
  expect(estimateImport(10, own, choices)).toEqual({ tiles, bytes: bytesOf(pixels) });
});
