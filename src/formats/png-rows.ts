// From a PNG's inflated bytes to samples: row filters undone, interlaced passes put together, packed bits unpacked.
import type { PngHeader } from './png-chunks';

/** A reduced image inside the full one: every `dx`-th column from `x`, every `dy`-th row from `y`. */
interface Pass {
  x: number;
  y: number;
  dx: number;
  dy: number;
  columns: number;
  rows: number;
  /** Bytes of a row without its filter byte. */
  rowBytes: number;
}

const whole = [[0, 0, 1, 1]] as const;
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Samples per pixel of each colour type. */
export const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

function passesOf({ width, height, depth, colourType, interlaced }: PngHeader): Pass[] {
  const bits = depth * channelsOf[colourType]!;
  return (interlaced ? adam7 : whole)
    .map(([x, y, dx, dy]) => {
      const columns = Math.max(0, Math.ceil((width - x) / dx));
      const rows = Math.max(0, Math.ceil((height - y) / dy));
      return { x, y, dx, dy, columns, rows, rowBytes: Math.ceil((columns * bits) / 8) };
    })
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
}

/** How many bytes the image has once inflated. */
export function inflatedSize(header: PngHeader): number {
  return passesOf(header).reduce((sum, { rows, rowBytes }) => sum + rows * (rowBytes + 1), 0);
}

/**
 * The samples of `inflatedSize` bytes, which are overwritten: one entry per sample, as stored.
 * Null where a row names a filter that does not exist.
 */
export function samplesOf(inflated: Uint8Array, header: PngHeader): Uint8Array | Uint16Array | null {
  const { width, height, depth, colourType } = header;
  const channels = channelsOf[colourType]!;
  const length = width * height * channels;
  const samples = depth === 16 ? new Uint16Array(length) : new Uint8Array(length);
  const pixelBytes = Math.max(1, (depth * channels) / 8);
  let at = 0;
  for (const pass of passesOf(header)) {
    let before: Uint8Array | null = null;
    for (let row = 0; row < pass.rows; row++) {
      const line = inflated.subarray(at + 1, at + 1 + pass.rowBytes);
      if (!unfilter(inflated[at]!, line, before, pixelBytes)) return null;
      const start = ((pass.y + row * pass.dy) * width + pass.x) * channels;
      if (depth === 8 && pass.dx === 1) samples.set(line, start);
      else placeRow(line, samples, start, pass, channels, depth);
      before = line;
      at += pass.rowBytes + 1;
    }
  }
  return samples;
}

function placeRow(
  line: Uint8Array,
  samples: Uint8Array | Uint16Array,
  start: number,
  { columns, dx }: Pass,
  channels: number,
  depth: number,
): void {
  if (depth < 8) {
    const mask = (1 << depth) - 1;
    for (let column = 0; column < columns; column++) {
      const bit = column * depth;
      samples[start + column * dx] = (line[bit >> 3]! >> (8 - depth - (bit & 7))) & mask;
    }
    return;
  }
  for (let column = 0, from = 0; column < columns; column++) {
    const to = start + column * dx * channels;
    for (let channel = 0; channel < channels; channel++) {
      samples[to + channel] = depth === 8 ? line[from++]! : (line[from++]! << 8) | line[from++]!;
    }
  }
}

/** Undoes a row's filter in place; false where the filter does not exist. */
function unfilter(type: number, line: Uint8Array, before: Uint8Array | null, bpp: number): boolean {
  const { length } = line;
  switch (type) {
    case 0:
      return true;
    case 1:
      for (let i = bpp; i < length; i++) line[i]! += line[i - bpp]!;
      return true;
    case 2:
      if (before) for (let i = 0; i < length; i++) line[i]! += before[i]!;
      return true;
    case 3:
      for (let i = 0; i < length; i++) {
        const left = i < bpp ? 0 : line[i - bpp]!;
        line[i]! += (left + (before ? before[i]! : 0)) >> 1;
      }
      return true;
    case 4:
      for (let i = 0; i < length; i++) {
        const left = i < bpp ? 0 : line[i - bpp]!;
        const up = before ? before[i]! : 0;
        const corner = before && i >= bpp ? before[i - bpp]! : 0;
        line[i]! += nearestOf(left, up, corner);
      }
      return true;
    default:
      return false;
  }
}

/** Paeth's predictor: whichever neighbour is nearest to left + up - corner. */
function nearestOf(left: number, up: number, corner: number): number {
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
