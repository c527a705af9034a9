// The end of a zip file: where its directory is and how many entries it lists, in the old form and in Zip64's.
import type { AppError } from '../core/errors';
import { fileError } from './file-error';
import { end64Signature, endSignature, entrySignature, locatorSignature } from './zip-signatures';

export interface Directory {
  view: DataView;
  count: number;
  /** Added to all offsets: some files have a program or another file in front. */
  base: number;
  /** Where the directory begins, and what lies before it ends. */
  start: number;
}

/** More entries than any dataset has. */
const maxEntries = 200_000;
const maxDirectoryBytes = 64 * 1024 * 1024;

const endLength = 22;
const locatorLength = 20;

/** Throws AppError 'bad-file'. */
export async function findDirectory(archive: Blob, file: string): Promise<Directory> {
  const tailStart = Math.max(0, archive.size - endLength - 65535 - locatorLength);
  const tail = new DataView(await archive.slice(tailStart, archive.size).arrayBuffer());
  const at = findEnd(tail);
  if (at < 0) {
    throw fileError(
      'bad-file',
      file,
      'this zip file has no directory at its end. It is cut off or no zip file.',
    );
  }
  let count = tail.getUint16(at + 10, true);
  let size = tail.getUint32(at + 12, true);
  let offset = tail.getUint32(at + 16, true);
  let end = tailStart + at;
  if (count === 0xffff || size === 0xffffffff || offset === 0xffffffff) {
    const long = await longForm(archive, tail, at, file);
    if (long) ({ count, size, offset, end } = long);
  }
  if (count > maxEntries || size > maxDirectoryBytes) {
    throw fileError('bad-file', file, `this zip file lists ${count} entries; the most is ${maxEntries}.`);
  }
  const base = await baseOf(archive, end, size, offset);
  const start = base + offset;
  if (base < 0 || start + size > archive.size) throw damaged(file, 'its directory lies outside of it');
  return { view: new DataView(await archive.slice(start, start + size).arrayBuffer()), count, base, start };
}

/** The last end record whose comment fits into what follows it. */
function findEnd(tail: DataView): number {
  for (let at = tail.byteLength - endLength; at >= 0; at--) {
    const fits = at + endLength + tail.getUint16(at + 20, true) <= tail.byteLength;
    if (tail.getUint32(at, true) === endSignature && fits) return at;
  }
  return -1;
}

async function longForm(
  archive: Blob,
  tail: DataView,
  at: number,
  file: string,
): Promise<{ count: number; size: number; offset: number; end: number } | null> {
  const locator = at - locatorLength;
  if (locator < 0 || tail.getUint32(locator, true) !== locatorSignature) return null;
  const end = Number(tail.getBigUint64(locator + 8, true));
  const record = new DataView(await archive.slice(end, end + 56).arrayBuffer());
  if (record.byteLength < 56 || record.getUint32(0, true) !== end64Signature) {
    throw damaged(file, 'the end of its directory is not where it says');
  }
  const field = (where: number) => Number(record.getBigUint64(where, true));
  return { count: field(32), size: field(40), offset: field(48), end };
}

/** How far offsets are off, unless the directory is where they say. */
async function baseOf(archive: Blob, end: number, size: number, offset: number): Promise<number> {
  const base = end - size - offset;
  if (base === 0 || size < 4) return Math.max(base, 0);
  const there = new DataView(await archive.slice(offset, offset + 4).arrayBuffer());
  return there.byteLength === 4 && there.getUint32(0, true) === entrySignature ? 0 : base;
}

export function damaged(file: string, what: string): AppError {
  return fileError('bad-file', file, `this zip file is damaged: ${what}. Copy or download it again.`);
}
