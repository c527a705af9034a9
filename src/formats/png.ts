// PNG to samples and back. Label maps must come this way: a canvas would mix palette, colour profile and alpha in.
import { decode, encode, type DecodedPng } from 'fast-png';
import { fileError } from './file-error';
import { criticalChunks, readPngHeader } from './png-chunks';

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

/**
 * Decodes a PNG to its samples. `file` names it in errors.
 * Throws AppError 'bad-file': not a PNG, cut off, damaged, above 64 megapixels, or interlaced below 8 bits.
 */
export function decodePng(bytes: Uint8Array, file: string): PngImage {
  const header = readPngHeader(bytes, file);
  if (header.interlaced && header.depth < 8) {
    throw fileError(
      'bad-file',
      file,
      `interlaced PNGs with ${header.depth} bits per sample cannot be read. Save it without interlacing.`,
    );
  }
  const { width, height, depth } = header;
  const decoded = decodeCritical(bytes, file);
  const kind = kinds[header.colourType as keyof typeof kinds];
  const { channels } = decoded;
  // The type allows clamped arrays, which the decoder never makes.
  const data = decoded.data as Uint8Array | Uint16Array;
  const samples = data instanceof Uint8Array && depth < 8 ? unpackRows(data, width, height, depth) : data;
  const image: PngImage = { width, height, depth, channels, kind, samples };
  if (kind === 'palette') image.palette = paletteOf(decoded, file);
  return image;
}

/** Leaves out all chunks without pixels, so that a broken colour profile or text does not cost a label map. */
function decodeCritical(bytes: Uint8Array, file: string): DecodedPng {
  const parts = [bytes.subarray(0, 8), ...criticalChunks(bytes, file)];
  const critical = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    critical.set(part, at);
    at += part.length;
  }
  try {
    return decode(critical, { checkCrc: true });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const said = cause instanceof Error ? cause.message : String(cause);
    const reason = /CRC/.test(said) ? 'a checksum is wrong' : `its pixels cannot be unpacked (${said})`;
    throw fileError('bad-file', file, `this PNG is damaged: ${reason}. Copy or save it again.`);
  }
}

/** Below 8 bits the rows come packed, most significant bits first, each row from a new byte. */
function unpackRows(packed: Uint8Array, width: number, height: number, depth: number): Uint8Array {
  const samples = new Uint8Array(width * height);
  const rowBytes = Math.ceil((width * depth) / 8);
  const mask = (1 << depth) - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      const byte = packed[y * rowBytes + (bit >> 3)]!;
      samples[y * width + x] = (byte >> (8 - depth - (bit & 7))) & mask;
    }
  }
  return samples;
}

function paletteOf(decoded: DecodedPng, file: string): PaletteColour[] {
  if (!decoded.palette) {
    throw fileError('bad-file', file, 'this PNG uses a palette but has none. It is damaged; save it again.');
  }
  return decoded.palette.map(([red = 0, green = 0, blue = 0]) => [red, green, blue]);
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
