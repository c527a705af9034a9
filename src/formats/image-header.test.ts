import { expect, test } from 'vitest';
import { checkComplete, readImageHeader } from './image-header';
import { pngBytes } from './png-bytes';

/** A JPEG's segments without real data: APP1 of `padding` bytes, a Huffman table, the frame header, a scan, the end. */
function jpeg(width: number, height: number, padding = 4): Uint8Array {
  const u16 = (value: number) => [value >> 8, value & 255];
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...[0xff, 0xe1, ...u16(padding + 2), ...new Uint8Array(padding).fill(0xd9)],
    ...[0xff, 0xc4, ...u16(4), 1, 2],
    ...[0xff, 0xc2, ...u16(11), 8, ...u16(height), ...u16(width), 1, 0x11, 0, 0],
    ...[0xff, 0xda, ...u16(8), 1, 1, 0, 0, 63, 0],
    ...[1, 2, 0xff, 0x00, 3, 0xff, 0xd9],
  ]);
}

test('finds the frame of a JPEG behind its metadata', () => {
  expect(readImageHeader(jpeg(640, 480), 'a.jpg')).toEqual({ kind: 'jpeg', width: 640, height: 480 });
});

test('asks for more where the metadata is long', () => {
  const bytes = jpeg(640, 480, 60000);
  expect(readImageHeader(bytes.subarray(0, 1000), 'a.jpg')).toBeNull();
  expect(readImageHeader(bytes, 'a.jpg')).toMatchObject({ width: 640 });
});

test('refuses what is too large, and what is no image', () => {
  expect(() => readImageHeader(jpeg(20000, 20000), 'a.jpg')).toThrow(
    /a\.jpg: .*20000 x 20000.*64 megapixels/,
  );
  expect(() => readImageHeader(new TextEncoder().encode('<svg>'), 'a.png')).toThrow(/looks like a text file/);
});

test('sees where a file was cut', () => {
  const picture = jpeg(8, 8);
  expect(() => checkComplete(picture, 'jpeg', 'a.jpg')).not.toThrow();
  const trailing = Uint8Array.from([...picture, 0, 0, 0]);
  expect(() => checkComplete(trailing, 'jpeg', 'a.jpg')).not.toThrow();
  for (const length of [picture.length - 1, picture.length - 4, 12]) {
    expect(() => checkComplete(picture.slice(0, length), 'jpeg', 'a.jpg')).toThrow(/cut off/);
  }
  const png = pngBytes({ width: 1, height: 1, depth: 8, colourType: 0, rows: [[1]] });
  expect(() => checkComplete(png, 'png', 'a.png')).not.toThrow();
  expect(() => checkComplete(png.slice(0, -1), 'png', 'a.png')).toThrow(/cut off/);
});
