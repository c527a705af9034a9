// Tar files: a header of 512 bytes before each entry. One reader for a file at hand and for a stream that passes once.
import type { AppError } from '../core/errors';
import { nameText, safePath } from './archive-names';
import { fileError } from './file-error';

/** Where a tar's bytes come from, one after the other. */
export interface TarBytes {
  /** The next bytes; fewer where there are no more. */
  read(length: number): Promise<Uint8Array>;
  /** The next bytes as a blob that can be read later. */
  take(length: number): Promise<Blob>;
  skip(length: number): Promise<void>;
}

export type TarItem =
  { path: string; content: Blob; reason: null } | { path: string; content: null; reason: string };

const blockBytes = 512;
const maxEntries = 200_000;
/** Long names and the like. */
const maxHeaderBytes = 1024 * 1024;

/**
 * The entries in their order; what is no file is left out, or comes with the reason why it is not read.
 * Throws AppError 'bad-file': no tar, cut off, damaged.
 */
export async function* tarItems(
  bytes: TarBytes,
  maxFileBytes: number,
  file: string,
): AsyncGenerator<TarItem> {
  let long: { path?: string; size?: number } = {};
  for (let count = 0; ; count++) {
    const header = await bytes.read(blockBytes);
    if (header.length === 0 && count > 0) return;
    if (header.length < blockBytes) throw damaged(file, 'it is cut off');
    if (header.every((byte) => byte === 0)) return;
    if (!isHeader(header)) {
      throw count === 0
        ? fileError('bad-file', file, 'this is no tar file.')
        : damaged(file, 'a header is wrong');
    }
    if (count > maxEntries)
      throw fileError('bad-file', file, `this tar file has more than ${maxEntries} entries.`);
    const size = long.size ?? numberAt(header, 124, 12);
    if (size === null || size < 0) throw damaged(file, 'a size is wrong');
    const padding = (blockBytes - (size % blockBytes)) % blockBytes;
    const type = String.fromCharCode(header[156]!);
    if (type === 'x' || type === 'L') {
      if (size > maxHeaderBytes) throw damaged(file, 'a name is longer than a megabyte');
      const text = await exactly(bytes, size, file);
      long = type === 'x' ? { ...long, ...paxOf(text) } : { ...long, path: textOf(text) };
      await bytes.skip(padding);
      continue;
    }
    const name = long.path ?? nameOf(header);
    long = {};
    const path = safePath(name);
    const reason = reasonFor(type, path, size, maxFileBytes);
    if (reason === 'quiet' || /[/\\]$/.test(name)) await bytes.skip(size + padding);
    else if (reason !== null || path === null) {
      yield { path: path ?? '(no name)', content: null, reason: reason ?? '' };
      await bytes.skip(type === '1' || type === '2' ? padding : size + padding);
    } else {
      yield { path, content: await bytes.take(size), reason: null };
      await bytes.skip(padding);
    }
  }
}

/** Why an entry is not read; 'quiet' for what is no file and worth no word. */
function reasonFor(type: string, path: string | null, size: number, maxFileBytes: number): string | null {
  if (type === '5' || type === 'g' || type === 'K' || type === 'V') return 'quiet';
  if (type === '1' || type === '2') return 'It is a link to another file, and links are not followed.';
  if (!['0', '\0', '7'].includes(type)) return 'It is no plain file.';
  if (path === null) return 'Its name is no name of a file.';
  return size > maxFileBytes ? `It has ${size} bytes; the most that is read is ${maxFileBytes}.` : null;
}

/** Every header holds the sum of its bytes, counted with spaces in that place. */
function isHeader(header: Uint8Array): boolean {
  const stated = numberAt(header, 148, 8);
  let sum = 0;
  for (let i = 0; i < blockBytes; i++) sum += i >= 148 && i < 156 ? 32 : header[i]!;
  return stated === sum;
}

/** A number in octal digits, or in binary where the first bit is set. */
function numberAt(header: Uint8Array, at: number, length: number): number | null {
  const field = header.subarray(at, at + length);
  if (field[0]! & 0x80) {
    const value = field.reduce((sum, byte, i) => sum * 256 + (i === 0 ? byte & 0x7f : byte), 0);
    return (field[0]! & 0x40) === 0 && Number.isSafeInteger(value) ? value : null;
  }
  const text = textOf(field).trim();
  return /^[0-7]*$/.test(text) ? parseInt(text || '0', 8) : null;
}

function nameOf(header: Uint8Array): string {
  const name = textOf(header.subarray(0, 100));
  const isUstar = textOf(header.subarray(257, 262)) === 'ustar' && header[262] === 0;
  const prefix = isUstar ? textOf(header.subarray(345, 500)) : '';
  return prefix ? `${prefix}/${name}` : name;
}

/** Text up to the first zero. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return nameText(end < 0 ? bytes : bytes.subarray(0, end), false);
}

/** Records of the form "length key=value\n"; of interest are the path and the size. */
function paxOf(bytes: Uint8Array): { path?: string; size?: number } {
  const found: { path?: string; size?: number } = {};
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(32, at);
    const length = space < 0 ? NaN : Number(textOf(bytes.subarray(at, space)));
    if (!Number.isInteger(length) || length <= space - at) break;
    const record = nameText(bytes.subarray(space + 1, at + length - 1), true);
    const equals = record.indexOf('=');
    const key = record.slice(0, equals);
    const value = record.slice(equals + 1);
    if (key === 'path') found.path = value;
    if (key === 'size' && /^\d+$/.test(value)) found.size = Number(value);
    at += length;
  }
  return found;
}

async function exactly(bytes: TarBytes, length: number, file: string): Promise<Uint8Array> {
  const read = await bytes.read(length);
  if (read.length < length) throw damaged(file, 'it is cut off');
  return read;
}

function damaged(file: string, what: string): AppError {
  return fileError('bad-file', file, `this tar file is damaged: ${what}. Copy or download it again.`);
}
