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

/** Calls `visit` for each tap and row of the block: where its columns begin, and which stretch of output columns lies inside the image. */
function eachTapRow(
  info: ConvInfo,
  firstRow: number,
  rows: number,
  visit: (tap: number, column: number, imageRow: number, from: number, to: number, left: number) => void,
): void {
  const { filterHeight, filterWidth, strideHeight, strideWidth, outHeight, outWidth, inHeight, inWidth } =
    info;
  const { top, left } = info.padInfo;
  for (let r = 0; r < filterHeight; r++) {
    for (let s = 0; s < filterWidth; s++) {
      const first = Math.min(outWidth, Math.max(0, Math.ceil((left - s) / strideWidth)));
      const past = Math.max(
        first,
        Math.min(outWidth, Math.floor((inWidth - 1 + left - s) / strideWidth) + 1),
      );
      for (let row = 0; row < rows; row++) {
        const n = Math.floor((firstRow + row) / outHeight);
        const h = ((firstRow + row) % outHeight) * strideHeight - top + r;
        const inside = h >= 0 && h < inHeight;
        visit(
          r * filterWidth + s,
          row * outWidth,
          (n * inHeight + h) * inWidth,
          inside ? first : 0,
          inside ? past : 0,
          s - left,
        );
      }
    }
  }
}

/** Writes the block's columns: out is (taps * channels) x (rows * outWidth); what lies in the padding becomes 0. */
export function gatherColumns(
  info: ConvInfo,
  x: Float32Array,
  out: Float32Array,
  firstRow: number,
  rows: number,
): void {
  const { inChannels, outWidth, strideWidth } = info;
  const columns = rows * outWidth;
  eachTapRow(info, firstRow, rows, (tap, column, imageRow, from, to, shift) => {
    for (let c = 0; c < inChannels; c++) {
      const base = (tap * inChannels + c) * columns + column;
      for (let w = 0; w < from; w++) out[base + w] = 0;
      let at = (imageRow + from * strideWidth + shift) * inChannels + c;
      const step = strideWidth * inChannels;
      for (let w = from; w < to; w++, at += step) out[base + w] = x[at]!;
      for (let w = to; w < outWidth; w++) out[base + w] = 0;
    }
  });
}

/** The inverse: adds every column's entries to the pixels they came from. */
export function scatterColumns(
  info: ConvInfo,
  columnsOf: Float32Array,
  dx: Float32Array,
  firstRow: number,
  rows: number,
): void {
  const { inChannels, outWidth, strideWidth } = info;
  const columns = rows * outWidth;
  eachTapRow(info, firstRow, rows, (tap, column, imageRow, from, to, shift) => {
    const step = strideWidth * inChannels;
    for (let c = 0; c < inChannels; c++) {
      const base = (tap * inChannels + c) * columns + column;
      let at = (imageRow + from * strideWidth + shift) * inChannels + c;
      for (let w = from; w < to; w++, at += step) dx[at]! += columnsOf[base + w]!;
    }
  });
}
