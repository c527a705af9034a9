// The softmax loss over scores that it upsamples itself, and the gradient of the coarse scores. A chunk is an image's band of pixel rows. Its
// gradient goes to the few coarse rows that reach the band; a second job adds up what the bands give to a row, always in the same order. The
// gradient of a row of pixels is summed by itself before the band has it, so that float32 loses little in a long sum.
import { exponential } from './functions';
import { loadSome, multiplyAdd, storeSome } from './vectors';

/** What a chunk leaves beside its gradient, in bytes: its loss (float64), its first coarse row and how many there are. */
const RECORD_BYTES: usize = 16;

/** The fields are written by ../upsampled-loss.ts in this order. */
@unmanaged
export class LossJob {
  /** N x height x width x classes */
  scores: usize;
  /** KH x KW x padded: by tap, the classes' weights and zeros up to a multiple of 4. */
  taps: usize;
  /** Bytes, N x outHeight x outWidth. */
  labels: usize;
  /** 256 floats: what a pixel of each class counts. */
  weights: usize;
  /** N x outHeight x outWidth integers, or 0. */
  predictions: usize;
  /** As the scores. */
  gradient: usize;
  records: usize;
  /** Of each chunk, `roomBytes`: see lossBand. */
  rooms: usize;
  roomBytes: i32;
  height: i32;
  width: i32;
  classes: i32;
  padded: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideY: i32;
  strideX: i32;
  padTop: i32;
  padLeft: i32;
  outHeight: i32;
  outWidth: i32;
  /** A label that does not count, or -1. */
  ignored: i32;
  /** Bands of an image; the rows of a whole one, counted from the padding's first, and which is the first with a pixel. */
  bands: i32;
  bandRows: i32;
  firstBand: i32;
  /** The most coarse rows that reach a band. */
  span: i32;
  /** What a pixel's gradient is multiplied by. */
  scale: f32;

  /** Floats of so many coarse rows. */
  rowFloats(rows: i32): i32 {
    return rows * this.width * this.padded;
  }

  /** Where a chunk's gradient is: span x width x padded. */
  gradientOf(chunk: i32): usize {
    return this.rooms + <usize>chunk * <usize>this.roomBytes;
  }
}

/** The first coarse row or column that reaches a pixel. */
function firstReaching(at: i32, kernel: i32, stride: i32, pad: i32): i32 {
  return max(0, at + pad - kernel + stride) / stride;
}

/** The one after the last of `count`. */
function pastReaching(at: i32, stride: i32, pad: i32, count: i32): i32 {
  return min(count, (at + pad) / stride + 1);
}

/** ln(x) for positive normal x, as `logarithm` in functions.ts, and for Infinity and NaN. */
function log64(x: f64): f64 {
  if (!(x < Infinity)) return x;
  const bits = reinterpret<i64>(x);
  const e = (bits - 0x3fe6a09e667f3bcd) >> 52;
  const m = reinterpret<f64>(bits - (e << 52));
  const z = (m - 1) / (m + 1);
  const s = z * z;
  let sum: f64 = 1.0 / 15.0;
  sum = sum * s + 1.0 / 13.0;
  sum = sum * s + 1.0 / 11.0;
  sum = sum * s + 1.0 / 9.0;
  sum = sum * s + 1.0 / 7.0;
  sum = sum * s + 1.0 / 5.0;
  sum = sum * s + 1.0 / 3.0;
  return <f64>e * 0.6931471805599453 + 2 * z * (1 + s * sum);
}

/** The loss and the gradient of a band, and where they are asked for its predictions. */
export function lossBand(job: LossJob, chunk: i32): void {
  const image = chunk / job.bands;
  const padded = job.padded;
  const vectors = padded >> 2;
  const start = (job.firstBand + (chunk % job.bands)) * job.bandRows - job.padTop;
  const firstRow = max(0, start);
  const pastRow = min(job.outHeight, start + job.bandRows);
  const base = firstReaching(firstRow, job.kernelHeight, job.strideY, job.padTop);
  const count = max(0, pastReaching(pastRow - 1, job.strideY, job.padTop, job.height) - base);

  // The room: the band's gradient, that of a row of pixels, the coarse scores padded; a pixel's scores (256); of each column the coarse columns
  // that reach it, from and to; of a pixel the coarse places that reach it, where they are in such a row and where their tap is.
  const bandGradient = job.gradientOf(chunk);
  const all = (<usize>job.rowFloats(job.span)) << 2;
  const rowGradient = bandGradient + all;
  const coarse = rowGradient + all;
  const pixel = coarse + all;
  const columns = pixel + 1024;
  const places = columns + ((<usize>job.outWidth) << 3);

  memory.fill(bandGradient, 0, 2 * all);
  const from = job.scores + ((<usize>((image * job.height + base) * job.width * job.classes)) << 2);
  for (let i = 0; i < count * job.width; i++) {
    for (let c = 0; c < padded; c += 4) {
      const values = loadSome(from + ((<usize>(i * job.classes + c)) << 2), job.classes - c);
      v128.store(coarse + ((<usize>(i * padded + c)) << 2), values);
    }
  }
  for (let column = 0; column < job.outWidth; column++) {
    const at = columns + ((<usize>column) << 3);
    store<i32>(at, firstReaching(column, job.kernelWidth, job.strideX, job.padLeft));
    store<i32>(at, pastReaching(column, job.strideX, job.padLeft, job.width), 4);
  }
  // A label that is no class gives NaN.
  for (let c: usize = 0; c < 1024; c += 4) store<f32>(pixel + c, NaN);

  const lanes = i32x4(0, 1, 2, 3);
  const nothing = f32x4.splat(-Infinity);
  const isClass = i32x4.lt_s(lanes, i32x4.splat(job.classes - padded + 4));
  let loss: f64 = 0;
  for (let row = firstRow; row < pastRow; row++) {
    const h0 = firstReaching(row, job.kernelHeight, job.strideY, job.padTop);
    const h1 = pastReaching(row, job.strideY, job.padTop, job.height);
    for (let column = 0; column < job.outWidth; column++) {
      const index = (image * job.outHeight + row) * job.outWidth + column;
      const label = <i32>load<u8>(job.labels + <usize>index);
      const isIgnored = label == job.ignored;
      if (isIgnored && !job.predictions) continue;

      const w0 = load<i32>(columns + ((<usize>column) << 3));
      const w1 = load<i32>(columns + ((<usize>column) << 3), 4);
      let pastPlaces = places;
      for (let h = h0; h < h1; h++) {
        const tapRow = (row + job.padTop - h * job.strideY) * job.kernelWidth + column + job.padLeft;
        for (let w = w0; w < w1; w++, pastPlaces += 8) {
          store<i32>(pastPlaces, (((h - base) * job.width + w) * padded) << 2);
          store<usize>(pastPlaces, job.taps + ((<usize>((tapRow - w * job.strideX) * padded)) << 2), 4);
        }
      }

      // The pixel's scores, and the largest.
      let most = nothing;
      for (let v = 0; v < vectors; v++) {
        const at = (<usize>v) << 4;
        let sum = f32x4.splat(0);
        for (let place = places; place < pastPlaces; place += 8)
          sum = multiplyAdd(
            v128.load(coarse + load<usize>(place) + at),
            v128.load(load<usize>(place, 4) + at),
            sum,
          );
        if (v == vectors - 1) sum = v128.bitselect(sum, nothing, isClass);
        v128.store(pixel + at, sum);
        most = f32x4.max(most, sum);
      }
      most = f32x4.max(most, v128.shuffle<f32>(most, most, 2, 3, 0, 1));
      most = f32x4.max(most, v128.shuffle<f32>(most, most, 1, 0, 3, 2));
      if (job.predictions) {
        let best = 0;
        for (let v = 0; v < vectors; v++) {
          const equal = i32x4.bitmask(f32x4.eq(v128.load(pixel + ((<usize>v) << 4)), most));
          if (equal == 0) continue;
          best = (v << 2) + ctz<i32>(equal);
          break;
        }
        store<i32>(job.predictions + ((<usize>index) << 2), best);
        if (isIgnored) continue;
      }

      // Exponentials in the place of the scores. The other classes are summed by themselves: for a pixel that is as good as certain they are next
      // to nothing, and all that its gradient is made of.
      const own = pixel + ((<usize>label) << 2);
      const ownScore = load<f32>(own);
      let sums = f64x2.splat(0);
      for (let v = 0; v < vectors; v++) {
        const at = pixel + ((<usize>v) << 4);
        const e = exponential(f32x4.sub(v128.load(at), most));
        v128.store(at, e);
        const other = v128.andnot(e, i32x4.eq(lanes, i32x4.splat(label - (v << 2))));
        sums = f64x2.add(sums, f64x2.promote_low_f32x4(other));
        sums = f64x2.add(sums, f64x2.promote_low_f32x4(v128.shuffle<f32>(other, other, 2, 3, 0, 1)));
      }
      const others = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
      const sum = others + <f64>load<f32>(own);
      const weight = load<f32>(job.weights + ((<usize>label) << 2));
      loss += <f64>weight * (log64(sum) + (<f64>f32x4.extract_lane(most, 0) - <f64>ownScore));
      store<f32>(own, <f32>-others);

      const each = f32x4.splat(<f32>(<f64>(job.scale * weight) / sum));
      for (let v = 0; v < vectors; v++) {
        const at = (<usize>v) << 4;
        const d = f32x4.mul(v128.load(pixel + at), each);
        for (let place = places; place < pastPlaces; place += 8) {
          const to = rowGradient + load<usize>(place) + at;
          v128.store(to, multiplyAdd(d, v128.load(load<usize>(place, 4) + at), v128.load(to)));
        }
      }
    }
    const begin = (<usize>job.rowFloats(max(0, h0 - base))) << 2;
    const end = (<usize>job.rowFloats(max(0, h1 - base))) << 2;
    for (let at = begin; at < end; at += 16) {
      const to = bandGradient + at;
      v128.store(to, f32x4.add(v128.load(to), v128.load(rowGradient + at)));
      v128.store(rowGradient + at, f32x4.splat(0));
    }
  }
  const record = job.records + <usize>chunk * RECORD_BYTES;
  store<f64>(record, loss);
  store<i32>(record, base, 8);
  store<i32>(record, count, 12);
}

/** A chunk is a coarse row of an image. */
export function lossGradient(job: LossJob, chunk: i32): void {
  const image = chunk / job.height;
  const row = chunk % job.height;
  const padded = job.padded;
  for (let w = 0; w < job.width; w++) {
    for (let c = 0; c < padded; c += 4) {
      let sum = f32x4.splat(0);
      for (let band = image * job.bands; band < (image + 1) * job.bands; band++) {
        const record = job.records + <usize>band * RECORD_BYTES;
        const at = row - load<i32>(record, 8);
        if (at < 0 || at >= load<i32>(record, 12)) continue;
        const from = job.gradientOf(band) + ((<usize>((at * job.width + w) * padded + c)) << 2);
        sum = f32x4.add(sum, v128.load(from));
      }
      const to = job.gradient + ((<usize>((chunk * job.width + w) * job.classes + c)) << 2);
      storeSome(to, sum, job.classes - c);
    }
  }
}
