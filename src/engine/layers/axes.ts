// Caffe's axes N, C, H, W and the tensors' N, H, W, C. A blob of fewer axes has ones after its last.
import * as tf from '@tensorflow/tfjs';
import type { BlobShape } from '../../nets/spec';

export type Shape4D = [number, number, number, number];

/** By tensor axis: which of Caffe's it is. */
const CAFFE_AXES = [0, 2, 3, 1] as const;
/** By Caffe's axis: which of the tensor's it is. */
const TENSOR_AXES = [0, 3, 1, 2] as const;

/** Caffe's axis counted from the front. */
export const canonicalAxis = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis);

/** The tensor's axis for one of Caffe's, which may count from the end of the blob's own axes. */
export function tensorAxis(axis: number, blob: BlobShape): number {
  return TENSOR_AXES[canonicalAxis(axis, blob.length)]!;
}

/** What a number per Caffe axis is per tensor axis. */
export function byTensorAxis<T>(at: (caffeAxis: number) => T): [T, T, T, T] {
  return CAFFE_AXES.map(at) as [T, T, T, T];
}

/** The tensor of a blob. */
export function tensorShape(blob: BlobShape): Shape4D {
  return byTensorAxis((axis) => blob[axis] ?? 1);
}

/** The same numbers in Caffe's order, N x C x H x W; what follows may read them as any shape. */
export function toCaffeOrder(x: tf.Tensor4D): tf.Tensor4D {
  const [, h, w, c] = x.shape;
  // With one pixel or one channel both orders are the same.
  if (c === 1 || h * w === 1) return x.reshape([x.shape[0], c, h, w]);
  return tf.transpose(x, [0, 3, 1, 2]);
}

/** The inverse: numbers in Caffe's order as the tensor of a blob. */
export function fromCaffeOrder(x: tf.Tensor, blob: BlobShape): tf.Tensor4D {
  const [n, h, w, c] = tensorShape(blob);
  if (c === 1 || h * w === 1) return x.reshape([n, h, w, c]);
  return tf.transpose(x.reshape<tf.Tensor4D>([n, c, h, w]), [0, 2, 3, 1]);
}
