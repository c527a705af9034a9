// Concat joins blobs along an axis, Slice cuts one along an axis (Caffe, concat_layer.cpp, slice_layer.cpp): each is the other's gradient.
import * as tf from '@tensorflow/tfjs';
import type { BlobShape, ConcatSpec, SliceSpec } from '../../nets/spec';
import { tensorAxis, tensorShape, type Shape4D } from './axes';
import { toBottom, toBottoms } from './gradients';
import type { LayerOps } from './layer';

/** The i-th of the parts whose shapes are given. */
function part(x: tf.Tensor4D, axis: number, parts: readonly BlobShape[], i: number): tf.Tensor4D {
  const begin: Shape4D = [0, 0, 0, 0];
  begin[axis] = parts.slice(0, i).reduce((sum, blob) => sum + tensorShape(blob)[axis]!, 0);
  return tf.slice4d(x, begin, tensorShape(parts[i]!));
}

export const concat: LayerOps<ConcatSpec> = {
  forward: ({ axis }, bottoms, _params, _pass, { tops }) => ({
    tops: [tf.concat4d(bottoms as tf.Tensor4D[], tensorAxis(axis, tops[0]!))],
  }),
  backward: ({ axis }, { shapes }, [dy], _params, wants) =>
    toBottoms(wants, (i) => part(dy!, tensorAxis(axis, shapes.tops[0]!), shapes.bottoms, i)),
};

export const slice: LayerOps<SliceSpec> = {
  forward: ({ axis }, [x], _params, _pass, { bottoms, tops }) => ({
    tops: tops.map((_, i) => part(x!, tensorAxis(axis, bottoms[0]!), tops, i)),
  }),
  backward: ({ axis }, { shapes }, dTops, _params, wants) =>
    toBottom(wants, () => {
      const parts = dTops.map((dy, i) => dy ?? tf.zeros<tf.Rank.R4>(tensorShape(shapes.tops[i]!)));
      return tf.concat4d(parts, tensorAxis(axis, shapes.bottoms[0]!));
    }),
};
