// The size of a PNG or JPEG from its header, so that nothing huge is ever handed to a decoder.
import { fileError } from './file-error';
import { criticalChunks, readPngHeader, sizeProblem } from './png-chunks';
import { imageKind, lookOf, type ImageKind } from './sniff';

export interface ImageHeader {
  kind: ImageKind;
  /** As stored: an EXIF orientation may turn the picture afterwards. */
  width: number;
  height: number;
}

/**
 * Reads the header from the beginning of a file; null when `bytes` end before the size is known.
 * Throws AppError 'bad-file': neither PNG nor JPEG, or above 64 megapixels.
 */
export function readImageHeader(bytes: Uint8Array, file: string): ImageHeader | null {
  const kind = imageKind(bytes);
  if (kind === 'png') {
    const { width, height } = readPngHeader(bytes, file);
    return { kind, width, height };
  }
  if (kind !== 'jpeg') {
    throw fileError('bad-file', file, `this is neither a PNG nor a JPEG; it looks like ${lookOf(bytes)}.`);
  }
  const frame = jpegFrame(bytes);
  if (!frame) return null;
  const problem = sizeProblem(frame.width, frame.height);
  if (problem) throw fileError('bad-file', file, problem);
  return { kind, width: frame.width, height: frame.height };
}

/** Checks that a whole file does not end early: decoders fill what is missing with grey. Throws AppError 'bad-file'. */
export function checkComplete(bytes: Uint8Array, kind: ImageKind, file: string): void {
  if (kind === 'png') {
    criticalChunks(bytes, file);
    return;
  }
  const frame = jpegFrame(bytes);
  // Inside the coded data 0xff is always followed by zero or a restart marker, so this is the true end.
  let at = bytes.length - 2;
  while (frame && at > frame.at && !(bytes[at] === 0xff && bytes[at + 1] === 0xd9)) at--;
  if (!frame || at <= frame.at) {
    throw fileError('bad-file', file, 'this JPEG is cut off before its end. Copy or download it again.');
  }
}

/** Walks the segments to the frame header: SOF0 to SOF15, but DHT, JPG and DAC, which share the range. */
function jpegFrame(bytes: Uint8Array): { width: number; height: number; at: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 9 <= bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1]!;
    const standalone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    if (marker === 0xff) at += 1;
    else if (standalone) at += 2;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7), at };
    } else at += 2 + view.getUint16(at + 2);
  }
  return null;
}
