// ReLU and its gradient, with Caffe's slope left of 0 (relu_layer.cpp).
//   y = x > 0 ? x : slope x;  dx = x > 0 ? dy : slope dy
import { loadSome, storeSome } from './vectors';

/** The fields are written by ../activations.ts in this order. */
@unmanaged
export class ReluJob {
  /** Floats that bend; for the gradient, those whose sign decides. */
  x: usize;
  /** Only for the gradient. */
  dy: usize;
  out: usize;
  /** All floats, and those of a chunk: a multiple of 4. */
  count: i32;
  step: i32;
  slope: f32;
}

/** out = max(x, 0) + slope * min(x, 0) */
export function relu(job: ReluJob, chunk: i32): void {
  const zero = f32x4.splat(0);
  const slope = f32x4.splat(job.slope);
  const isPlain = job.slope == 0;
  const end = min(job.count, (chunk + 1) * job.step);
  for (let i = chunk * job.step; i < end; i += 4) {
    const at = (<usize>i) << 2;
    const x = loadSome(job.x + at, end - i);
    let y = f32x4.max(x, zero);
    // Not by a slope of 0, which would make NaN of an infinite x.
    if (!isPlain) y = f32x4.add(y, f32x4.mul(slope, f32x4.min(x, zero)));
    storeSome(job.out + at, y, end - i);
  }
}

/** out = dy where x > 0, slope * dy where not, NaN where x is NaN. */
export function reluGradient(job: ReluJob, chunk: i32): void {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  const slope = f32x4.splat(job.slope);
  const end = min(job.count, (chunk + 1) * job.step);
  for (let i = chunk * job.step; i < end; i += 4) {
    const at = (<usize>i) << 2;
    const x = loadSome(job.x + at, end - i);
    let factor = v128.bitselect(one, slope, f32x4.gt(x, zero));
    factor = v128.bitselect(factor, x, f32x4.eq(x, x));
    storeSome(job.out + at, f32x4.mul(loadSome(job.dy + at, end - i), factor), end - i);
  }
}
