// Eltwise: sum with coefficients, product or maximum of several blobs, value by value (Caffe, eltwise_layer.cpp).
import * as tf from '@tensorflow/tfjs';
import type { EltwiseSpec } from '../../nets/spec';
import { toBottoms } from './gradients';
import type { LayerOps } from './layer';

const coefficient = ({ coefficients }: EltwiseSpec, i: number) => coefficients[i] ?? 1;

const times = (x: tf.Tensor4D, factor: number) => (factor === 1 ? x : tf.mul<tf.Tensor4D>(x, factor));

const productOf = (blobs: tf.Tensor4D[]) => blobs.reduce((all, x) => tf.mul(all, x));

/**
 * The maximum and, as numbers, which bottom it is from. Between the first two a tie goes to the second, as in Caffe; from there on a
 * later bottom wins only if it is larger.
 */
function maximumOf([first, ...rest]: tf.Tensor4D[]): [maximum: tf.Tensor4D, winner: tf.Tensor4D] {
  let maximum = first!;
  let winner = tf.zerosLike(first!);
  rest.forEach((x, i) => {
    const isLarger = i === 0 ? tf.sub(1, tf.step(tf.sub(maximum, x))) : tf.step(tf.sub(x, maximum));
    winner = tf.add(winner, tf.mul(isLarger, tf.sub(i + 1, winner)));
    maximum = tf.maximum(maximum, x);
  });
  return [maximum, winner];
}

export const eltwise: LayerOps<EltwiseSpec> = {
  forward(spec, bottoms) {
    const blobs = bottoms as tf.Tensor4D[];
    if (spec.operation === 'MAX') {
      const [maximum, winner] = tf.tidy(() => maximumOf(blobs));
      return { tops: [maximum], extra: [winner] };
    }
    const top = tf.tidy(() =>
      spec.operation === 'PROD'
        ? productOf(blobs)
        : blobs.map((x, i) => times(x, coefficient(spec, i))).reduce((sum, x) => tf.add(sum, x)),
    );
    return { tops: [top] };
  },

  backward: (spec, { bottoms, extra: [winner] }, [dTop], _params, wants) =>
    toBottoms(wants, (i) => {
      const dy = dTop!;
      if (spec.operation === 'SUM') return times(dy, coefficient(spec, i)).clone();
      if (spec.operation === 'PROD') {
        const others = (bottoms as tf.Tensor4D[]).filter((_, k) => k !== i);
        return tf.mul(dy, productOf(others));
      }
      return tf.mul(dy, tf.cast(tf.equal(winner!, i), 'float32'));
    }),
};
