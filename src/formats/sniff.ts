// What a file is, told from its first bytes: names and MIME types lie.

export type ImageKind = 'png' | 'jpeg';

const signatures: readonly (readonly [text: string, bytes: readonly (number | null)[]])[] = [
  ['a GIF image', [0x47, 0x49, 0x46, 0x38]],
  ['a BMP image', [0x42, 0x4d]],
  ['a TIFF image', [0x49, 0x49, 0x2a, 0x00]],
  ['a TIFF image', [0x4d, 0x4d, 0x00, 0x2a]],
  ['a WebP image', [0x52, 0x49, 0x46, 0x46, null, null, null, null, 0x57, 0x45, 0x42, 0x50]],
  ['an AVIF or HEIC image', [null, null, null, null, 0x66, 0x74, 0x79, 0x70]],
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

/** Whether the bytes begin a PNG or a JPEG; null for anything else. */
export function imageKind(bytes: Uint8Array): ImageKind | null {
  if (startsWith(bytes, pngSignature)) return 'png';
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return 'jpeg';
  return null;
}

/** A few words for what the bytes look like, to end the sentence "it looks like ...". */
export function lookOf(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'an empty file';
  const kind = imageKind(bytes);
  if (kind) return kind === 'png' ? 'a PNG image' : 'a JPEG image';
  const known = signatures.find(([, signature]) => startsWith(bytes, signature));
  if (known) return known[0];
  return isText(bytes.subarray(0, 512)) ? 'a text file' : 'data of an unknown kind';
}

/** Text holds no control characters but tab, line feed, form feed and carriage return. */
function isText(bytes: Uint8Array): boolean {
  return bytes.every((byte) => (byte >= 32 && byte !== 127) || [9, 10, 12, 13].includes(byte));
}
