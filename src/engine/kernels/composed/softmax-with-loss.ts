// The softmax loss out of stock kernels, for backends without a kernel of ours (webgl, webgpu); see ../pixel-loss.ts.
import * as tf from '@tensorflow/tfjs';
import { diceClasses, NEAR_CERTAIN, type PixelLossAttrs } from '../pixel-loss';

/** Per pixel: probabilities N x C, and one-hot labels, a row of zeros for a label outside the classes. */
interface Pixels {
  p: tf.Tensor2D;
  truth: tf.Tensor2D;
}

/** scores N x H x W x C gives [loss (scalar), gradient N x H x W x C]. */
export function composedSoftmaxWithLoss(
  scores: tf.Tensor4D,
  attrs: PixelLossAttrs,
): [tf.Tensor, tf.Tensor4D] {
  const { labels, gamma, dice } = attrs;
  return tf.tidy(() => {
    const classes = scores.shape[3];
    const rows = scores.reshape<tf.Tensor2D>([labels.length, classes]);
    const truth = tf.oneHot(tf.tensor1d(Int32Array.from(labels), 'int32'), classes).toFloat() as tf.Tensor2D;
    const shifted = rows.sub(rows.max(1, true));
    const exponentials = shifted.exp();
    const sums = exponentials.sum(1, true);
    const p = exponentials.div<tf.Tensor2D>(sums);
    const plain = sums.log().sub(shifted.mul(truth).sum(1, true));
    const weights = perPixel(attrs, (label) => attrs.scale * (attrs.classWeights?.[label] ?? 1));
    const { focus, slope } = gamma ? focal({ p, truth }, plain, gamma) : { focus: null, slope: null };
    const losses = plain.mul(weights);
    const loss = (focus ? losses.mul(focus) : losses).sum();
    const gradient = p.sub(truth).mul<tf.Tensor2D>(slope ? weights.mul(slope) : weights);
    const like = (values: tf.Tensor) => values.reshape<tf.Tensor4D>(scores.shape);
    if (!dice) return [loss, like(gradient)];
    const [diceLoss, diceGradient] = composedDice({ p, truth }, attrs, classes);
    return [loss.add(diceLoss), like(gradient.add(diceGradient))];
  });
}

/** A column with a value for each pixel, 0 where it does not count. */
const perPixel = ({ labels, ignoreLabel }: PixelLossAttrs, of: (label: number) => number) =>
  tf.tensor2d(
    Float32Array.from(labels, (label) => (label === ignoreLabel ? 0 : of(label))),
    [labels.length, 1],
  );

/** (1 - p[y])^gamma, and f / w. */
function focal({ p, truth }: Pixels, loss: tf.Tensor, gamma: number): { focus: tf.Tensor; slope: tf.Tensor } {
  const q = p.mul(tf.scalar(1).sub(truth)).sum(1, true);
  const series = q.div(4).add(1 / 3).mul(q).add(1 / 2).mul(q).add(1); // prettier-ignore
  const r = tf.where(q.less(NEAR_CERTAIN), series, loss.div(q.maximum(NEAR_CERTAIN)));
  const focus = q.pow(gamma);
  const own = p.mul(truth).sum(1, true);
  return { focus, slope: focus.mul(own.mul(r).mul(gamma).add(1)) };
}

/** The Dice loss and its gradient for the scores, N x C. */
function composedDice({ p, truth }: Pixels, attrs: PixelLossAttrs, classes: number): [tf.Tensor, tf.Tensor] {
  const known = diceClasses(attrs, classes);
  const row = (values: number[]) => tf.tensor2d(values, [1, classes]);
  const share = row(known.share).mul(attrs.dice);
  const counts = perPixel(attrs, () => 1);
  const counted = p.mul(counts);
  const both = counted.sum(0, true).add(row(known.truth));
  const overlap = counted.mul(truth).sum(0, true).mul(2).div(both);
  const slope = truth.mul(share.mul(-2).div(both)).add(share.mul(overlap).div(both));
  const mean = p.mul(slope).sum(1, true);
  return [share.mul(tf.scalar(1).sub(overlap)).sum(), slope.sub(mean).mul(counted)];
}
