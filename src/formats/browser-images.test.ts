import { expect, test } from 'vitest';
import { checkComplete, readImageHeader } from './image-header';
import { imageKind } from './sniff';

const ascii = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
const u16 = (value: number) => [value & 255, value >> 8];
const u24 = (value: number) => [...u16(value & 0xffff), value >> 16];
const u32 = (value: number) => [...u16(value & 0xffff), ...u16(value >>> 16)];
const be32 = (value: number) => u32(value).reverse();

function webp(chunk: string, data: number[]): Uint8Array {
  const body = [...ascii('WEBP'), ...ascii(chunk), ...u32(data.length), ...data];
  return Uint8Array.from([...ascii('RIFF'), ...u32(body.length), ...body]);
}

function bmp(width: number, height: number, bits: number): Uint8Array {
  const pixels = Math.ceil((width * bits) / 32) * 4 * Math.abs(height);
  const info = [40, width, height].flatMap(u32);
  const rest = [...u16(1), ...u16(bits), ...u32(0), ...new Array<number>(20).fill(0)];
  const head = [...ascii('BM'), ...u32(54 + pixels), ...u32(0), ...u32(54)];
  return Uint8Array.from([...head, ...info, ...rest, ...new Array<number>(pixels).fill(9)]);
}

const box = (type: string, data: number[]) => [...be32(data.length + 8), ...ascii(type), ...data];
const fullBox = (type: string, data: number[]) => box(type, [0, 0, 0, 0, ...data]);

function avif(...sizes: [number, number][]): Uint8Array {
  const brands = box('ftyp', [...ascii('mif1'), 0, 0, 0, 0, ...ascii('mif1'), ...ascii('avif')]);
  const properties = sizes.flatMap(([width, height]) => fullBox('ispe', [...be32(width), ...be32(height)]));
  const meta = fullBox('meta', box('iprp', box('ipco', properties)));
  return Uint8Array.from([...brands, ...meta, ...box('mdat', [1, 2, 3, 4])]);
}

const padding = new Array<number>(20).fill(0);
const pictures: [kind: string, bytes: Uint8Array, width: number, height: number][] = [
  ['webp', webp('VP8 ', [0, 0, 0, 0x9d, 0x01, 0x2a, ...u16(640), ...u16(480), ...padding]), 640, 480],
  ['webp', webp('VP8L', [0x2f, ...u32((639 | (479 << 14)) >>> 0), ...padding]), 640, 480],
  ['webp', webp('VP8X', [0, 0, 0, 0, ...u24(639), ...u24(479), ...padding]), 640, 480],
  ['bmp', bmp(5, 4, 24), 5, 4],
  ['bmp', bmp(5, -4, 8), 5, 4],
  ['avif', avif([64, 64], [640, 480], [320, 240]), 640, 480],
];

test.each(pictures)('%s: size and end', (kind, bytes, width, height) => {
  expect(imageKind(bytes)).toBe(kind);
  expect(readImageHeader(bytes, 'a')).toEqual({ kind, width, height });
  const isKind = imageKind(bytes)!;
  expect(() => checkComplete(bytes, isKind, 'a')).not.toThrow();
  // An AVIF that ends between two boxes is whole as far as its boxes tell; the browser finds no picture in it.
  const isBetween = (length: number) => kind === 'avif' && length === bytes.length - 12;
  for (let length = 24; length < bytes.length; length++) {
    if (isBetween(length)) continue;
    const cut = bytes.slice(0, length);
    expect(() => checkComplete(cut, isKind, 'a.img'), String(length)).toThrow(/^a\.img: this .* is cut off/);
  }
});

test('huge ones are refused by their headers', () => {
  const huge = webp('VP8X', [0, 0, 0, 0, ...u24(16383), ...u24(16383), ...padding]);
  expect(() => readImageHeader(huge, 'a.webp')).toThrow(/16384 x 16384.*64 megapixels/);
  expect(() => readImageHeader(avif([16384, 16384]), 'a.avif')).toThrow(/64 megapixels/);
  expect(() => readImageHeader(bmp(0, 4, 24), 'a.bmp')).toThrow(/0 x 4/);
});

test('films and HEIC are named for what they are', () => {
  const heic = Uint8Array.from(box('ftyp', [...ascii('heic'), 0, 0, 0, 0, ...ascii('mif1')]));
  expect(() => readImageHeader(heic, 'a.avif')).toThrow(/looks like a HEIC image or a film/);
});
