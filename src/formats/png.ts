// PNG to samples and back. Label maps must come this way: a canvas would mix palette, colour profile and alpha in.
import { encode } from 'fast-png';
import { Unzlib } from 'fflate';
import type { AppError } from '../core/errors';
import { adler32 } from './checksums';
import { fileError } from './file-error';
import { criticalChunks, readPngHeader, type PngChunk } from './png-chunks';
import { channelsOf, inflatedSize, samplesOf } from './png-rows';

export type PaletteColour = readonly [red: number, green: number, blue: number];

export interface PngImage {
  width: number;
  height: number;
  /** Bits per sample in the file. */
  depth: number;
  /** Samples per pixel: 1, 2 with alpha, 3, 4 with alpha. */
  channels: number;
  kind: 'grey' | 'palette' | 'rgb';
  /** height x width x channels, one entry per sample, as stored: not scaled to 8 bits. */
  samples: Uint8Array | Uint16Array;
  palette?: PaletteColour[];
}

const kinds = { 0: 'grey', 2: 'rgb', 3: 'palette', 4: 'grey', 6: 'rgb' } as const;

/** Inflating this many packed bytes at a time, a hostile file cannot take more than 64 MiB before it is noticed. */
const packedBytes = 64 * 1024;

/**
 * Decodes a PNG to its samples: every colour type and depth, interlaced or not. `file` names it in errors.
 * Throws AppError 'bad-file': not a PNG, cut off, damaged, or above 64 megapixels.
 */
export function decodePng(bytes: Uint8Array, file: string): PngImage {
  const header = readPngHeader(bytes, file);
  const { width, height, depth, colourType } = header;
  const chunks = criticalChunks(bytes, file);
  const kind = kinds[colourType as keyof typeof kinds];
  const palette = kind === 'palette' ? paletteOf(chunks, file) : null;
  const samples = samplesOf(inflate(chunks, inflatedSize(header), file), header);
  if (!samples) throw damaged(file, 'its rows are filtered in a way that does not exist');
  const image: PngImage = { width, height, depth, channels: channelsOf[colourType]!, kind, samples };
  if (palette) image.palette = palette;
  return image;
}

function damaged(file: string, what: string): AppError {
  return fileError('bad-file', file, `this PNG is damaged: ${what}. Copy or save it again.`);
}

/** The `size` inflated bytes of the IDAT chunks, neither fewer nor more, with their checksum verified. */
function inflate(chunks: readonly PngChunk[], size: number, file: string): Uint8Array {
  const parts = chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data);
  const inflated = new Uint8Array(size);
  let length = 0;
  const tooMany = damaged(file, 'it has more pixels than its header says');
  const stream = new Unzlib((piece) => {
    if (length + piece.length > size) throw tooMany;
    inflated.set(piece, length);
    length += piece.length;
  });
  try {
    for (const part of parts) {
      for (let at = 0; at < part.length; at += packedBytes) stream.push(part.subarray(at, at + packedBytes));
    }
    stream.push(new Uint8Array(0), true);
  } catch (error) {
    if (error === tooMany) throw error;
    throw damaged(
      file,
      `its pixels cannot be unpacked (${error instanceof Error ? error.message : 'no data'})`,
    );
  }
  if (length < size) throw damaged(file, 'it has fewer pixels than its header says');
  if (adler32(inflated) !== lastWord(parts)) throw damaged(file, 'the checksum of its pixels is wrong');
  return inflated;
}

/** The last four bytes of all the parts together, as one number. */
function lastWord(parts: readonly Uint8Array[]): number {
  let word = 0;
  let found = 0;
  for (let part = parts.length - 1; part >= 0 && found < 4; part--) {
    const bytes = parts[part]!;
    for (let i = bytes.length - 1; i >= 0 && found < 4; i--) word += bytes[i]! * 2 ** (8 * found++);
  }
  return word;
}

function paletteOf(chunks: readonly PngChunk[], file: string): PaletteColour[] {
  const data = chunks.find(({ type }) => type === 'PLTE')?.data;
  if (!data) throw damaged(file, 'it uses a palette but has none');
  if (data.length === 0 || data.length % 3 !== 0 || data.length > 768) {
    throw damaged(file, `its palette has ${data.length} bytes, which is no number of colours`);
  }
  return Array.from({ length: data.length / 3 }, (_, i) => [
    data[3 * i]!,
    data[3 * i + 1]!,
    data[3 * i + 2]!,
  ]);
}

/** An 8-bit palette PNG. `indices` has width * height entries, each below palette.length (256 at most). */
export function encodeIndexedPng(
  width: number,
  height: number,
  indices: Uint8Array,
  palette: readonly PaletteColour[],
): Uint8Array {
  return encode(
    {
      width,
      height,
      depth: 8,
      channels: 1,
      data: indices,
      palette: palette.map((colour) => [...colour]),
    },
    { zlib: { level: 6 } },
  );
}
