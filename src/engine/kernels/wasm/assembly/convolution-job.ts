// What a thread must know to compute its part of a convolution or of one of its gradients. The fields are written by ../convolution.ts in this
// order.

/** y from x and the filter; dx from dy and the filter; the filter's gradient from x and dy. */
export const FORWARD: i32 = 0;
export const INPUT_GRADIENT: i32 = 1;
export const WEIGHT_GRADIENT: i32 = 2;

/**
 * Windows are read from `image` (N x height x width x channels; of the gradient for the input it is dy): the window of the pixel (y, x) of `out`
 * has its tap (r, s) at row (y * strideY - padTop + r * dilationY) / divideY where that is a whole number, and so on. Filters are
 * KH x KW x I/group x O. Pointers are byte addresses.
 */
@unmanaged
export class ConvolutionJob {
  kind: i32;
  /** Of a group: rows, columns and depth of the product, and into how many stretches of how many rows and columns it is cut. */
  groups: i32;
  m: i32;
  n: i32;
  k: i32;
  mStep: i32;
  nStep: i32;
  mChunks: i32;
  nChunks: i32;
  image: usize;
  filter: usize;
  /** dy, for the gradient of the filter: on the same pixels as `out` has otherwise. */
  dy: usize;
  out: usize;
  /** One float per channel of `out`, or 0. */
  bias: usize;
  relu: i32;
  height: i32;
  width: i32;
  channels: i32;
  /** Of the image, in one group. */
  groupChannels: i32;
  filterHeight: i32;
  filterWidth: i32;
  strideY: i32;
  strideX: i32;
  dilationY: i32;
  dilationX: i32;
  divideY: i32;
  divideX: i32;
  padTop: i32;
  padLeft: i32;
  /** The pixels with windows, height and width of their whole, and the rectangle of them whose windows touch the image. */
  outHeight: i32;
  outWidth: i32;
  /** The last axis of `out`, or of dy. */
  outChannels: i32;
  top: i32;
  left: i32;
  rows: i32;
  columns: i32;

  /** The index of the i-th pixel of the rectangle, over the whole batch, among all pixels. */
  pixelOf(i: i32): i32 {
    const row = i / this.columns;
    return (
      ((row / this.rows) * this.outHeight + this.top + (row % this.rows)) * this.outWidth +
      this.left +
      (i % this.columns)
    );
  }

  /** Whether a whole row of a window lies in one piece in the image. */
  hasWholeRows(): bool {
    return this.dilationX == 1 && this.divideX == 1 && this.groupChannels == this.channels;
  }
}
