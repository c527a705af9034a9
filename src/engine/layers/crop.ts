// Crop: the part of the first bottom, from the offset on, that has the second bottom's size (Caffe, crop_layer.cpp).
import * as tf from '@tensorflow/tfjs';
import { canonicalAxis, cropOffset } from '../../nets/shapes';
import type { BlobShape, CropSpec } from '../../nets/spec';
import { byTensorAxis, tensorShape } from './axes';
import type { LayerOps } from './layer';

function begin({ axis, offset }: CropSpec, bottom: BlobShape) {
  const first = canonicalAxis(axis, bottom.length);
  return byTensorAxis((at) => (at < first || at >= bottom.length ? 0 : cropOffset(offset, at, first)));
}

export const crop: LayerOps<CropSpec> = {
  forward: (spec, [x], _params, _pass, { bottoms, tops }) => ({
    tops: [tf.slice4d(x!, begin(spec, bottoms[0]!), tensorShape(tops[0]!))],
  }),
  backward(spec, { shapes }, [dTop], _params, wants) {
    if (!wants.bottoms[0]) return { bottoms: [null, null], params: [] };
    const length = tensorShape(shapes.bottoms[0]!);
    const sides = begin(spec, shapes.bottoms[0]!).map((from, i) => [
      from,
      length[i]! - dTop!.shape[i]! - from,
    ]);
    return { bottoms: [tf.pad4d(dTop!, sides as Parameters<typeof tf.pad4d>[1]), null], params: [] };
  },
};
