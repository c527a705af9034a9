// Local response normalization across channels and its gradient, pixel by pixel.
//   s[c] = bias + alpha * sum over |d| <= radius of x[c + d]^2;  y[c] = x[c] s[c]^-beta
//   dx[c] = dy[c] s[c]^-beta - 2 alpha beta x[c] * sum over |d| <= radius of dy[c + d] y[c + d] / s[c + d]
import { exponential, logarithm } from './functions';
import { loadSome, multiplyAdd, storeSome } from './vectors';

/** The fields are written by ../lrn.ts in this order. */
@unmanaged
export class LrnJob {
  /** pixels x channels */
  x: usize;
  /** Only for the gradient, both. */
  y: usize;
  dy: usize;
  out: usize;
  /** Room of each chunk: three rows of `rowBytes`, which is at least 4 (channels + 2 radius + 3). */
  rooms: usize;
  rowBytes: i32;
  pixels: i32;
  /** Pixels of a chunk. */
  step: i32;
  channels: i32;
  radius: i32;
  bias: f32;
  alpha: f32;
  beta: f32;
}

/** s^-beta */
function power(s: v128, beta: f32): v128 {
  // The usual one.
  if (beta == 0.75) {
    const root = f32x4.sqrt(s);
    return f32x4.div(f32x4.splat(1), f32x4.mul(root, f32x4.sqrt(root)));
  }
  return exponential(f32x4.mul(f32x4.splat(-beta), logarithm(s)));
}

/** The sums of the floats of a padded row under windows of 2 radius + 1, the first of which begins at `from`. */
function windowSums(from: usize, radius: i32): v128 {
  let sum = v128.load(from);
  for (let d = 1; d <= 2 * radius; d++) sum = f32x4.add(sum, v128.load(from + ((<usize>d) << 2)));
  return sum;
}

/** Both directions begin with a row of squares between zeros. */
function square(x: usize, channels: i32, to: usize): void {
  for (let c = 0; c < channels; c += 4) {
    const at = (<usize>c) << 2;
    const value = loadSome(x + at, channels - c);
    storeSome(to + at, f32x4.mul(value, value), channels - c);
  }
}

export function lrn(job: LrnJob, chunk: i32): void {
  const channels = job.channels;
  const squares = job.rooms + <usize>chunk * 3 * <usize>job.rowBytes;
  memory.fill(squares, 0, job.rowBytes);
  const bias = f32x4.splat(job.bias);
  const alpha = f32x4.splat(job.alpha);
  const end = min(job.pixels, (chunk + 1) * job.step);
  for (let pixel = chunk * job.step; pixel < end; pixel++) {
    const row = (<usize>(pixel * channels)) << 2;
    square(job.x + row, channels, squares + ((<usize>job.radius) << 2));
    for (let c = 0; c < channels; c += 4) {
      const at = (<usize>c) << 2;
      const s = multiplyAdd(alpha, windowSums(squares + at, job.radius), bias);
      const y = f32x4.mul(loadSome(job.x + row + at, channels - c), power(s, job.beta));
      storeSome(job.out + row + at, y, channels - c);
    }
  }
}

export function lrnGradient(job: LrnJob, chunk: i32): void {
  const channels = job.channels;
  const rowBytes = <usize>job.rowBytes;
  const squares = job.rooms + <usize>chunk * 3 * rowBytes;
  const shares = squares + rowBytes;
  const direct = shares + rowBytes;
  memory.fill(squares, 0, 2 * rowBytes);
  const edge = (<usize>job.radius) << 2;
  const bias = f32x4.splat(job.bias);
  const alpha = f32x4.splat(job.alpha);
  const factor = f32x4.splat(-2 * job.alpha * job.beta);
  const end = min(job.pixels, (chunk + 1) * job.step);
  for (let pixel = chunk * job.step; pixel < end; pixel++) {
    const row = (<usize>(pixel * channels)) << 2;
    square(job.x + row, channels, squares + edge);
    for (let c = 0; c < channels; c += 4) {
      const at = (<usize>c) << 2;
      const count = channels - c;
      const s = multiplyAdd(alpha, windowSums(squares + at, job.radius), bias);
      const dy = loadSome(job.dy + row + at, count);
      const share = f32x4.div(f32x4.mul(dy, loadSome(job.y + row + at, count)), s);
      storeSome(shares + edge + at, share, count);
      v128.store(direct + at, f32x4.mul(dy, power(s, job.beta)));
    }
    for (let c = 0; c < channels; c += 4) {
      const at = (<usize>c) << 2;
      const x = f32x4.mul(factor, loadSome(job.x + row + at, channels - c));
      const dx = multiplyAdd(x, windowSums(shares + at, job.radius), v128.load(direct + at));
      storeSome(job.out + row + at, dx, channels - c);
    }
  }
}
