// The tiled product of all three passes of a convolution. C (M x N) is A (M x K) times B (K x N) for each group; neither A nor B is stored
// anywhere as such: what a tile needs of them is gathered from the tensors (operands.ts).
//
// A thread takes a stretch of C's rows and columns. For each block of K it packs B's columns eight at a time, then walks down the rows four at a
// time: their part of A is packed into 4 KiB, which stay in the first cache, and meets each panel of B in registers (4 x 8 sums).
import { ConvolutionJob, FORWARD, INPUT_GRADIENT, WEIGHT_GRADIENT } from './convolution-job';
import { packWeightRows, packPixelRows, packTransposedWeights, packPixels, packTaps } from './operands';
import { multiplyAdd } from './vectors';

/** Of K and of N in one block; a thread's scratch holds both panels and the edges (SCRATCH_BYTES). */
const BLOCK_K: i32 = 256;
const BLOCK_N: i32 = 256;
const PANEL_A: i32 = BLOCK_K * 4 * 4;
const PANELS_B: i32 = BLOCK_K * BLOCK_N * 4;
/** A panel of A, the panels of B, four rows that nobody reads, a tile at C's right edge, the rows' places, a row of zeros. */
export const PRODUCT_SCRATCH_BYTES: i32 = PANEL_A + PANELS_B + 4 * 1024 + 128 + 256 + 32;

/** Adds k products to a tile of C, or begins it from `start`, eight floats; c0 to c3 are its rows. */
function tile(
  k: i32,
  a: usize,
  b: usize,
  c0: usize,
  c1: usize,
  c2: usize,
  c3: usize,
  start: usize,
  isFirst: bool,
  relu: bool,
): void {
  let s00: v128, s01: v128, s10: v128, s11: v128, s20: v128, s21: v128, s30: v128, s31: v128;
  if (isFirst) {
    s00 = s10 = s20 = s30 = v128.load(start);
    s01 = s11 = s21 = s31 = v128.load(start, 16);
  } else {
    s00 = v128.load(c0);
    s01 = v128.load(c0, 16);
    s10 = v128.load(c1);
    s11 = v128.load(c1, 16);
    s20 = v128.load(c2);
    s21 = v128.load(c2, 16);
    s30 = v128.load(c3);
    s31 = v128.load(c3, 16);
  }
  for (const end = b + ((<usize>k) << 5); b < end; b += 32, a += 16) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load_splat<f32>(a);
    s00 = multiplyAdd(x, b0, s00);
    s01 = multiplyAdd(x, b1, s01);
    x = v128.load_splat<f32>(a, 4);
    s10 = multiplyAdd(x, b0, s10);
    s11 = multiplyAdd(x, b1, s11);
    x = v128.load_splat<f32>(a, 8);
    s20 = multiplyAdd(x, b0, s20);
    s21 = multiplyAdd(x, b1, s21);
    x = v128.load_splat<f32>(a, 12);
    s30 = multiplyAdd(x, b0, s30);
    s31 = multiplyAdd(x, b1, s31);
  }
  if (relu) {
    // NaN stays NaN, as max keeps it.
    const zero = f32x4.splat(0);
    s00 = f32x4.max(s00, zero);
    s01 = f32x4.max(s01, zero);
    s10 = f32x4.max(s10, zero);
    s11 = f32x4.max(s11, zero);
    s20 = f32x4.max(s20, zero);
    s21 = f32x4.max(s21, zero);
    s30 = f32x4.max(s30, zero);
    s31 = f32x4.max(s31, zero);
  }
  v128.store(c0, s00);
  v128.store(c0, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
}

function copyFloats(to: usize, from: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<f32>(to + (i << 2), load<f32>(from + (i << 2)));
}

/** Where row m of C begins, for the group whose columns are at `column`. */
function rowOfC(job: ConvolutionJob, m: i32, column: i32): usize {
  if (job.kind == WEIGHT_GRADIENT) return job.out + ((<usize>(m * job.outChannels + column)) << 2);
  return job.out + ((<usize>(job.pixelOf(m) * job.outChannels + column)) << 2);
}

/** One stretch of C: chunks count columns within rows within groups. */
export function convolve(job: ConvolutionJob, chunk: i32, scratch: usize): void {
  const nChunk = chunk % job.nChunks;
  const mChunk = (chunk / job.nChunks) % job.mChunks;
  const group = chunk / (job.nChunks * job.mChunks);
  const mEnd = min(job.m, (mChunk + 1) * job.mStep);
  const nEnd = min(job.n, (nChunk + 1) * job.nStep);
  const panelA = scratch;
  const panelsB = panelA + PANEL_A;
  const unread = panelsB + PANELS_B;
  const edge = unread + 4 * 1024;
  const rows = edge + 128;
  const zeros = rows + 256;
  memory.fill(zeros, 0, 32);
  for (let n0 = nChunk * job.nStep; n0 < nEnd; n0 += BLOCK_N) {
    const nBlock = min(BLOCK_N, nEnd - n0);
    for (let k0 = 0; k0 < job.k; k0 += BLOCK_K) {
      const kBlock = min(BLOCK_K, job.k - k0);
      const isLast = k0 + kBlock == job.k;
      for (let j = 0; j < nBlock; j += 8) {
        const to = panelsB + ((<usize>(j * kBlock)) << 2);
        const columns = min(8, nBlock - j);
        if (job.kind == FORWARD) packWeightRows(job, group, n0 + j, columns, k0, kBlock, to);
        else if (job.kind == WEIGHT_GRADIENT) packPixelRows(job, group, n0 + j, columns, k0, kBlock, to);
        else packTransposedWeights(job, group, n0 + j, columns, k0, kBlock, to);
      }
      for (let m = mChunk * job.mStep; m < mEnd; m += 4) {
        if (job.kind == WEIGHT_GRADIENT) packTaps(job, group, m, k0, kBlock, panelA);
        else packPixels(job, group, m, k0, kBlock, panelA, rows);
        const column = group * job.n + n0;
        const c0 = rowOfC(job, m, column);
        const c1 = m + 1 < mEnd ? rowOfC(job, m + 1, column) : unread + 1024;
        const c2 = m + 2 < mEnd ? rowOfC(job, m + 2, column) : unread + 2048;
        const c3 = m + 3 < mEnd ? rowOfC(job, m + 3, column) : unread + 3072;
        for (let j = 0; j < nBlock; j += 8) {
          const b = panelsB + ((<usize>(j * kBlock)) << 2);
          const at = (<usize>j) << 2;
          const columns = nBlock - j;
          let start = zeros;
          if (job.bias && k0 == 0) start = job.bias + ((<usize>(column + j)) << 2);
          const relu = isLast && job.relu != 0;
          if (columns >= 8) {
            tile(kBlock, panelA, b, c0 + at, c1 + at, c2 + at, c3 + at, start, k0 == 0, relu);
            continue;
          }
          // The right edge: by way of a whole tile.
          if (k0 == 0) {
            for (let i: usize = 0; i < 128; i += 32) {
              memory.fill(edge + i, 0, 32);
              copyFloats(edge + i, start, columns);
            }
          } else {
            copyFloats(edge, c0 + at, columns);
            copyFloats(edge + 32, c1 + at, columns);
            copyFloats(edge + 64, c2 + at, columns);
            copyFloats(edge + 96, c3 + at, columns);
          }
          tile(kBlock, panelA, b, edge, edge + 32, edge + 64, edge + 96, start, false, relu);
          copyFloats(c0 + at, edge, columns);
          copyFloats(c1 + at, edge + 32, columns);
          copyFloats(c2 + at, edge + 64, columns);
          copyFloats(c3 + at, edge + 96, columns);
        }
      }
    }
  }
}
