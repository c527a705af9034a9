import { encode } from 'fast-png';
import { expect, test } from 'vitest';
import { AppError } from '../core/errors';
import { decodePng, encodeIndexedPng } from './png';
import { pngBytes } from './png-bytes';

const grey4x2 = {
  width: 4,
  height: 2,
  depth: 8,
  colourType: 0,
  rows: [
    [0, 1, 2, 255],
    [7, 8, 9, 10],
  ],
};

function failure(bytes: Uint8Array): AppError {
  try {
    decodePng(bytes, 'street.png');
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was decoded');
}

test.each([
  [1, [[0b10100000], [0b01000000]], [1, 0, 1, 0, 1, 0]],
  [2, [[0b11100100], [0b00011000]], [3, 2, 1, 0, 1, 2]],
  [
    4,
    [
      [0x0f, 0x70],
      [0x91, 0x20],
    ],
    [0, 15, 7, 9, 1, 2],
  ],
])('unpacks %i-bit rows, each from a new byte', (depth, rows, samples) => {
  const image = decodePng(pngBytes({ width: 3, height: 2, depth, colourType: 0, rows }), 'a.png');
  expect(image).toEqual({
    width: 3,
    height: 2,
    depth,
    channels: 1,
    kind: 'grey',
    samples: Uint8Array.from(samples),
  });
});

test('keeps palette indices and the palette, with and without transparency', () => {
  const palette = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  const parts = { width: 2, height: 1, depth: 1, colourType: 3, palette, rows: [[0b01000000]] };
  expect(decodePng(pngBytes(parts), 'a.png')).toMatchObject({
    kind: 'palette',
    samples: Uint8Array.of(0, 1),
    palette,
  });
  const withAlpha = encode({
    width: 2,
    height: 1,
    channels: 1,
    data: Uint8Array.of(1, 0),
    palette: palette.map((colour) => [...colour, 9]),
  });
  expect(decodePng(withAlpha, 'a.png')).toMatchObject({ samples: Uint8Array.of(1, 0), palette });
});

test('reads 16 bits, alpha and colour', () => {
  const deep = pngBytes({ width: 2, height: 1, depth: 16, colourType: 0, rows: [[1, 2, 255, 254]] });
  expect(decodePng(deep, 'a.png').samples).toEqual(Uint16Array.of(258, 65534));
  const alpha = pngBytes({ width: 1, height: 1, depth: 8, colourType: 4, rows: [[9, 0]] });
  expect(decodePng(alpha, 'a.png')).toMatchObject({
    kind: 'grey',
    channels: 2,
    samples: Uint8Array.of(9, 0),
  });
  const rgba = pngBytes({ width: 1, height: 1, depth: 8, colourType: 6, rows: [[1, 2, 3, 0]] });
  expect(decodePng(rgba, 'a.png')).toMatchObject({ kind: 'rgb', channels: 4 });
});

test('reads interlaced rows', () => {
  const data = Uint8Array.from({ length: 100 }, (_, i) => i);
  const interlaced = encode({ width: 10, height: 10, channels: 1, data }, { interlace: 'Adam7' });
  expect(decodePng(interlaced, 'a.png').samples).toEqual(data);
  // Of 3 x 2 pixels the first pass has one, the fourth one, the sixth one and the last a row of three.
  const rows = [[0b11000000], [0b10000000], [0b01000000], [0b00011000]];
  const low = pngBytes({ width: 3, height: 2, depth: 2, colourType: 0, interlace: 1, rows });
  expect([...decodePng(low, 'a.png').samples]).toEqual([3, 1, 2, 0, 1, 2]);
});

test('a broken text or colour profile does not cost the pixels', () => {
  const bytes = pngBytes({ ...grey4x2, extra: [['iCCP', [97, 0, 0, 1, 2, 3]]] });
  expect([...decodePng(bytes, 'a.png').samples]).toEqual(grey4x2.rows.flat());
});

test.each([
  ['street names\n', /not a PNG; it looks like a text file/],
  ['', /looks like an empty file/],
  ['GIF89a', /a GIF image/],
  ['PK\x03\x04', /a zip archive/],
  ['\x00\x01\x02', /unknown kind/],
])('says what a file that is no PNG looks like', (text, message) => {
  const error = failure(new TextEncoder().encode(text));
  expect(error.code).toBe('bad-file');
  expect(error.message).toMatch(message);
  expect(error.message).toMatch(/^street\.png: /);
  expect(error.details['reason']).toMatch(/^this is not a PNG/);
});

test('a PNG cut anywhere is called cut off', () => {
  const bytes = pngBytes(grey4x2);
  for (let length = 8; length < bytes.length; length++) {
    expect(failure(bytes.slice(0, length)).message).toMatch(/cut off/);
  }
});

test('a changed byte or missing rows are called damage', () => {
  const bytes = pngBytes(grey4x2);
  const flipped = bytes.slice();
  flipped[bytes.length - 20]! ^= 1;
  expect(failure(flipped).message).toMatch(/damaged: a checksum is wrong/);
  expect(failure(pngBytes({ ...grey4x2, height: 3 })).message).toMatch(/fewer pixels than its header/);
  expect(failure(pngBytes({ ...grey4x2, height: 1 })).message).toMatch(/more pixels than its header/);
  expect(failure(pngBytes({ ...grey4x2, depth: 4, colourType: 2 })).message).toMatch(/damaged/);
  expect(failure(pngBytes({ ...grey4x2, colourType: 3 })).message).toMatch(/has none/);
});

test('a huge or empty size is refused before the pixels are unpacked', () => {
  expect(failure(pngBytes({ ...grey4x2, width: 65536, height: 65536 })).message).toMatch(/65536 x 65536/);
  expect(failure(pngBytes({ ...grey4x2, width: 0 })).message).toMatch(/0 x 2/);
});

test('an indexed PNG comes back as it was', () => {
  const indices = Uint8Array.of(0, 2, 1, 2, 0, 1);
  const palette = [
    [0, 0, 0],
    [10, 20, 30],
    [255, 0, 7],
  ] as const;
  const image = decodePng(encodeIndexedPng(3, 2, indices, palette), 'a.png');
  expect(image).toMatchObject({ width: 3, height: 2, depth: 8, kind: 'palette', samples: indices, palette });
});
