import { encode } from 'fast-png';
import { expect, test } from 'vitest';
import { pngBytes } from '../formats/png-bytes';
import { ImageDecoder } from './decode-image';

const decoder = new ImageDecoder();
const file = (bytes: BlobPart) => new File([bytes], 'picture');

/** A PNG of random opaque colours. */
function noise(width: number, height: number) {
  const data = crypto.getRandomValues(new Uint8Array(width * height * 3));
  return { data, png: new Uint8Array(encode({ width, height, channels: 3, data })) };
}

async function jpeg(width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  context.fillStyle = 'red';
  context.fillRect(0, 0, width / 2, height);
  context.fillStyle = 'blue';
  context.fillRect(width / 2, 0, width / 2, height);
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.95 });
  return new Uint8Array(await blob.arrayBuffer());
}

/** Puts an EXIF block that says only "orientation" behind a JPEG's first marker. */
function withOrientation(bytes: Uint8Array, orientation: number): Uint8Array<ArrayBuffer> {
  const tiff = [
    0x4d,
    0x4d,
    0,
    42,
    0,
    0,
    0,
    8,
    0,
    1,
    1,
    0x12,
    0,
    3,
    0,
    0,
    0,
    1,
    0,
    orientation,
    0,
    0,
    0,
    0,
    0,
    0,
  ];
  const exif = [0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff];
  return Uint8Array.from([0xff, 0xd8, 0xff, 0xe1, 0, exif.length + 2, ...exif, ...bytes.subarray(2)]);
}

test('a PNG comes back exactly, also after one of another size', async () => {
  for (const [width, height] of [
    [37, 23],
    [64, 8],
    [5, 90],
  ] as const) {
    const { data, png } = noise(width, height);
    expect(await decoder.decode(file(png), 'a.png')).toEqual({ width, height, rgb: data });
  }
});

test('a gamma or colour profile in the file changes nothing', async () => {
  const rows = [[10, 100, 200, 250, 20, 130]];
  const gamma = [0, 0, 0x27, 0x10];
  const png = pngBytes({ width: 2, height: 1, depth: 8, colourType: 2, rows, extra: [['gAMA', gamma]] });
  expect([...(await decoder.decode(file(png), 'a.png')).rgb]).toEqual(rows[0]);
});

test('transparency shows black, not the picture before', async () => {
  await decoder.decode(file(noise(2, 1).png), 'a.png');
  const png = pngBytes({ width: 2, height: 1, depth: 8, colourType: 6, rows: [[9, 9, 9, 0, 1, 2, 3, 255]] });
  expect([...(await decoder.decode(file(png), 'a.png')).rgb]).toEqual([0, 0, 0, 1, 2, 3]);
});

test('a JPEG is turned as its EXIF orientation says', async () => {
  const bytes = await jpeg(32, 16);
  const upright = await decoder.decode(file(bytes), 'a.jpg');
  expect([upright.width, upright.height]).toEqual([32, 16]);
  expect(upright.rgb[0]).toBeGreaterThan(240);
  const turned = await decoder.decode(file(withOrientation(bytes, 8)), 'a.jpg');
  expect([turned.width, turned.height]).toEqual([16, 32]);
  // Turned to the left, the blue right half is on top.
  expect(turned.rgb[2]).toBeGreaterThan(240);
});

test('WebP and BMP are decoded, and refused where they are cut off', async () => {
  const canvas = new OffscreenCanvas(32, 16);
  canvas.getContext('2d')!.fillRect(0, 0, 16, 16);
  const webp = await canvas.convertToBlob({ type: 'image/webp', quality: 1 });
  expect(await decoder.decode(webp, 'a.webp')).toMatchObject({ width: 32, height: 16 });
  const half = webp.slice(0, webp.size - 8);
  await expect(decoder.decode(half, 'a.webp')).rejects.toThrow(/^a\.webp: this WebP is cut off/);

  // Two pixels, blue then red, in the order blue, green, red, padded to four bytes.
  const header = new DataView(new ArrayBuffer(54));
  header.setUint16(0, 0x424d);
  for (const [at, value] of [
    [2, 62],
    [10, 54],
    [14, 40],
    [18, 2],
    [22, 1],
  ] as const) {
    header.setUint32(at, value, true);
  }
  header.setUint16(26, 1, true);
  header.setUint16(28, 24, true);
  const bmp = new Blob([header, Uint8Array.of(255, 0, 0, 0, 0, 255, 0, 0)]);
  expect([...(await decoder.decode(bmp, 'a.bmp')).rgb]).toEqual([0, 0, 255, 255, 0, 0]);
  await expect(decoder.decode(bmp.slice(0, 58), 'a.bmp')).rejects.toThrow(/^a\.bmp: this BMP is cut off/);
});

test('what cannot be decoded is named with its reason', async () => {
  const { png } = noise(64, 64);
  const picture = await jpeg(64, 64);
  const damaged = png.slice();
  damaged.fill(0, 60, 400);
  const cases: [BlobPart, RegExp][] = [
    ['a letter', /^x\.png: this is neither PNG, JPEG, WebP, BMP nor AVIF; it looks like a text file/],
    ['', /looks like an empty file/],
    [png.slice(0, 3000), /^x\.png: this PNG is cut off/],
    [picture.slice(0, picture.length - 10), /^x\.png: this JPEG is cut off/],
    [picture.slice(0, 20), /no size in its header/],
    [damaged, /a checksum is wrong/],
  ];
  for (const [bytes, message] of cases)
    await expect(decoder.decode(file(bytes), 'x.png')).rejects.toThrow(message);
});
