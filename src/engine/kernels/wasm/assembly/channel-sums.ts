// The sum of each channel over all pixels: first of strips of pixels, then of the strips. How the pixels are cut does not depend on the threads.
import { loadSome, storeSome } from './vectors';

/** The fields are written by ../channel-sums.ts in this order. */
@unmanaged
export class SumJob {
  /** pixels x channels */
  x: usize;
  /** strips x channels */
  sums: usize;
  /** channels */
  out: usize;
  pixels: i32;
  channels: i32;
  /** Pixels of a strip, and strips. */
  length: i32;
  strips: i32;
}

/** A chunk is a strip. */
export function sumStrip(job: SumJob, chunk: i32): void {
  const channels = job.channels;
  const row = (<usize>channels) << 2;
  const to = job.sums + <usize>chunk * row;
  memory.fill(to, 0, row);
  const end = min(job.pixels, (chunk + 1) * job.length);
  let from = job.x + <usize>(chunk * job.length) * row;
  for (let pixel = chunk * job.length; pixel < end; pixel += 4) {
    const rows = end - pixel;
    for (let c = 0; c < channels; c += 4) {
      const at = (<usize>c) << 2;
      const count = channels - c;
      let sum = loadSome(from + at, count);
      if (rows > 1) sum = f32x4.add(sum, loadSome(from + row + at, count));
      if (rows > 2) {
        let other = loadSome(from + 2 * row + at, count);
        if (rows > 3) other = f32x4.add(other, loadSome(from + 3 * row + at, count));
        sum = f32x4.add(sum, other);
      }
      storeSome(to + at, f32x4.add(loadSome(to + at, count), sum), count);
    }
    from += 4 * row;
  }
}

/** One chunk; strips are added in float64. */
export function addStrips(job: SumJob): void {
  for (let c = 0; c < job.channels; c++) {
    let sum: f64 = 0;
    for (let strip = 0; strip < job.strips; strip++)
      sum += <f64>load<f32>(job.sums + ((<usize>(strip * job.channels + c)) << 2));
    store<f32>(job.out + ((<usize>c) << 2), <f32>sum);
  }
}
