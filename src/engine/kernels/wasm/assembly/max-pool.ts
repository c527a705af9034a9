// The maximum of each window and its gradient, which goes to the window's first maximum, a NaN before all numbers (Caffe, pooling_layer.cpp).
//   y[w, c] = max over p in window w of x[p, c];  dx[p, c] = sum of dy[w, c] over the windows w whose first maximum is at p
import { loadSome, storeSome } from './vectors';

/** The fields are written by ../max-pool.ts in this order. */
@unmanaged
export class PoolJob {
  /** N x height x width x channels */
  x: usize;
  /** N x outHeight x outWidth x channels, only for the gradient. */
  dy: usize;
  out: usize;
  /** Images times rows of `out`. */
  rows: i32;
  /** Rows of a chunk, and for the gradient chunks of an image. */
  step: i32;
  chunksOfImage: i32;
  height: i32;
  width: i32;
  channels: i32;
  outHeight: i32;
  outWidth: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideY: i32;
  strideX: i32;
  padTop: i32;
  padLeft: i32;
}

/** A chunk is some rows of windows. */
export function maxPool(job: PoolJob, chunk: i32): void {
  const channels = job.channels;
  const pixel = (<usize>channels) << 2;
  const line = <usize>job.width * pixel;
  const end = min(job.rows, (chunk + 1) * job.step);
  for (let row = chunk * job.step; row < end; row++) {
    const top = (row % job.outHeight) * job.strideY - job.padTop;
    const h0 = max(0, top);
    const h1 = min(job.height, top + job.kernelHeight);
    const image = job.x + <usize>(row / job.outHeight) * <usize>job.height * line;
    for (let column = 0; column < job.outWidth; column++) {
      const left = column * job.strideX - job.padLeft;
      const w0 = max(0, left);
      const w1 = min(job.width, left + job.kernelWidth);
      const to = job.out + <usize>(row * job.outWidth + column) * pixel;
      for (let c = 0; c < channels; c += 4) {
        const at = (<usize>c) << 2;
        const count = channels - c;
        let best = f32x4.splat(-Infinity);
        for (let h = h0; h < h1; h++) {
          let from = image + <usize>h * line + <usize>w0 * pixel + at;
          for (let w = w0; w < w1; w++, from += pixel) best = f32x4.max(best, loadSome(from, count));
        }
        storeSome(to + at, best, count);
      }
    }
  }
}

/** A chunk is some rows of one image; the windows that reach over its edges are searched by both chunks. */
export function maxPoolGradient(job: PoolJob, chunk: i32): void {
  const channels = job.channels;
  const line = job.width * channels;
  const n = chunk / job.chunksOfImage;
  const first = (chunk % job.chunksOfImage) * job.step;
  const past = min(job.height, first + job.step);
  const size = (<usize>(job.height * line)) << 2;
  const x = job.x + <usize>n * size;
  const out = job.out + <usize>n * size;
  // Of this chunk, in floats of the image.
  const low = first * line;
  const high = past * line;
  memory.fill(out + ((<usize>low) << 2), 0, (<usize>(high - low)) << 2);
  const oh0 = max(0, first + job.padTop - job.kernelHeight + job.strideY) / job.strideY;
  const oh1 = min(job.outHeight, (past - 1 + job.padTop) / job.strideY + 1);
  for (let oh = oh0; oh < oh1; oh++) {
    const top = oh * job.strideY - job.padTop;
    const h0 = max(0, top);
    const h1 = min(job.height, top + job.kernelHeight);
    for (let ow = 0; ow < job.outWidth; ow++) {
      const left = ow * job.strideX - job.padLeft;
      const w0 = max(0, left);
      const w1 = min(job.width, left + job.kernelWidth);
      if (h0 >= h1 || w0 >= w1) continue;
      const window = ((n * job.outHeight + oh) * job.outWidth + ow) * channels;
      for (let c = 0; c < channels; c += 4) {
        const count = channels - c;
        let at = h0 * line + w0 * channels + c;
        let best = loadSome(x + ((<usize>at) << 2), count);
        let where = i32x4.splat(at);
        for (let h = h0; h < h1; h++) {
          at = h * line + w0 * channels + c;
          for (let w = w0; w < w1; w++, at += channels) {
            const value = loadSome(x + ((<usize>at) << 2), count);
            // Not `gt`: a NaN is better than any number.
            const better = v128.andnot(f32x4.eq(best, best), f32x4.le(value, best));
            best = v128.bitselect(value, best, better);
            where = v128.bitselect(i32x4.splat(at), where, better);
          }
        }
        const dy = loadSome(job.dy + ((<usize>(window + c)) << 2), count);
        add(out, i32x4.extract_lane(where, 0), f32x4.extract_lane(dy, 0), low, high);
        if (count > 1) add(out, i32x4.extract_lane(where, 1) + 1, f32x4.extract_lane(dy, 1), low, high);
        if (count > 2) add(out, i32x4.extract_lane(where, 2) + 2, f32x4.extract_lane(dy, 2), low, high);
        if (count > 3) add(out, i32x4.extract_lane(where, 3) + 3, f32x4.extract_lane(dy, 3), low, high);
      }
    }
  }
}

/** Adds to a float that belongs to the chunk. */
function add(out: usize, at: i32, value: f32, low: i32, high: i32): void {
  if (at < low || at >= high) return;
  const to = out + ((<usize>at) << 2);
  store<f32>(to, load<f32>(to) + value);
}
