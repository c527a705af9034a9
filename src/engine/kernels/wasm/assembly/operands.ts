// What a tile of the product needs of its operands, packed: panels of A hold four rows and panels of B eight columns for each k.
import { ConvolutionJob } from './convolution-job';
import { transposeRows } from './vectors';

const address = (base: usize, floats: i32): usize => base + ((<usize>floats) << 2);

function packEight(from: usize, step: usize, columns: i32, count: i32, to: usize): void {
  if (columns == 8) {
    for (let i = 0; i < count; i++, from += step, to += 32) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
    }
    return;
  }
  for (let i = 0; i < count; i++, from += step, to += 32) {
    for (let j = 0; j < 8; j++)
      store<f32>(to + ((<usize>j) << 2), j < columns ? load<f32>(from + ((<usize>j) << 2)) : <f32>0);
  }
}

/** B of the forward pass: the filter's own rows. */
export function packWeightRows(
  job: ConvolutionJob,
  group: i32,
  n: i32,
  columns: i32,
  k0: i32,
  count: i32,
  to: usize,
): void {
  const from = address(job.filter, k0 * job.outChannels + group * job.n + n);
  packEight(from, (<usize>job.outChannels) << 2, columns, count, to);
}

/** B of the filter's gradient: dy, one row per pixel of the rectangle. */
export function packPixelRows(
  job: ConvolutionJob,
  group: i32,
  n: i32,
  columns: i32,
  k0: i32,
  count: i32,
  to: usize,
): void {
  const step = (<usize>job.outChannels) << 2;
  for (let k = k0; k < k0 + count;) {
    const length = min(job.columns - (k % job.columns), k0 + count - k);
    const from = address(job.dy, job.pixelOf(k) * job.outChannels + group * job.n + n);
    packEight(from, step, columns, length, to);
    to += (<usize>length) << 5;
    k += length;
  }
}

/** B of the input's gradient: the filter turned by 180 degrees, with outputs as depth and inputs as columns. */
export function packTransposedWeights(
  job: ConvolutionJob,
  group: i32,
  n: i32,
  columns: i32,
  k0: i32,
  count: i32,
  to: usize,
): void {
  const depth = job.groupChannels;
  const outputs = job.channels;
  const last = job.filterHeight * job.filterWidth - 1;
  const row = (<usize>outputs) << 2;
  for (let k = k0; k < k0 + count;) {
    const o = k % depth;
    const length = min(depth - o, k0 + count - k);
    const from = address(job.filter, ((last - k / depth) * job.n + n) * outputs + group * depth + o);
    if (columns == 8) {
      const half = from + 4 * row;
      transposeRows(from, from + row, from + 2 * row, from + 3 * row, length, to, 32);
      transposeRows(half, half + row, half + 2 * row, half + 3 * row, length, to + 16, 32);
    } else {
      for (let i = 0; i < length; i++) {
        for (let j = 0; j < 8; j++)
          store<f32>(
            to + ((<usize>(i * 8 + j)) << 2),
            j < columns ? load<f32>(from + <usize>j * row + ((<usize>i) << 2)) : <f32>0,
          );
      }
    }
    to += (<usize>length) << 5;
    k += length;
  }
}

/** Of the four windows of a panel: the image that each reads, its first row and column there. At bytes 16 i. */
function placeRows(job: ConvolutionJob, group: i32, m0: i32, rows: usize): void {
  for (let i = 0; i < 4; i++) {
    const m = min(m0 + i, job.m - 1);
    const row = m / job.columns;
    const place = rows + ((<usize>i) << 4);
    const image = (row / job.rows) * job.height * job.width * job.channels + group * job.groupChannels;
    store<usize>(place, address(job.image, image));
    store<i32>(place, (job.top + (row % job.rows)) * job.strideY - job.padTop, 4);
    store<i32>(place, (job.left + (m % job.columns)) * job.strideX - job.padLeft, 8);
  }
}

/** The image's row or column at `at`, which is counted in steps of 1 / divide; -1 outside and between. */
function inside(at: i32, divide: i32, length: i32): i32 {
  if (at < 0) return -1;
  if (divide != 1) {
    if (at % divide != 0) return -1;
    at /= divide;
  }
  return at < length ? at : -1;
}

/** A of the forward pass and of the input's gradient: four windows, k after k. `rows` is scratch of 128 bytes. */
export function packPixels(
  job: ConvolutionJob,
  group: i32,
  m: i32,
  k0: i32,
  count: i32,
  to: usize,
  rows: usize,
): void {
  placeRows(job, group, m, rows);
  const pieces = rows + 64;
  const whole = job.hasWholeRows();
  const taps = whole ? job.filterWidth : 1;
  const length = taps * job.groupChannels;
  for (let k = k0; k < k0 + count;) {
    const piece = k / length;
    const from = k % length;
    const end = min(length, from + k0 + count - k);
    const r = whole ? piece : piece / job.filterWidth;
    const s = whole ? 0 : piece % job.filterWidth;
    let isInside = true;
    // Of each row: where the piece would begin, and which of its floats lie in the image. At bytes 16 i.
    for (let i = 0; i < 4; i++) {
      const place = rows + ((<usize>i) << 4);
      const y = inside(load<i32>(place, 4) + r * job.dilationY, job.divideY, job.height);
      const x0 = load<i32>(place, 8) + s * job.dilationX;
      let first = 0;
      let past = 0;
      let x = x0;
      if (y >= 0) {
        if (whole) {
          first = max(0, -x0);
          past = max(first, min(taps, job.width - x0));
        } else {
          x = inside(x0, job.divideX, job.width);
          past = x >= 0 ? 1 : 0;
        }
      }
      first *= job.groupChannels;
      past *= job.groupChannels;
      const slot = pieces + ((<usize>i) << 4);
      store<usize>(slot, address(load<usize>(place), (y * job.width + x) * job.channels));
      store<i32>(slot, first, 4);
      store<i32>(slot, past, 8);
      if (first > from || past < end) isInside = false;
    }
    if (isInside) {
      const skip = (<usize>from) << 2;
      transposeRows(
        load<usize>(pieces) + skip,
        load<usize>(pieces, 16) + skip,
        load<usize>(pieces, 32) + skip,
        load<usize>(pieces, 48) + skip,
        end - from,
        to,
        16,
      );
    } else {
      for (let i = 0; i < 4; i++) {
        const slot = pieces + ((<usize>i) << 4);
        copyInside(
          load<usize>(slot),
          from,
          end,
          load<i32>(slot, 4),
          load<i32>(slot, 8),
          to + ((<usize>i) << 2),
        );
      }
    }
    to += (<usize>(end - from)) << 4;
    k += end - from;
  }
}

/** Writes floats `from` to `end` of a piece, four bytes in every sixteen; those outside `first` to `past` are 0. */
function copyInside(piece: usize, from: i32, end: i32, first: i32, past: i32, to: usize): void {
  let j = from;
  for (const stop = min(end, first); j < stop; j++, to += 16) store<f32>(to, 0);
  for (const stop = min(end, past); j < stop; j++, to += 16) store<f32>(to, load<f32>(address(piece, j)));
  for (; j < end; j++, to += 16) store<f32>(to, 0);
}

/** Rounded up; b > 0. */
function divideUp(a: i32, b: i32): i32 {
  return a >= 0 ? (a + b - 1) / b : -(-a / b);
}

/** A of the filter's gradient, turned: four of the filter's rows (taps and channels), pixel after pixel of the rectangle. */
export function packTaps(job: ConvolutionJob, group: i32, m: i32, k0: i32, count: i32, to: usize): void {
  const channels = job.groupChannels;
  const span = job.hasWholeRows() ? job.filterWidth * channels : channels;
  if (m + 4 > job.m || m / span != (m + 3) / span) {
    for (let i = 0; i < 4; i++) packTap(job, group, m + i, k0, count, to + ((<usize>i) << 2));
    return;
  }
  // The four are neighbours in memory, though maybe of two or more taps.
  const r = m / channels / job.filterWidth;
  const s = (m / channels) % job.filterWidth;
  const sLast = ((m + 3) / channels) % job.filterWidth;
  const offset = group * channels + (m % channels);
  const step = (<usize>(job.strideX * job.channels)) << 2;
  // The columns of the output whose windows have all four inside the image.
  const first = divideUp(job.padLeft - s * job.dilationX, job.strideX);
  const past = divideUp(job.width + job.padLeft - sLast * job.dilationX, job.strideX);
  for (let k = k0; k < k0 + count;) {
    const row = k / job.columns;
    const column = job.left + (k % job.columns);
    const length = min(job.columns - (k % job.columns), k0 + count - k);
    const y = (job.top + (row % job.rows)) * job.strideY - job.padTop + r * job.dilationY;
    if (y < 0 || y >= job.height) {
      memory.fill(to, 0, (<usize>length) << 4);
    } else {
      const a = max(column, min(first, column + length));
      const b = max(a, min(past, column + length));
      if (a > column || b < column + length) {
        if (s == sLast) {
          memory.fill(to, 0, (<usize>(a - column)) << 4);
          memory.fill(to + ((<usize>(b - column)) << 4), 0, (<usize>(column + length - b)) << 4);
        } else {
          for (let i = 0; i < 4; i++) {
            const lane = to + ((<usize>i) << 2);
            packTap(job, group, m + i, k, a - column, lane);
            packTap(
              job,
              group,
              m + i,
              k + b - column,
              column + length - b,
              lane + ((<usize>(b - column)) << 4),
            );
          }
        }
      }
      const x = a * job.strideX - job.padLeft + s * job.dilationX;
      const image = (row / job.rows) * job.height;
      let from = address(job.image, ((image + y) * job.width + x) * job.channels + offset);
      let at = to + ((<usize>(a - column)) << 4);
      for (let i = a; i < b; i++, at += 16, from += step) v128.store(at, v128.load(from));
    }
    to += (<usize>length) << 4;
    k += length;
  }
}

/** One of the filter's rows, four bytes in every sixteen. */
function packTap(job: ConvolutionJob, group: i32, m: i32, k0: i32, count: i32, to: usize): void {
  const channels = job.groupChannels;
  const r = m / channels / job.filterWidth;
  const s = (m / channels) % job.filterWidth;
  const offset = group * channels + (m % channels);
  for (let k = k0; k < k0 + count; k++, to += 16) {
    const row = k / job.columns;
    const y = (job.top + (row % job.rows)) * job.strideY - job.padTop + r * job.dilationY;
    const x = (job.left + (k % job.columns)) * job.strideX - job.padLeft + s * job.dilationX;
    let value: f32 = 0;
    if (m < job.m && y >= 0 && y < job.height && x >= 0 && x < job.width) {
      const pixel = ((row / job.rows) * job.height + y) * job.width + x;
      value = load<f32>(address(job.image, pixel * job.channels + offset));
    }
    store<f32>(to, value);
  }
}
