// BatchMatMul: products of matrices, which dense layers are, forward and backward.
//
//   C[batch][i][j] = sum over k of A[batch][i][k] * B[batch][k][j], A or B transposed if asked for
//
// Tiling: the tiled product (tiled-product.ts) with both factors read as they lie; a transposed one differs only in whether a load's four
// values are neighbours along the sum or along the edge. A step is a part of the sum, so that few rows and columns are split into many
// threads.
//
// Operations: 2 * batch * rows * columns * sum. Bytes: 4 * (A + B + C).
import type * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { chunkOf } from '../../../nets/plan/split-sums';
import type { WebgpuKernel } from './kernel';
import { matrixOperand } from './operands';
import { runProduct } from './tiled-product';

interface Inputs {
  a: tf.TensorInfo;
  b: tf.TensorInfo;
}

const batchOf = ({ shape }: tf.TensorInfo) => shape.slice(0, -2);

/** The stock contract: a and b of two axes or more, attrs transposeA, transposeB. */
function run(
  backend: WebGPUBackend,
  { a, b }: Inputs,
  { transposeA, transposeB }: tf.BatchMatMulAttrs,
): tf.TensorInfo {
  const [aHeight, aWidth] = a.shape.slice(-2) as [number, number];
  const [bHeight, bWidth] = b.shape.slice(-2) as [number, number];
  const [rows, sum] = transposeA ? [aWidth, aHeight] : [aHeight, aWidth];
  const columns = transposeB ? bHeight : bWidth;
  const batch = batchOf(a);
  const inner = chunkOf(sum);
  const matrix = (buffer: 'a' | 'b', [height, width]: number[], isAlongSum: boolean) =>
    matrixOperand({
      buffer,
      along: isAlongSum ? 'sum' : 'edge',
      stride: width!,
      groupStride: height! * width!,
      length: width!,
      begin: `t * ${inner}`,
    });
  const product = {
    name: 'BatchMatMul',
    rows,
    columns,
    groups: batch.reduce((x, y) => x * y, 1),
    steps: sum / inner,
    inner,
    step: '',
    a: matrix('a', [aHeight, aWidth], !transposeA),
    b: matrix('b', [bHeight, bWidth], transposeB),
    output: { shape: [...batch, rows, columns], groupStride: rows * columns, rowStride: columns },
  };
  return runProduct(backend, product, [a, b]);
}

export const batchMatMul: WebgpuKernel = {
  name: 'BatchMatMul',
  run,
  chosen: 'when asked for',
  // A batch of one, which stands for any number, is the stock kernel's.
  handles: ({ a, b }: Inputs) => {
    const isFloat = a.dtype === 'float32' && b.dtype === 'float32';
    return isFloat && batchOf(a).join() === batchOf(b).join() && a.shape.length <= 5;
  },
};
