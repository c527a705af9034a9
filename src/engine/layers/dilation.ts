// A dilated filter as an ordinary one with zeros between its taps: the stock gradients know no dilation, such a filter needs none.
import * as tf from '@tensorflow/tfjs';
import { product } from '../../nets/shapes';
import type { Spatial } from '../../nets/spec';

/** A filter's two axes over the image. */
type Axes = readonly [rows: number, columns: number];

export const dilatedLength = (kernel: number, dilation: number) => dilation * (kernel - 1) + 1;

function spread(x: tf.Tensor4D, axis: number, dilation: number): tf.Tensor4D {
  if (dilation === 1) return x;
  const { shape } = x;
  const [outer, taps, inner] = [product(shape.slice(0, axis)), shape[axis]!, product(shape.slice(axis + 1))];
  const withZeros = tf.pad(x.reshape([outer * taps, 1, inner]), [
    [0, 0],
    [0, dilation - 1],
    [0, 0],
  ]);
  const length = dilatedLength(taps, dilation);
  const cut = tf.slice3d(
    withZeros.reshape([outer, taps * dilation, inner]),
    [0, 0, 0],
    [outer, length, inner],
  );
  return cut.reshape(shape.map((old, i) => (i === axis ? length : old)));
}

/** Puts dilation - 1 zeros between the taps. */
export function dilate(filter: tf.Tensor4D, axes: Axes, [dh, dw]: Spatial): tf.Tensor4D {
  return spread(spread(filter, axes[0], dh), axes[1], dw);
}

/** The inverse for a gradient: keeps the taps and drops what lies between them. */
export function undilate(gradient: tf.Tensor4D, axes: Axes, [dh, dw]: Spatial): tf.Tensor4D {
  if (dh === 1 && dw === 1) return gradient;
  const strides = [1, 1, 1, 1];
  strides[axes[0]] = dh;
  strides[axes[1]] = dw;
  return tf.stridedSlice(gradient, [0, 0, 0, 0], gradient.shape, strides) as tf.Tensor4D;
}
