// Crop: the part of the first bottom, from the offset on, that has the second bottom's size (Caffe, crop_layer.cpp).
import * as tf from '@tensorflow/tfjs';
import { cropOffset } from '../../nets/shapes';
import type { CropSpec } from '../../nets/spec';
import type { LayerOps } from './layer';

/** Caffe's axes are N, C, H, W; the tensors' are N, H, W, C. */
const caffeAxis = [0, 2, 3, 1] as const;

function begin({ axis, offset }: CropSpec): [number, number, number, number] {
  const at = (caffe: number) => (caffe < axis ? 0 : cropOffset(offset, caffe, axis));
  return caffeAxis.map(at) as [number, number, number, number];
}

export const crop: LayerOps<CropSpec> = {
  keeps: () => ({ bottom: false, top: false }),
  forward(spec, [x, like]) {
    const size = x!.shape.map((length, i) => (caffeAxis[i]! < spec.axis ? length : like!.shape[i]!));
    return { top: tf.slice4d(x!, begin(spec), size as [number, number, number, number]) };
  },
  backward(spec, { bottomShape }, dTop, _params, wants) {
    if (!wants.bottom) return { bottom: null, params: [] };
    const sides = begin(spec).map((from, i) => [from, bottomShape[i]! - dTop!.shape[i]! - from]);
    return { bottom: tf.pad4d(dTop!, sides as Parameters<typeof tf.pad4d>[1]), params: [] };
  },
};
