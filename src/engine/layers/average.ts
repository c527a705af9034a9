// The average over windows as Caffe takes it (pooling_layer.cpp): the divisor counts the part of a window that lies in the image or in its
// padding. The stock forward kernel divides by the part in the image, the stock gradient by the whole window; both are put right.
import * as tf from '@tensorflow/tfjs';
import { straight, type Windows } from './windows';

/** By window, along one axis: how long its part in the padded image is, and its part in the image. */
function lengths({ kernel, stride, pad, input, output }: Windows, axis: 0 | 1) {
  return Array.from({ length: output[axis] }, (_, i) => {
    const begin = i * stride[axis] - pad[axis];
    const end = Math.min(begin + kernel[axis], input[axis] + pad[axis]);
    return { counted: end - begin, inside: Math.min(end, input[axis]) - Math.max(begin, 0) };
  });
}

/** x times `ratio`(rows) * `ratio`(columns) of each window. */
function corrected(
  x: tf.Tensor4D,
  windows: Windows,
  ratio: (length: { counted: number; inside: number }, axis: 0 | 1) => number,
): tf.Tensor4D {
  const rows = lengths(windows, 0).map((length) => ratio(length, 0));
  const columns = lengths(windows, 1).map((length) => ratio(length, 1));
  if ([...rows, ...columns].every((factor) => factor === 1)) return x;
  const factors = rows.flatMap((row) => columns.map((column) => row * column));
  return tf.mul(x, tf.tensor4d(factors, [1, rows.length, columns.length, 1]));
}

export function averageWindows(x: tf.Tensor4D, windows: Windows): tf.Tensor4D {
  return tf.tidy(() => {
    const inside = tf.engine().runKernel<tf.Tensor4D>('AvgPool', { x }, straight(windows));
    return corrected(inside, windows, ({ counted, inside }) => inside / counted);
  });
}

/** The gradient for an image of x's shape; x's values do not matter. */
export function averageWindowsGradient(dy: tf.Tensor4D, x: tf.Tensor4D, windows: Windows): tf.Tensor4D {
  return tf.tidy(() => {
    const weighted = corrected(dy, windows, ({ counted }, axis) => windows.kernel[axis] / counted);
    return tf.engine().runKernel<tf.Tensor4D>('AvgPoolGrad', { dy: weighted, input: x }, straight(windows));
  });
}
