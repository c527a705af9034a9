// Pictures as PNG files of 8-bit RGB. Not through a canvas: some browsers add noise to what is read from one.
import { crc32 } from './checksums';

const signature = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);
const channels = 3;

/** A PNG of `rgb`, width * height * 3 bytes row by row. */
export async function encodeRgbPng(
  width: number,
  height: number,
  rgb: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8);
  header.setUint8(9, 2);
  const pixels = await deflate(filtered(width, height, rgb));
  const parts = [
    signature,
    chunk('IHDR', new Uint8Array(header.buffer)),
    chunk('IDAT', pixels),
    chunk('IEND', new Uint8Array()),
  ];
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** A zlib stream, by the platform's own code, which is several times as fast as any in JavaScript. */
async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The filters that are tried, by their numbers in the file: left, up, Paeth. */
const filters = [1, 2, 4] as const;

/** What a filtered byte, taken as signed, is away from 0. */
const distance = Uint8Array.from({ length: 256 }, (_, byte) => Math.min(byte, 256 - byte));

/**
 * Each row by the filter that leaves the smallest sum of absolute differences, which is the heuristic of the PNG specification,
 * section 12.7.
 */
function filtered(width: number, height: number, rgb: Uint8Array): Uint8Array<ArrayBuffer> {
  const rowBytes = width * channels;
  const out = new Uint8Array((rowBytes + 1) * height);
  const lines = filters.map(() => new Uint8Array(rowBytes));
  const nothing = new Uint8Array(rowBytes);
  for (let y = 0; y < height; y++) {
    const row = rgb.subarray(y * rowBytes, (y + 1) * rowBytes);
    const above = y > 0 ? rgb.subarray((y - 1) * rowBytes, y * rowBytes) : nothing;
    const sums = filterRow(row, above, lines);
    const best = sums.indexOf(Math.min(...sums));
    out[y * (rowBytes + 1)] = filters[best]!;
    out.set(lines[best]!, y * (rowBytes + 1) + 1);
  }
  return out;
}

/** Writes the row by each filter, and returns for each the sum of its bytes taken as signed. */
function filterRow(row: Uint8Array, above: Uint8Array, [byLeft, byUp, byPaeth]: Uint8Array[]): number[] {
  let lefts = 0;
  let ups = 0;
  let paeths = 0;
  for (let i = 0; i < row.length; i++) {
    const value = row[i]!;
    const left = i >= channels ? row[i - channels]! : 0;
    const corner = i >= channels ? above[i - channels]! : 0;
    const up = above[i]!;
    lefts += distance[(byLeft![i] = (value - left) & 255)]!;
    ups += distance[(byUp![i] = (value - up) & 255)]!;
    paeths += distance[(byPaeth![i] = (value - paeth(left, up, corner)) & 255)]!;
  }
  return [lefts, ups, paeths];
}

function paeth(left: number, up: number, corner: number): number {
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
