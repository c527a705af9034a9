import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { random32 } from '../core/random';
import { decodePng } from './png';
import { encodeRgbPng } from './png-encode';

/** Pictures that make each filter the best one: flat, across, down, diagonal, noise. */
const kinds: Record<string, (x: number, y: number, c: number) => number> = {
  flat: () => 7,
  across: (x, _y, c) => (x * 5 + c) & 255,
  down: (_x, y, c) => (y * y * 3 + c) & 255,
  diagonal: (x, y, c) => ((x + y) * 4 + c * 20) & 255,
  noise: (x, y, c) => random32(1, 'noise', (y * 37 + x) * 3 + c) & 255,
};

test.each(Object.keys(kinds))('%s comes back as it was, read by two decoders', async (kind) => {
  for (const [width, height] of [
    [1, 1],
    [37, 23],
    [3, 50],
  ] as const) {
    const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) =>
      kinds[kind]!(Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3),
    );
    const png = await encodeRgbPng(width, height, rgb);
    expect(decodePng(png, 'own')).toMatchObject({ width, height, depth: 8, channels: 3, samples: rgb });
    expect(new Uint8Array(decode(png).data)).toEqual(rgb);
  }
});

test('a smooth picture becomes much smaller than its pixels', async () => {
  const [width, height] = [320, 240];
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return 128 + 100 * Math.sin(x / 40) * Math.cos(y / 30);
  });
  expect((await encodeRgbPng(width, height, rgb)).length).toBeLessThan(rgb.length / 10);
});
