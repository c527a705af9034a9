// The tiled product C = A B, of which every convolution, both its gradients and dense layers are cases: what differs is how a factor's
// values are found in memory (operands.ts, window-operands.ts), and the matrix that a convolution multiplies is never made.
//
//   C[group][row][column] = sum over step and k of A[group][row][step, k] * B[group][step, k][column]
//
// Tiling: each thread keeps a tile of C, a few rows by a few columns, in registers and walks along the sum, for each term of which it loads
// one value per row and one per column, but multiplies each with each. There is no workgroup memory and no barrier: threads of one
// workgroup that read the same values at the same time share them through the cache.
//
// Operations: 2 * rows * columns * steps * inner per group. Bytes: 4 * (A + B + C) if the cache were endless; a thread loads
// rows + columns values of its tile for 2 * rows * columns operations.
//
// Where C has too few tiles to keep a processor busy, the steps are split over several threads (split-K), each of which writes partial sums;
// partial-sums.ts adds them in a fixed order, so the same inputs always give the same bits.
import type * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { splitsFor, tileFor, type Tile } from '../../../nets/plan/split-sums';
import { addPartialSums } from './partial-sums';
import { ceilDiv, GROUP_INDEX, runProgram, widthFor, work, type Program, type Width } from './program';

/** How one factor is read. `id` is a suffix for the names of one row's or column's variables. */
export interface Operand {
  /** Values that one load gives: 4 only where that many neighbours always lie together in memory. */
  width: Width;
  /** What a load's values are neighbours along: the sum (`k`), or the edge, A's rows and B's columns. */
  along: 'sum' | 'edge';
  /** WGSL, once a thread: what is known of the row or column `edge` (which exists) before the sum begins. */
  place(edge: string, id: string): string;
  /** WGSL, at the beginning of every step. */
  step(id: string): string;
  /** WGSL expression, after `step`: whether the row has anything but zeros in this step; a step without such a row is left out. */
  inside?(id: string): string;
  /** WGSL expression: the value or values at `k`, a multiple of the width if it lies along the sum. May use `group`. */
  load(k: string, id: string): string;
}

export interface Product {
  name: string;
  rows: number;
  columns: number;
  /** Products of one form next to each other: a convolution's groups, a batch of matrices. */
  groups: number;
  /** The sum's length is steps * inner. */
  steps: number;
  inner: number;
  /** WGSL, at the beginning of every step `t`, before the operands' own. */
  step: string;
  a: Operand;
  b: Operand;
  /** C, in which element (row, column) of a group lies at group * groupStride + row * rowStride + column. */
  output: { shape: number[]; groupStride: number; rowStride: number };
  /** What is done to a finished sum: the column's bias added (one value per output column of all groups), then max(0, .). */
  epilogue?: { bias: boolean; relu: boolean };
}

const list = (count: number) => Array.from({ length: count }, (_, i) => i);
const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** WGSL of one stretch of the sum from `k` on, of `count` terms. */
function terms({ a, b }: Product, tile: Tile, count: number): string {
  const at = (q: number) => (q === 0 ? 'k' : `k + ${q}`);
  const lines: string[] = [];
  if (a.along === 'sum' && a.width === 4) {
    for (const i of list(tile.rows)) lines.push(`let a${i} = ${a.load('k', `a${i}`)};`);
  }
  if (b.along === 'sum' && b.width === 4) {
    for (const j of list(4 * tile.quads)) lines.push(`let b${j} = ${b.load('k', `b${j}`)};`);
  }
  for (const q of list(count)) {
    const left = (i: number) => {
      if (a.width === 1) return `x${i}_${q}`;
      return a.along === 'sum' ? `a${i}[${q}]` : `x${Math.floor(i / 4)}_${q}[${i % 4}]`;
    };
    if (a.width === 1) {
      for (const i of list(tile.rows)) lines.push(`let x${i}_${q} = ${a.load(at(q), `a${i}`)};`);
    } else if (a.along === 'edge') {
      for (const i of list(tile.rows / 4)) lines.push(`let x${i}_${q} = ${a.load(at(q), `a${4 * i}`)};`);
    }
    for (const j of list(tile.quads)) {
      const four = list(4).map((c) => {
        if (b.width === 1) return b.load(at(q), `b${4 * j + c}`);
        return `b${4 * j + c}[${q}]`;
      });
      const isWhole = b.width === 4 && b.along === 'edge';
      lines.push(
        `let y${j}_${q} = ${isWhole ? b.load(at(q), `b${4 * j}`) : `vec4<f32>(${four.join(', ')})`};`,
      );
    }
    for (const i of list(tile.rows)) {
      for (const j of list(tile.quads)) lines.push(`c${i}_${j} += ${left(i)} * y${j}_${q};`);
    }
  }
  return lines.join('\n');
}

/**
 * WGSL: the tile's i-th row or column from `begin` on. Where the tile reaches beyond the last, its rest computes and writes the last ones
 * again: cheaper than a branch for each of them.
 */
function edge(begin: string, i: number, count: number, perThread: number): string {
  if (count % perThread === 0) return `${begin} + ${i}`;
  // Groups of four stay together, and stay multiples of 4.
  return count % 4 === 0
    ? `min(${begin} + ${i - (i % 4)}, ${count - 4}) + ${i % 4}`
    : `min(${begin} + ${i}, ${count - 1})`;
}

/** WGSL that writes the tile's sums, four columns at once where they lie together. */
function stores({ output, epilogue }: Product, tile: Tile, splits: number, width: Width): string {
  const size = sizeOf(output.shape);
  const type = width === 4 ? 'vec4<f32>' : 'f32';
  const element = (index: string) => (width === 4 ? `(${index}) >> 2u` : index);
  const lines = [`let start = ${splits > 1 ? `split * ${size} + ` : ''}group * ${output.groupStride};`];
  const store = (row: number, column: number, value: string) => {
    const name = `s${row}_${column}`;
    lines.push(`var ${name} = ${value};`);
    if (epilogue && splits === 1) {
      const biasAt = element(`group * ${output.groupStride} + column${column}`);
      if (epilogue.bias) lines.push(`${name} += bias[${biasAt}];`);
      if (epilogue.relu) lines.push(`${name} = select(${name}, ${type}(0), ${name} < ${type}(0));`);
    }
    lines.push(`result[${element(`start + row${row} * ${output.rowStride} + column${column}`)}] = ${name};`);
  };
  for (const i of list(tile.rows)) {
    for (const j of list(tile.quads)) {
      if (width === 4) store(i, 4 * j, `c${i}_${j}`);
      else list(4).forEach((c) => store(i, 4 * j + c, `c${i}_${j}[${c}]`));
    }
  }
  return lines.join('\n');
}

/** The whole program; `splits` parts of the sum are partial sums one after the other. */
function program(product: Product, tile: Tile, splits: number): Program {
  const { name, rows, columns, groups, steps, inner, step, a, b, output } = product;
  const [x, y] = tile.threads;
  const across = ceilDiv(columns, 4 * tile.quads * x);
  const down = ceilDiv(rows, tile.rows * y);
  const count = across * down * groups * splits;
  const width = widthFor(columns, output.rowStride, output.groupStride);
  const perSplit = ceilDiv(steps, splits);
  // One row or column for each load along the sum, one for each four along the edge.
  const places = (of: Operand, edges: number) =>
    list(edges).filter((i) => of.width === 1 || of.along === 'sum' || i % 4 === 0);
  const aPlaces = places(a, tile.rows);
  const bPlaces = places(b, 4 * tile.quads);
  const unroll = [a, b].some(({ along, width: w }) => along === 'sum' && w === 4) ? 4 : 1;
  const lines = (values: string[]) => values.join('\n');
  const rowNames = list(tile.rows).map((i) => `let row${i} = ${edge('top', i, rows, tile.rows)};`);
  const columnNames = list(4 * tile.quads).map(
    (i) => `let column${i} = ${edge('left', i, columns, 4 * tile.quads)};`,
  );
  const body = `
  let block = ${GROUP_INDEX};
  if (block >= ${count}) { return; }
  let top = ((block / ${across}) % ${down} * ${y} + i32(localId.y)) * ${tile.rows};
  let left = (block % ${across} * ${x} + i32(localId.x)) * ${4 * tile.quads};
  let group = ${groups > 1 ? `(block / ${across * down}) % ${groups}` : '0'};
  let split = ${splits > 1 ? `block / ${across * down * groups}` : '0'};
  if (top >= ${rows} || left >= ${columns}) { return; }
${lines(rowNames)}
${lines(columnNames)}
${lines(aPlaces.map((i) => a.place(`row${i}`, `a${i}`)))}
${lines(bPlaces.map((i) => b.place(`column${i}`, `b${i}`)))}
${lines(list(tile.rows).flatMap((i) => list(tile.quads).map((j) => `var c${i}_${j} = vec4<f32>(0);`)))}
  for (var t = split * ${perSplit}; t < min((split + 1) * ${perSplit}, ${steps}); t++) {
${step}
${lines(aPlaces.map((i) => a.step(`a${i}`)))}
${a.inside ? `if (!(${aPlaces.map((i) => a.inside!(`a${i}`)).join(' | ')})) { continue; }` : ''}
${lines(bPlaces.map((i) => b.step(`b${i}`)))}
    for (var k = 0; k < ${inner}; k += ${unroll}) {
${terms(product, tile, unroll)}
    }
  }
${stores(product, tile, splits, width)}`;
  return {
    name,
    body,
    inputs: [
      { name: 'a', width: a.width },
      { name: 'b', width: b.width },
      ...(product.epilogue?.bias && splits === 1 ? [{ name: 'bias', width }] : []),
    ],
    output: { shape: splits > 1 ? [splits, ...output.shape.flat()] : output.shape, width },
    threads: tile.threads,
    groups: count,
    operations: work(2 * rows * columns * groups * steps * inner, splits * sizeOf(output.shape)),
  };
}

/**
 * Computes a product.
 * @param bias O values where the epilogue adds one.
 */
export function runProduct(
  backend: WebGPUBackend,
  product: Product,
  [a, b, bias]: [a: tf.TensorInfo, b: tf.TensorInfo, bias?: tf.TensorInfo],
): tf.TensorInfo {
  const tile = tileFor(product);
  const splits = splitsFor({ ...product, outputs: sizeOf(product.output.shape) }, tile);
  const made = program(product, tile, splits);
  if (splits === 1) return runProgram(backend, made, bias ? [a, b, bias] : [a, b]);
  const partial = runProgram(backend, made, [a, b]);
  const sum = addPartialSums(backend, partial, product.output.shape, product.epilogue, bias);
  backend.disposeData(partial.dataId);
  return sum;
}
