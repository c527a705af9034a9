// Every form that a PNG can have, written by the definition: one pixel after the other, pass by pass.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodePng } from './png';
import { pngBytes } from './png-bytes';

const forms = [
  [0, 1, [1, 2, 4, 8, 16]],
  [2, 3, [8, 16]],
  [3, 1, [1, 2, 4, 8]],
  [4, 2, [8, 16]],
  [6, 4, [8, 16]],
] as const;

/** Which of Adam7's passes a pixel belongs to, by the pattern of 8 x 8 in the PNG specification. */
const pattern = [
  '16462646',
  '77777777',
  '56565656',
  '77777777',
  '36463646',
  '77777777',
  '56565656',
  '77777777',
];

/** The scanlines of the pixels that `takes`, packed into bytes. */
function scanlines(
  samples: number[],
  { width, height, channels, depth }: Record<'width' | 'height' | 'channels' | 'depth', number>,
  takes: (x: number, y: number) => boolean,
): number[][] {
  const rows: number[][] = [];
  for (let y = 0; y < height; y++) {
    let bits = '';
    for (let x = 0; x < width; x++) {
      if (!takes(x, y)) continue;
      for (let channel = 0; channel < channels; channel++) {
        bits += samples[(y * width + x) * channels + channel]!.toString(2).padStart(depth, '0');
      }
    }
    if (bits === '') continue;
    bits = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0');
    rows.push(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
  }
  return rows;
}

for (const [colourType, channels, depths] of forms) {
  for (const depth of depths) {
    test(`colour type ${colourType} with ${depth} bits, plain and interlaced`, () => {
      const size = fc.integer({ min: 1, max: 19 });
      fc.assert(
        fc.property(
          size,
          size,
          fc.boolean(),
          fc.infiniteStream(fc.nat(2 ** depth - 1)),
          (width, height, interlaced, stream) => {
            const samples = Array.from({ length: width * height * channels }, () =>
              Number(stream.next().value),
            );
            const parts = { width, height, channels, depth };
            const rows = interlaced
              ? [1, 2, 3, 4, 5, 6, 7].flatMap((pass) =>
                  scanlines(samples, parts, (x, y) => pattern[y % 8]![x % 8] === String(pass)),
                )
              : scanlines(samples, parts, () => true);
            const palette = Array.from({ length: 2 ** Math.min(depth, 8) }, (_, i) => [i, 0, 255 - i]);
            const bytes = pngBytes({
              ...parts,
              colourType,
              rows,
              interlace: interlaced ? 1 : 0,
              ...(colourType === 3 ? { palette } : {}),
            });
            const image = decodePng(bytes, 'a.png');
            expect([...image.samples]).toEqual(samples);
            expect(image).toMatchObject({ width, height, channels, depth });
            if (colourType === 3) expect(image.palette).toEqual(palette);
          },
        ),
        { numRuns: 40, seed: 7 },
      );
    });
  }
}
