// Convolution windows as columns of a matrix, transposed (one row per tap and channel, one column per output pixel), in blocks of whole
// output rows: the shape in which XNNPACK's product computes both gradients of a convolution without transposing anything large.
import type * as tf from '@tensorflow/tfjs';

type ConvInfo = tf.backend_util.Conv2DInfo;

/** A block of columns should stay within the processor's caches. */
const BLOCK_BYTES = 2 << 20;

/** Output rows (over the whole batch) per block, and how many rows there are. */
export function columnBlocks(info: ConvInfo): { rows: number; total: number } {
  const depth = info.filterHeight * info.filterWidth * info.inChannels;
  const total = info.batchSize * info.outHeight;
  const fitting = Math.floor(BLOCK_BYTES / (4 * depth * info.outWidth));
  return { rows: Math.min(total, Math.max(1, fitting)), total };
}

/** The stretch of output columns whose tap s lies inside the image's width. */
function insideColumns(
  { outWidth, inWidth, strideWidth, padInfo: { left } }: ConvInfo,
  s: number,
): [number, number] {
  const first = Math.min(outWidth, Math.max(0, Math.ceil((left - s) / strideWidth)));
  const past = Math.min(outWidth, Math.floor((inWidth - 1 + left - s) / strideWidth) + 1);
  return [first, Math.max(first, past)];
}

/** Image row (over the whole batch) that tap r of output row `row` reads, or -1 in the padding. */
function imageRow(
  { outHeight, inHeight, strideHeight, padInfo: { top } }: ConvInfo,
  row: number,
  r: number,
): number {
  const h = (row % outHeight) * strideHeight - top + r;
  return h < 0 || h >= inHeight ? -1 : Math.floor(row / outHeight) * inHeight + h;
}

/** Writes the block's columns: out is (taps * channels) x (rows * outWidth); what lies in the padding becomes 0. */
export function gatherColumns(
  info: ConvInfo,
  x: Float32Array,
  out: Float32Array,
  firstRow: number,
  rows: number,
): void {
  const { inChannels, outWidth, inWidth, strideWidth, filterHeight, filterWidth, padInfo } = info;
  const columns = rows * outWidth;
  const step = strideWidth * inChannels;
  out.fill(0, 0, filterHeight * filterWidth * inChannels * columns);
  for (let r = 0; r < filterHeight; r++) {
    for (let s = 0; s < filterWidth; s++) {
      const [from, to] = insideColumns(info, s);
      const tapAt = (r * filterWidth + s) * inChannels * columns;
      for (let row = 0; row < rows; row++) {
        const source = imageRow(info, firstRow + row, r);
        if (source < 0) continue;
        const pixel = (source * inWidth + from * strideWidth + s - padInfo.left) * inChannels;
        for (let c = 0; c < inChannels; c++) {
          const base = tapAt + c * columns + row * outWidth;
          for (let w = base + from, at = pixel + c; w < base + to; w++, at += step) out[w] = x[at]!;
        }
      }
    }
  }
}

/** The inverse: adds every column's entries to the pixels they came from. */
export function scatterColumns(
  info: ConvInfo,
  from: Float32Array,
  dx: Float32Array,
  firstRow: number,
  rows: number,
): void {
  const { inChannels, outWidth, inWidth, strideWidth, filterHeight, filterWidth, padInfo } = info;
  const columns = rows * outWidth;
  const step = strideWidth * inChannels;
  for (let r = 0; r < filterHeight; r++) {
    for (let s = 0; s < filterWidth; s++) {
      const [first, past] = insideColumns(info, s);
      const tapAt = (r * filterWidth + s) * inChannels * columns;
      for (let row = 0; row < rows; row++) {
        const target = imageRow(info, firstRow + row, r);
        if (target < 0) continue;
        const pixel = (target * inWidth + first * strideWidth + s - padInfo.left) * inChannels;
        for (let c = 0; c < inChannels; c++) {
          const base = tapAt + c * columns + row * outWidth;
          for (let w = base + first, at = pixel + c; w < base + past; w++, at += step) dx[at]! += from[w]!;
        }
      }
    }
  }
}
