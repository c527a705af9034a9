// Decodes PngSuite's pictures, and Go's broken ones, from Debian's golang-*-src; Pillow says what is in them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../src/formats/checksums';
import { decodePng, type PngImage } from '../../src/formats/png';
import { goTestFiles, needsGoFiles } from './debian-files';
import { findPython } from './python';

const folder = goTestFiles('image/png/testdata');
const python = await findPython(['PIL']);
const pngs = (inside: string) =>
  readdirSync(inside)
    .filter((name) => name.endsWith('.png'))
    .map((name) => join(inside, name));
const decode = (path: string) => decodePng(new Uint8Array(readFileSync(path)), path);

/** The samples as Pillow hands them out: see read_png.py. */
function asPillow({ kind, depth, channels, samples }: PngImage, mode: string): Uint8Array {
  if (mode === 'RGBA' && channels === 2) {
    // Grey of 16 bits with alpha comes out as colour.
    return Uint8Array.from({ length: samples.length * 2 }, (_, i) => {
      const channel = i % 4 === 3 ? 1 : 0;
      return samples[Math.floor(i / 4) * 2 + channel]! >> 8;
    });
  }
  if (mode === 'I') return Uint8Array.from([...samples].flatMap((value) => [value >> 8, value & 255]));
  if (depth === 16) return Uint8Array.from(samples, (value) => value >> 8);
  if (kind === 'grey' && depth < 8) {
    return Uint8Array.from(samples, (value) => (value * 255) / (2 ** depth - 1));
  }
  return Uint8Array.from(samples);
}

describe.skipIf(!folder)(`Debian's PNG files${folder ? '' : needsGoFiles}`, () => {
  it.skipIf(python.missing)(`decode as Pillow decodes them${python.note}`, { timeout: 120_000 }, async () => {
    const files = [...pngs(folder!), ...pngs(join(folder!, 'pngsuite'))].filter(
      (path) => !/invalid-/.test(path),
    );
    expect(files.length).toBeGreaterThan(30);
    const output = await python.run(new URL('./read_png.py', import.meta.url), ...files);
    const found = JSON.parse(output) as Record<string, { mode: string; size: number[]; crc: number }>;
    for (const file of files) {
      const image = decode(file);
      const { mode, size, crc } = found[file]!;
      expect([image.width, image.height], file).toEqual(size);
      expect(crc32(asPillow(image, mode)), `${file}, ${mode}`).toBe(crc);
    }
  });

  it.each([
    ['invalid-crc32.png', /a checksum is wrong \(IDAT\)|a checksum is wrong/],
    ['invalid-noend.png', /cut off/],
    ['invalid-trunc.png', /cut off/],
    ['invalid-zlib.png', /cannot be unpacked|checksum of its pixels/],
  ])('%s is refused', (name, reason) => {
    expect(() => decode(join(folder!, name))).toThrow(reason);
  });

  it('an index beyond the palette is kept: labels have 255 for void with fewer colours than that', () => {
    const { samples, palette } = decode(join(folder!, 'invalid-palette.png'));
    expect(palette).toHaveLength(255);
    expect(samples).toContain(255);
  });
});
