// How WebGPU's tiled product (engine/kernels/webgpu/tiled-product.ts) is cut into tiles, and its sums into steps and splits. The kernels
// ask, and so does the plan of bytes: each split has partial sums of its own in memory.

export interface Tile {
  /** Of a thread: rows, and groups of four columns. */
  rows: number;
  quads: number;
  /** Threads to a workgroup. */
  threads: [x: number, y: number];
}

/** A product's size: of one group rows x (steps * inner) by (steps * inner) x columns; `outputs` elements in all groups. */
export interface ProductSize {
  rows: number;
  columns: number;
  groups: number;
  steps: number;
  inner: number;
  outputs: number;
}

/** Workgroups that are enough to keep any adapter busy. */
const BUSY = 256;
/** A partial sum should be worth its way through memory: at least so many terms, at most so many bytes of all partial sums. */
const LEAST_TERMS = 128;
const MOST_PARTIAL_BYTES = 1 << 26;

const upToPower = (n: number, most: number) => Math.min(most, 2 ** Math.ceil(Math.log2(n)));

export function tileFor({ rows, columns }: Pick<ProductSize, 'rows' | 'columns'>): Tile {
  const quads = columns > 4 ? 2 : 1;
  const perThread = rows > 4 && quads === 1 ? 8 : 4;
  const x = upToPower(Math.ceil(columns / (4 * quads)), 8);
  return { rows: perThread, quads, threads: [x, upToPower(Math.ceil(rows / perThread), 64 / x)] };
}

/** How many parts the sum is cut into; with one there are no partial sums. */
export function splitsFor(size: ProductSize, tile: Tile): number {
  const { rows, columns, groups, steps, inner, outputs } = size;
  const [x, y] = tile.threads;
  const workgroups = Math.ceil(columns / (4 * tile.quads * x)) * Math.ceil(rows / (tile.rows * y)) * groups;
  const most = Math.min(
    steps,
    Math.floor((steps * inner) / LEAST_TERMS),
    Math.floor(MOST_PARTIAL_BYTES / (4 * outputs)),
  );
  const wanted = Math.max(1, Math.min(most, Math.ceil(BUSY / workgroups)));
  // No split without a step.
  return Math.ceil(steps / Math.ceil(steps / wanted));
}

/** Bytes of a product's partial sums. */
export function partialBytes(size: ProductSize): number {
  const splits = splitsFor(size, tileFor(size));
  return splits > 1 ? 4 * splits * size.outputs : 0;
}

/** The largest divisor of a sum's length that is at most 256, and a multiple of 4 if the length is: a step's part of the sum. */
export function chunkOf(length: number): number {
  const unit = length % 4 === 0 ? 4 : 1;
  for (let chunk = Math.min(256, length); chunk >= 32; chunk--) {
    if (chunk % unit === 0 && length % chunk === 0) return chunk;
  }
  return length;
}

/** A sum over a window's taps and channels: tap by tap, or a whole row of taps at once where that makes longer steps. */
export function stepsOfTaps(
  filter: readonly [rows: number, columns: number],
  channels: number,
  { groups, dilation }: { groups: number; dilation: readonly number[] },
  walk: 'rows of taps' | 'tap by tap',
): { steps: number; inner: number; wholeRow: boolean } {
  const [rows, columns] = filter;
  const wholeRow =
    walk === 'rows of taps' &&
    groups === 1 &&
    dilation[1] === 1 &&
    columns > 1 &&
    channels < 16 &&
    channels % 4 !== 0;
  if (wholeRow) return { steps: rows, inner: columns * channels, wholeRow };
  const inner = chunkOf(channels);
  return { steps: (rows * columns * channels) / inner, inner, wholeRow };
}
