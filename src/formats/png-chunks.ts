// The outside of a PNG: its header and its list of chunks, before any pixel is decoded.
import { crc32 } from './checksums';
import { fileError } from './file-error';
import { imageKind, lookOf } from './sniff';

/** Images above this many pixels are refused before decoding: they would need gigabytes. */
export const maxPixels = 64 * 1024 * 1024;

export interface PngHeader {
  width: number;
  height: number;
  /** Bits per sample. */
  depth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  colourType: number;
  interlaced: boolean;
}

const depths: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

const signatureLength = 8;
const headerEnd = signatureLength + 8 + 13;

/** The sentence for a size that would not be decoded, or null. */
export function sizeProblem(width: number, height: number): string | null {
  if (width === 0 || height === 0) return `its header says ${width} x ${height} pixels.`;
  if (width * height <= maxPixels) return null;
  return `it has ${width} x ${height} pixels; the most that can be read is 64 megapixels. Save it smaller.`;
}

/** Reads IHDR; 33 bytes of the file are enough. Throws AppError 'bad-file'. */
export function readPngHeader(bytes: Uint8Array, file: string): PngHeader {
  if (imageKind(bytes) !== 'png') {
    throw fileError('bad-file', file, `this is not a PNG; it looks like ${lookOf(bytes)}.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < headerEnd) throw truncated(file);
  if (chunkType(view, signatureLength) !== 'IHDR' || view.getUint32(signatureLength) !== 13) {
    throw fileError('bad-file', file, 'this PNG has no header. It is damaged; save it again.');
  }
  const at = signatureLength + 8;
  const header: PngHeader = {
    width: view.getUint32(at),
    height: view.getUint32(at + 4),
    depth: view.getUint8(at + 8),
    colourType: view.getUint8(at + 9),
    interlaced: view.getUint8(at + 12) !== 0,
  };
  if (!depths[header.colourType]?.includes(header.depth)) {
    throw fileError(
      'bad-file',
      file,
      `this PNG says colour type ${header.colourType} with ${header.depth} bits, which does not exist. It is damaged; save it again.`,
    );
  }
  if (view.getUint8(at + 10) !== 0 || view.getUint8(at + 11) !== 0 || view.getUint8(at + 12) > 1) {
    throw fileError(
      'bad-file',
      file,
      'this PNG says that it is packed, filtered or interlaced in a way that does not exist. It is damaged; save it again.',
    );
  }
  const problem = sizeProblem(header.width, header.height);
  if (problem) throw fileError('bad-file', file, problem);
  return header;
}

export interface PngChunk {
  type: string;
  data: Uint8Array;
}

/**
 * The chunks that carry pixels (IHDR, PLTE, IDAT, IEND) with their checksums verified; all others are passed over, so
 * that a broken colour profile or text does not cost a label map.
 * Throws AppError 'bad-file' where the file ends before its last chunk or a checksum is wrong.
 */
export function criticalChunks(bytes: Uint8Array, file: string): PngChunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: PngChunk[] = [];
  let type = '';
  for (let at = signatureLength; type !== 'IEND';) {
    if (at + 12 > bytes.length) throw truncated(file);
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) throw truncated(file);
    type = chunkType(view, at);
    if (type === 'IHDR' || type === 'PLTE' || type === 'IDAT' || type === 'IEND') {
      if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) {
        throw fileError(
          'bad-file',
          file,
          `this PNG is damaged: a checksum is wrong (${type}). Copy or save it again.`,
        );
      }
      chunks.push({ type, data: bytes.subarray(at + 8, end - 4) });
    }
    at = end;
  }
  return chunks;
}

function chunkType(view: DataView, at: number): string {
  return String.fromCharCode(...[4, 5, 6, 7].map((i) => view.getUint8(at + i)));
}

function truncated(file: string) {
  return fileError('bad-file', file, 'this PNG is cut off before its end. Copy or download it again.');
}
