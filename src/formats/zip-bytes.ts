// Zip files made by hand for tests: every field can lie.
import { deflateSync } from 'fflate';
import { crc32 } from './checksums';

export interface ZipPart {
  name: string;
  content: Uint8Array<ArrayBuffer>;
  deflate?: boolean;
  /** What the directory says instead of the truth. */
  size?: number;
  crc?: number;
  offset?: number;
  flags?: number;
  method?: number;
  /** Unix mode in the external attributes. */
  mode?: number;
  zip64?: boolean;
}

class Bytes {
  private readonly parts: Uint8Array[] = [];
  length = 0;
  add(bytes: Uint8Array): this {
    this.parts.push(bytes);
    this.length += bytes.length;
    return this;
  }
  /** Little-endian fields of the given widths. */
  fields(...fields: [width: number, value: number][]): this {
    const view = new DataView(new ArrayBuffer(fields.reduce((sum, [width]) => sum + width, 0)));
    let at = 0;
    for (const [width, value] of fields) {
      if (width === 2) view.setUint16(at, value, true);
      else if (width === 4) view.setUint32(at, value, true);
      else view.setBigUint64(at, BigInt(value), true);
      at += width;
    }
    return this.add(new Uint8Array(view.buffer));
  }
  blob(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

/** The bytes of a zip of the parts. */
export function zipBytes(parts: readonly ZipPart[]): Uint8Array<ArrayBuffer> {
  const file = new Bytes();
  const directory = new Bytes();
  for (const part of parts) {
    const name = new TextEncoder().encode(part.name);
    const packed = part.deflate ? deflateSync(part.content) : part.content;
    const method = part.method ?? (part.deflate ? 8 : 0);
    const crc = part.crc ?? crc32(part.content);
    const size = part.size ?? part.content.length;
    const offset = part.offset ?? file.length;
    const long = part.zip64 ?? false;
    const short = (value: number) => (long ? 0xffffffff : value);
    file
      .fields([4, 0x04034b50], [2, 20], [2, part.flags ?? 0x800], [2, method], [4, 0], [4, crc])
      .fields([4, packed.length], [4, part.content.length], [2, name.length], [2, 0])
      .add(name)
      .add(packed);
    directory
      .fields([4, 0x02014b50], [2, 0x031e], [2, 20], [2, part.flags ?? 0x800], [2, method], [4, 0], [4, crc])
      .fields(
        [4, short(packed.length)],
        [4, short(size)],
        [2, name.length],
        [2, long ? 28 : 0],
        [2, 0],
        [2, 0],
      )
      .fields([2, 0], [4, (part.mode ?? 0x81a4) * 0x10000], [4, short(offset)])
      .add(name);
    if (long) directory.fields([2, 1], [2, 24], [8, size], [8, packed.length], [8, offset]);
  }
  const start = file.length;
  const long = parts.some(({ zip64 }) => zip64);
  file.add(directory.blob());
  if (long) {
    const end = file.length;
    file
      .fields([4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0])
      .fields([8, parts.length], [8, parts.length], [8, directory.length], [8, start])
      .fields([4, 0x07064b50], [4, 0], [8, end], [4, 1]);
  }
  const count = long ? 0xffff : parts.length;
  return file
    .fields([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count])
    .fields([4, long ? 0xffffffff : directory.length], [4, long ? 0xffffffff : start], [2, 0])
    .blob();
}
