// What a file is, told from its first bytes: names and MIME types lie.

export type ImageKind = 'png' | 'jpeg' | 'webp' | 'bmp' | 'avif';

const signatures: readonly (readonly [text: string, bytes: readonly (number | null)[]])[] = [
  ['a GIF image', [0x47, 0x49, 0x46, 0x38]],
  ['a TIFF image', [0x49, 0x49, 0x2a, 0x00]],
  ['a TIFF image', [0x4d, 0x4d, 0x00, 0x2a]],
  ['a HEIC image or a film', [null, null, null, null, 0x66, 0x74, 0x79, 0x70]],
  ['a zip archive', [0x50, 0x4b, 0x03, 0x04]],
  ['a gzip archive', [0x1f, 0x8b]],
  ['a PDF', [0x25, 0x50, 0x44, 0x46]],
];

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

function startsWith(bytes: Uint8Array, signature: readonly (number | null)[]): boolean {
  return (
    bytes.length >= signature.length && signature.every((value, i) => value === null || bytes[i] === value)
  );
}

const imageNames: Record<ImageKind, string> = {
  png: 'a PNG image',
  jpeg: 'a JPEG image',
  webp: 'a WebP image',
  bmp: 'a BMP image',
  avif: 'an AVIF image',
};

const ascii = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
const anyFour = [null, null, null, null];

/** Which picture the bytes begin; null for anything else. */
export function imageKind(bytes: Uint8Array): ImageKind | null {
  if (startsWith(bytes, pngSignature)) return 'png';
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return 'jpeg';
  if (startsWith(bytes, [...ascii('RIFF'), ...anyFour, ...ascii('WEBP')])) return 'webp';
  // Two letters are little; behind them come the file's size and four reserved bytes that are zero.
  if (startsWith(bytes, [...ascii('BM'), ...anyFour, 0, 0, 0, 0])) return 'bmp';
  if (startsWith(bytes, [...anyFour, ...ascii('ftyp')]) && hasAvifBrand(bytes)) return 'avif';
  return null;
}

/** The brands of an ISO media file stand in its first box, whose length the first four bytes give. */
function hasAvifBrand(bytes: Uint8Array): boolean {
  const end = Math.min(bytes.length, (bytes[2]! << 8) | bytes[3]! || 16);
  for (let at = 8; at + 4 <= end; at += 4) {
    if (startsWith(bytes.subarray(at), ascii('avif')) || startsWith(bytes.subarray(at), ascii('avis')))
      return true;
  }
  return false;
}

/** A few words for what the bytes look like, to end the sentence "it looks like ...". */
export function lookOf(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'an empty file';
  const kind = imageKind(bytes);
  if (kind) return imageNames[kind];
  const known = signatures.find(([, signature]) => startsWith(bytes, signature));
  if (known) return known[0];
  return isText(bytes.subarray(0, 512)) ? 'a text file' : 'data of an unknown kind';
}

/** Text holds no control characters but tab, line feed, form feed and carriage return. */
function isText(bytes: Uint8Array): boolean {
  return bytes.every((byte) => (byte >= 32 && byte !== 127) || [9, 10, 12, 13].includes(byte));
}
