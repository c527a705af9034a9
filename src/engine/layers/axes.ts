// Caffe's axes N, C, H, W and the tensors' N, H, W, C. A blob of fewer axes has ones after its last.
import * as tf from '@tensorflow/tfjs';
import { canonicalAxis } from '../../nets/shapes';
import type { BlobShape } from '../../nets/spec';

export type Shape4D = [number, number, number, number];

/** By tensor axis: which of Caffe's it is. */
const CAFFE_AXES = [0, 2, 3, 1] as const;
/** By Caffe's axis: which of the tensor's it is. */
const TENSOR_AXES = [0, 3, 1, 2] as const;

/** The tensor's axis for one of Caffe's, which may count from the end of the blob's own axes. */
export function tensorAxis(axis: number, blob: BlobShape): number {
  return TENSOR_AXES[canonicalAxis(axis, blob.length)]!;
}

/** A value per Caffe axis as a value per tensor axis. */
export function byTensorAxis<T>(at: (caffeAxis: number) => T): [T, T, T, T] {
  return CAFFE_AXES.map(at) as [T, T, T, T];
}

/** The tensor of a blob. */
export function tensorShape(blob: BlobShape): Shape4D {
  return byTensorAxis((axis) => blob[axis] ?? 1);
}

/** A new tensor of the same values in Caffe's order, N x C x H x W: from there a reshape gives what Caffe's would. */
export function toCaffeOrder(x: tf.Tensor4D): tf.Tensor4D {
  const [n, h, w, c] = x.shape;
  // With one pixel or one channel both orders are the same.
  if (c === 1 || h * w === 1) return x.reshape([n, c, h, w]);
  return tf.transpose(x, [0, 3, 1, 2]);
}

/** The inverse: values in Caffe's order, of whatever shape, as the tensor of a blob. */
export function fromCaffeOrder(x: tf.Tensor, blob: BlobShape): tf.Tensor4D {
  const [n, h, w, c] = tensorShape(blob);
  if (c === 1 || h * w === 1) return x.reshape([n, h, w, c]);
  return tf.transpose(x.reshape<tf.Tensor4D>([n, c, h, w]), [0, 2, 3, 1]);
}

/** A tensor with one of Caffe's axes last and the others in Caffe's order before it, and the way back. For axis 1 both do nothing. */
export function withAxisLast(axis: number, blob: BlobShape) {
  const last = canonicalAxis(axis, blob.length);
  const order = [0, 1, 2, 3].filter((other) => other !== last);
  const there: number[] = [...order, last].map((caffe) => TENSOR_AXES[caffe]!);
  const back = there.map((_, i) => there.indexOf(i));
  const isIdentity = there.every((from, to) => from === to);
  const move = (permutation: number[]) => (x: tf.Tensor4D) => (isIdentity ? x : tf.transpose(x, permutation));
  return { there: move(there), back: move(back) };
}
