// Zip files read in place: the directory at the end says where each entry lies, and only what is asked for is unpacked.
import { nameText, safePath } from './archive-names';
import { crc32 } from './checksums';
import { fileError } from './file-error';
import { inflateAtMost } from './inflate-stream';
import { damaged, findDirectory, type Directory } from './zip-directory';
import { entrySignature, headerSignature } from './zip-signatures';

export interface ZipEntry {
  /** A label, made safe; see archive-names.ts. */
  path: string;
  /** Unpacked, as the directory says. */
  size: number;
  packedSize: number;
  isDeflated: boolean;
  crc: number;
  /** Of the entry's own header. */
  offset: number;
}

export interface ZipListing {
  entries: ZipEntry[];
  /** Entries that are not read, each with its reason. */
  skipped: { path: string; reason: string }[];
}

/** An entry may unpack to this many bytes whatever its ratio, and beyond that to so many times its size. */
const freeBytes = 16 * 1024 * 1024;
const maxRatio = 200;

const headerLength = 30;
const entryLength = 46;

/** Lists the entries. Throws AppError 'bad-file': no zip, damaged, too many entries, or entries that overlap. */
export async function listZip(archive: Blob, file: string): Promise<ZipListing> {
  const directory = await findDirectory(archive, file);
  const listing: ZipListing = { entries: [], skipped: [] };
  const names = new Set<string>();
  const { view } = directory;
  let at = 0;
  for (let i = 0; i < directory.count; i++) {
    if (at + entryLength > view.byteLength || view.getUint32(at, true) !== entrySignature) {
      throw damaged(file, `its directory ends after ${i} of ${directory.count} entries`);
    }
    const length =
      entryLength + [28, 30, 32].reduce((sum, field) => sum + view.getUint16(at + field, true), 0);
    if (at + length > view.byteLength) throw damaged(file, 'its directory is cut off');
    addEntry(directory, at, listing, names, file);
    at += length;
  }
  checkOverlaps(listing.entries, directory, file);
  return listing;
}

function addEntry(
  { view, base }: Directory,
  at: number,
  { entries, skipped }: ZipListing,
  names: Set<string>,
  file: string,
): void {
  const bytes = new Uint8Array(
    view.buffer,
    view.byteOffset + at + entryLength,
    view.getUint16(at + 28, true),
  );
  const flags = view.getUint16(at + 8, true);
  const name = nameText(bytes, (flags & 0x800) !== 0);
  if (/[/\\]$/.test(name)) return;
  const path = safePath(name);
  const method = view.getUint16(at + 10, true);
  const mode = view.getUint32(at + 38, true) >>> 16;
  const reason =
    path === null
      ? 'Its name is no name of a file.'
      : (flags & 1) !== 0
        ? 'It is encrypted. Unpack it with its password first.'
        : method !== 0 && method !== 8
          ? `It is packed by method ${method}; stored and deflated entries are read. Pack it again as plain zip.`
          : (mode & 0xf000) === 0xa000
            ? 'It is a link to another file, and links are not followed.'
            : names.has(path.toLowerCase())
              ? 'Another entry has the same name.'
              : null;
  if (reason !== null || path === null) {
    skipped.push({ path: path ?? '(no name)', reason: reason ?? '' });
    return;
  }
  names.add(path.toLowerCase());
  const [size, packedSize, offset] = sizesOf(view, at, file);
  entries.push({
    path,
    size,
    packedSize,
    isDeflated: method === 8,
    crc: view.getUint32(at + 16, true),
    offset: base + offset,
  });
}

/** The sizes and the place of an entry; those that do not fit into 32 bits stand in an extra field, in this order. */
function sizesOf(view: DataView, at: number, file: string): [size: number, packed: number, offset: number] {
  const short = [24, 20, 42].map((field) => view.getUint32(at + field, true));
  if (!short.includes(0xffffffff)) return [short[0]!, short[1]!, short[2]!];
  const start = at + entryLength + view.getUint16(at + 28, true);
  const end = start + view.getUint16(at + 30, true);
  for (let field = start; field + 4 <= end; field += 4 + view.getUint16(field + 2, true)) {
    if (view.getUint16(field, true) !== 1) continue;
    let from = field + 4;
    const long = short.map((value) => {
      if (value !== 0xffffffff) return value;
      if (from + 8 > end) throw damaged(file, 'a size in its directory is cut off');
      from += 8;
      return Number(view.getBigUint64(from - 8, true));
    });
    return [long[0]!, long[1]!, long[2]!];
  }
  throw damaged(file, 'a size in its directory is missing');
}

/** Entries that share bytes are how small files are made to unpack to enormous ones. */
function checkOverlaps(entries: readonly ZipEntry[], { start }: Directory, file: string): void {
  const sorted = [...entries].sort((a, b) => a.offset - b.offset);
  sorted.forEach(({ path, offset, packedSize }, i) => {
    const end = offset + headerLength + packedSize;
    const next = sorted[i + 1]?.offset ?? start;
    if (end > Math.min(next, start)) {
      throw damaged(file, `its entry ${path} reaches into what follows it`);
    }
  });
}

/**
 * The first `limit` bytes of an entry, or all of it with its checksum verified.
 * Throws AppError 'bad-file' naming the entry: damaged, other than the directory says, or unpacking to too much.
 */
export async function readZipEntry(
  archive: Blob,
  entry: ZipEntry,
  name: string,
  limit = Infinity,
): Promise<Uint8Array<ArrayBuffer>> {
  const { size, packedSize, offset, isDeflated } = entry;
  if (size > Math.max(freeBytes, maxRatio * packedSize)) {
    throw fileError(
      'bad-file',
      name,
      `it would unpack from ${packedSize} to ${size} bytes, which is more than ${maxRatio} times its size. It is not read.`,
    );
  }
  const header = new DataView(await archive.slice(offset, offset + headerLength).arrayBuffer());
  if (header.byteLength < headerLength || header.getUint32(0, true) !== headerSignature) {
    throw fileError(
      'bad-file',
      name,
      'its place in the zip file holds something else. The zip file is damaged.',
    );
  }
  const start = offset + headerLength + header.getUint16(26, true) + header.getUint16(28, true);
  const packed = archive.slice(start, start + packedSize);
  const wanted = Math.min(limit, size);
  const bytes = isDeflated
    ? await inflateAtMost(packed, 'deflate-raw', wanted, limit >= size, name)
    : new Uint8Array(await packed.slice(0, wanted).arrayBuffer());
  if (bytes.length < wanted) {
    throw fileError(
      'bad-file',
      name,
      `it has ${bytes.length} bytes, but the zip file says ${size}. It is damaged.`,
    );
  }
  if (wanted === size && crc32(bytes) !== entry.crc) {
    throw fileError(
      'bad-file',
      name,
      'its checksum is wrong. The zip file is damaged; copy or download it again.',
    );
  }
  return bytes;
}
