// The headers of pictures that only the browser decodes: WebP, BMP, AVIF. Each gives the size and where the file must end.
import type { FoundHeader } from './image-header';

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function nameAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

/** A RIFF file with one of three first chunks: lossy, lossless, or the extended form's canvas. */
export function webpHeader(bytes: Uint8Array): FoundHeader | null {
  if (bytes.length < 30) return null;
  const view = viewOf(bytes);
  const end = 8 + view.getUint32(4, true);
  switch (nameAt(bytes, 12)) {
    case 'VP8 ':
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff, end };
    case 'VP8L': {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1, end };
    }
    case 'VP8X': {
      const side = (at: number) => 1 + view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
      return { width: side(24), height: side(27), end };
    }
    default:
      return null;
  }
}

/** Uncompressed rows are padded to four bytes; compressed ones state their size. */
export function bmpHeader(bytes: Uint8Array): FoundHeader | null {
  if (bytes.length < 54) return null;
  const view = viewOf(bytes);
  const start = view.getUint32(10, true);
  if (view.getUint32(14, true) === 12) {
    const width = view.getUint16(18, true);
    const height = view.getUint16(20, true);
    return { width, height, end: start + rowBytes(width, view.getUint16(24, true)) * height };
  }
  const width = Math.abs(view.getInt32(18, true));
  const height = Math.abs(view.getInt32(22, true));
  const packed = [1, 2].includes(view.getUint32(30, true));
  const size = packed ? view.getUint32(34, true) : rowBytes(width, view.getUint16(28, true)) * height;
  return { width, height, end: start + size };
}

function rowBytes(width: number, bits: number): number {
  return Math.ceil((width * bits) / 32) * 4;
}

interface Box {
  type: string;
  start: number;
  end: number;
}

/** The largest of the sizes that the file gives its parts: a picture of tiles gives those of its tiles, too. */
export function avifHeader(bytes: Uint8Array): FoundHeader | null {
  const found = { width: 0, height: 0, end: 0 };
  for (const box of boxesOf(bytes, 0, bytes.length)) {
    found.end = Math.max(found.end, box.end);
    // A full box: version and flags before the boxes inside.
    if (box.type === 'meta') sizesIn(bytes, box.start + 4, Math.min(box.end, bytes.length), found);
  }
  // Bytes behind the last box are the beginning of another.
  if (found.end < bytes.length) found.end = bytes.length + 1;
  return found.width > 0 ? found : null;
}

function sizesIn(bytes: Uint8Array, start: number, end: number, found: FoundHeader): void {
  const view = viewOf(bytes);
  for (const box of boxesOf(bytes, start, end)) {
    if (box.type === 'iprp' || box.type === 'ipco') sizesIn(bytes, box.start, Math.min(box.end, end), found);
    else if (box.type === 'ispe' && box.start + 12 <= end) {
      const width = view.getUint32(box.start + 4);
      const height = view.getUint32(box.start + 8);
      if (width * height > found.width * found.height) Object.assign(found, { width, height });
    }
  }
}

/** The boxes that begin in a range; a length of 0 reaches to the end, and 1 has a longer length behind the type. */
function* boxesOf(bytes: Uint8Array, start: number, end: number): Generator<Box> {
  const view = viewOf(bytes);
  for (let at = start; at + 8 <= end;) {
    const short = view.getUint32(at);
    const isLong = short === 1 && at + 16 <= end;
    const length = isLong ? Number(view.getBigUint64(at + 8)) : short === 0 ? end - at : short;
    if (length < (isLong ? 16 : 8)) return;
    yield { type: nameAt(bytes, at + 4), start: at + (isLong ? 16 : 8), end: at + length };
    at += length;
  }
}
