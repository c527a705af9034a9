// The size of a picture from its header, so that nothing huge is ever handed to a decoder.
import { avifHeader, bmpHeader, webpHeader } from './browser-images';
import { fileError } from './file-error';
import { criticalChunks, readPngHeader, sizeProblem } from './png-chunks';
import { imageKind, lookOf, type ImageKind } from './sniff';

export interface ImageHeader {
  kind: ImageKind;
  /** As stored: an EXIF orientation may turn the picture afterwards. */
  width: number;
  height: number;
}

/** A size, and where the file must reach at least to be whole. */
export interface FoundHeader {
  width: number;
  height: number;
  end: number;
}

const readers: Record<Exclude<ImageKind, 'png'>, (bytes: Uint8Array) => FoundHeader | null> = {
  jpeg: jpegHeader,
  webp: webpHeader,
  bmp: bmpHeader,
  avif: avifHeader,
};

const names: Record<ImageKind, string> = { png: 'PNG', jpeg: 'JPEG', webp: 'WebP', bmp: 'BMP', avif: 'AVIF' };

/**
 * Reads the header from the beginning of a file; null when `bytes` end before the size is known.
 * Throws AppError 'bad-file': no picture that is read, or above 64 megapixels.
 */
export function readImageHeader(bytes: Uint8Array, file: string): ImageHeader | null {
  const kind = imageKind(bytes);
  if (kind === 'png') {
    const { width, height } = readPngHeader(bytes, file);
    return { kind, width, height };
  }
  if (!kind) {
    throw fileError(
      'bad-file',
      file,
      `this is neither PNG, JPEG, WebP, BMP nor AVIF; it looks like ${lookOf(bytes)}.`,
    );
  }
  const found = readers[kind](bytes);
  if (!found) return null;
  const problem = sizeProblem(found.width, found.height);
  if (problem) throw fileError('bad-file', file, problem);
  return { kind, width: found.width, height: found.height };
}

/**
 * Checks that a whole file has a size and does not end early: decoders fill what is missing with grey.
 * Throws AppError 'bad-file'.
 */
export function checkComplete(bytes: Uint8Array, kind: ImageKind, file: string): void {
  if (kind === 'png') {
    criticalChunks(bytes, file);
    return;
  }
  const found = readers[kind](bytes);
  const isWhole =
    found !== null && found.end <= bytes.length && (kind !== 'jpeg' || hasEnd(bytes, found.end));
  if (!isWhole) {
    throw fileError(
      'bad-file',
      file,
      `this ${names[kind]} is cut off before its end. Copy or download it again.`,
    );
  }
}

/** Inside the coded data 0xff is always followed by zero or a restart marker, so an end marker is the true end. */
function hasEnd(bytes: Uint8Array, from: number): boolean {
  let at = bytes.length - 2;
  while (at > from && !(bytes[at] === 0xff && bytes[at + 1] === 0xd9)) at--;
  return at > from;
}

/** Walks the segments to the frame header: SOF0 to SOF15, but DHT, JPG and DAC, which share the range. */
function jpegHeader(bytes: Uint8Array): FoundHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 9 <= bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1]!;
    const standalone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    if (marker === 0xff) at += 1;
    else if (standalone) at += 2;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7), end: at };
    } else at += 2 + view.getUint16(at + 2);
  }
  return null;
}
