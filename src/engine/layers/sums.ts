// Sums over axes that a value was repeated along.
import * as tf from '@tensorflow/tfjs';
import { runsOurs } from '../kernels/runs-ours';
import type { Shape4D } from './axes';

/** R x K to 1 x K, as a product with ones: a sum over an outer axis would transpose the whole tensor on some backends. */
function sumOfRows(x: tf.Tensor2D): tf.Tensor2D {
  return x.shape[0] === 1 ? x : tf.matMul(tf.ones<tf.Rank.R2>([1, x.shape[0]]), x);
}

/** The sum of each channel over all pixels. In two stages, so that float32 loses little in a long sum. */
export function sumOfPixels(x: tf.Tensor4D): tf.Tensor1D {
  if (runsOurs('SumOfPixels')) return tf.engine().runKernel('SumOfPixels', { x }, {});
  return tf.tidy(() => {
    const [n, h, w, c] = x.shape;
    const columns = sumOfRows(x.reshape<tf.Tensor2D>([n * h, w * c]));
    return sumOfRows(columns.reshape<tf.Tensor2D>([w, c])).reshape<tf.Tensor1D>([c]);
  });
}

/** The adjoint of a broadcast from `shape`: sums over each axis that is 1 there. Gives `x` itself where there is none. */
export function sumTo(x: tf.Tensor4D, shape: Readonly<Shape4D>): tf.Tensor4D {
  const axes = [0, 1, 2, 3].filter((axis) => shape[axis] === 1 && x.shape[axis] !== 1);
  if (axes.length === 0) return x;
  const channels = shape[3];
  if (channels === x.shape[3] && shape[0] * shape[1] * shape[2] === 1)
    return sumOfPixels(x).reshape([1, 1, 1, channels]);
  return tf.sum<tf.Tensor4D>(x, axes, true);
}
