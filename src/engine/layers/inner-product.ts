// InnerProduct: every output is a weighted sum of all inputs from `axis` on, counted in Caffe's order C, H, W (inner_product_layer.cpp).
// The weights stay as Caffe keeps them, outputs x inputs (or inputs x outputs with `transpose`). The activations are put into Caffe's order
// instead: a batch of them is far smaller than the weights, and the weights' gradient and solver state need no second layout.
import * as tf from '@tensorflow/tfjs';
import { canonicalAxis, product } from '../../nets/shapes';
import type { BlobShape, InnerProductSpec } from '../../nets/spec';
import { fromCaffeOrder, toCaffeOrder } from './axes';
import type { LayerOps } from './layer';
import { sumOfPixels } from './sums';

/** One row per item before `axis`. */
function toRows(x: tf.Tensor4D, spec: InnerProductSpec, blob: BlobShape): tf.Tensor2D {
  const axis = canonicalAxis(spec.axis, blob.length);
  return toCaffeOrder(x).reshape([product(blob.slice(0, axis)), product(blob.slice(axis))]);
}

/** a b for a large weight a, or b^T a^T: products of the plain form are the fast ones on wasm, so it is the small side that is transposed. */
const timesTransposed = (weight: tf.Tensor2D, rows: tf.Tensor2D): tf.Tensor2D =>
  tf.transpose(tf.matMul(weight, tf.transpose(rows)));

export const innerProduct: LayerOps<InnerProductSpec> = {
  forward: (spec, [bottom], [weight, bias], _pass, shapes) => ({
    tops: [
      tf.tidy(() => {
        const x = toRows(bottom!, spec, shapes.bottoms[0]!);
        const w = weight as tf.Tensor2D;
        const y = spec.transpose ? tf.matMul(x, w) : timesTransposed(w, x);
        return fromCaffeOrder(bias ? tf.add(y, bias) : y, shapes.tops[0]!);
      }),
    ],
  }),

  backward(spec, { bottoms: [bottom], shapes }, [dTop], [weight], wants) {
    const w = weight as tf.Tensor2D;
    const rowsOfTop = () => {
      const dy = toCaffeOrder(dTop!);
      return dy.reshape<tf.Tensor2D>([dy.size / spec.numOutput, spec.numOutput]);
    };
    const params = wants.params
      ? tf.tidy(() => {
          const x = toRows(bottom!, spec, shapes.bottoms[0]!);
          const dy = rowsOfTop();
          const gradient = spec.transpose
            ? tf.matMul(tf.transpose(x), dy)
            : tf.matMul<tf.Tensor2D>(tf.transpose(dy), x);
          return spec.biasTerm
            ? [gradient, sumOfPixels(dy.reshape([dy.shape[0], 1, 1, spec.numOutput]))]
            : [gradient];
        })
      : [];
    const dBottom = wants.bottoms[0]
      ? tf.tidy(() => {
          const dy = rowsOfTop();
          const dx = spec.transpose ? timesTransposed(w, dy) : tf.matMul(dy, w);
          return fromCaffeOrder(dx, shapes.bottoms[0]!);
        })
      : null;
    return { bottoms: [dBottom], params };
  },
};
