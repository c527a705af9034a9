// PNG files made by hand for tests, so that they do not depend on the encoder they check.
import { zlibSync } from 'fflate';

/** What a PNG is made of; `rows` are its scanlines without their filter bytes. */
export interface PngParts {
  width: number;
  height: number;
  depth: number;
  colourType: number;
  interlace?: number;
  palette?: readonly (readonly number[])[];
  rows: readonly (readonly number[])[];
  extra?: readonly (readonly [type: string, data: readonly number[]])[];
}

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function chunk(type: string, data: Iterable<number>): number[] {
  const body = [...[...type].map((letter) => letter.charCodeAt(0)), ...data];
  return [...uint32(body.length - 4), ...body, ...uint32(crc32(Uint8Array.from(body)))];
}

function uint32(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
}

/** The bytes of a PNG with no row filters. */
export function pngBytes(parts: PngParts): Uint8Array<ArrayBuffer> {
  const { width, height, depth, colourType, interlace = 0, palette, rows, extra = [] } = parts;
  const header = [...uint32(width), ...uint32(height), depth, colourType, 0, 0, interlace];
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...chunk('IHDR', header),
    ...extra.flatMap(([type, data]) => chunk(type, data)),
    ...(palette ? chunk('PLTE', palette.flat()) : []),
    ...chunk('IDAT', zlibSync(Uint8Array.from(rows.flatMap((row) => [0, ...row])))),
    ...chunk('IEND', []),
  ]);
}
