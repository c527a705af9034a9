// Zip files written entry by entry, so that nothing but the list of entries stays in memory. Entries are stored, not
// deflated: what goes into them is packed already. Beyond 4 GiB or 65,535 entries the file is in the form of Zip64.
// Layouts: APPNOTE.TXT 6.3.9, sections 4.3.7 (entry), 4.3.12 (directory), 4.3.14 to 4.3.16 (end), 4.5.3 (Zip64 field).
import { crc32 } from './checksums';
import {
  end64Signature,
  endSignature,
  entrySignature,
  headerSignature,
  locatorSignature,
} from './zip-signatures';

const zip64 = 45;
const plain = 20;
const utf8Names = 0x800;
/** 1 January 1980, the earliest that there is: equal content makes equal files. */
const date = 0x21;
const maxShort = 0xffff;
const maxLong = 0xffffffff;

interface Entry {
  name: Uint8Array;
  size: number;
  crc: number;
  offset: number;
}

type Write = (bytes: Uint8Array<ArrayBuffer>) => Promise<void>;

export class ZipWriter {
  private readonly entries: Entry[] = [];
  private readonly write: Write;
  private position: number;

  /** `write` takes the file's bytes in order; `start` is how many bytes lie before them in the file. */
  constructor(write: Write, start = 0) {
    this.write = write;
    this.position = start;
  }

  /** Adds a file. Paths have slashes and are not checked for being new; contents are shorter than 4 GiB. */
  async add(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const name = new TextEncoder().encode(path);
    const entry = { name, size: bytes.length, crc: crc32(bytes), offset: this.position };
    const header = new Fields(30 + name.length);
    header.longs(headerSignature);
    header.shorts(plain, utf8Names, 0, 0, date);
    header.longs(entry.crc, entry.size, entry.size);
    header.shorts(name.length, 0);
    header.bytes(name);
    this.entries.push(entry);
    await this.put(header.array);
    await this.put(bytes);
  }

  /** Writes the directory. Returns how many bytes the whole file has. */
  async close(): Promise<number> {
    const start = this.position;
    await this.put(await joined(this.entries.map(directoryEntry)));
    await this.put(endOf(this.entries.length, start, this.position - start));
    return this.position;
  }

  private async put(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.position += bytes.length;
    await this.write(bytes);
  }
}

const joined = async (parts: Uint8Array<ArrayBuffer>[]) =>
  new Uint8Array(await new Blob(parts).arrayBuffer());

function directoryEntry({ name, size, crc, offset }: Entry): Uint8Array<ArrayBuffer> {
  const isFar = offset >= maxLong;
  const entry = new Fields(46 + name.length + (isFar ? 12 : 0));
  const version = isFar ? zip64 : plain;
  entry.longs(entrySignature);
  entry.shorts(version, version, utf8Names, 0, 0, date);
  entry.longs(crc, size, size);
  entry.shorts(name.length, isFar ? 12 : 0, 0, 0, 0);
  entry.longs(0, isFar ? maxLong : offset);
  entry.bytes(name);
  if (isFar) {
    entry.shorts(1, 8);
    entry.huge(offset);
  }
  return entry.array;
}

function endOf(count: number, start: number, size: number): Uint8Array<ArrayBuffer> {
  const isLong = count >= maxShort || start >= maxLong || size >= maxLong;
  const end = new Fields(22 + (isLong ? 76 : 0));
  if (isLong) {
    end.longs(end64Signature);
    end.huge(44);
    end.shorts(zip64, zip64);
    end.longs(0, 0);
    end.huge(count, count, size, start);
    end.longs(locatorSignature, 0);
    end.huge(start + size);
    end.longs(1);
  }
  end.longs(endSignature);
  end.shorts(0, 0, Math.min(count, maxShort), Math.min(count, maxShort));
  end.longs(Math.min(size, maxLong), Math.min(start, maxLong));
  end.shorts(0);
  return end.array;
}

/** Little-endian numbers one after the other. */
class Fields {
  readonly array: Uint8Array<ArrayBuffer>;
  private readonly view: DataView;
  private at = 0;

  constructor(length: number) {
    this.array = new Uint8Array(length);
    this.view = new DataView(this.array.buffer);
  }

  shorts(...values: number[]): void {
    for (const value of values) {
      this.view.setUint16(this.at, value, true);
      this.at += 2;
    }
  }

  longs(...values: number[]): void {
    for (const value of values) {
      this.view.setUint32(this.at, value, true);
      this.at += 4;
    }
  }

  huge(...values: number[]): void {
    for (const value of values) {
      this.view.setBigUint64(this.at, BigInt(value), true);
      this.at += 8;
    }
  }

  bytes(values: Uint8Array): void {
    this.array.set(values, this.at);
    this.at += values.length;
  }
}
