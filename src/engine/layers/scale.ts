// Scale and Bias: y = x * factor + bias, the factor repeated along the axes it does not cover (Caffe, scale_layer.cpp, bias_layer.cpp).
// Factor and bias are learned, or the second bottom is what is multiplied by or added.
import * as tf from '@tensorflow/tfjs';
import { canonicalAxis } from '../../nets/shapes';
import type { BiasSpec, BlobShape, ScaleSpec } from '../../nets/spec';
import { fromCaffeOrder, tensorShape, toCaffeOrder } from './axes';
import { toBottoms } from './gradients';
import type { LayerOps, LayerShapes } from './layer';
import { sumTo } from './sums';

/** A factor's shape with ones for the axes of the first bottom that it does not cover. */
function spreadShape({ axis }: ScaleSpec | BiasSpec, factor: BlobShape, bottom: BlobShape): BlobShape {
  // A factor without axes is one number for all.
  const first = factor.length === 0 ? 0 : canonicalAxis(axis, bottom.length);
  return [0, 1, 2, 3].map((at) => factor[at - first] ?? 1);
}

/** What the first bottom is multiplied by or added to, the second bottom or the first learned blob, as a tensor that broadcasts over it. */
function operand(
  spec: ScaleSpec | BiasSpec,
  { bottoms }: LayerShapes,
  second: tf.Tensor4D | null | undefined,
  [learned]: tf.Tensor[],
): tf.Tensor4D {
  if (bottoms.length === 1) return spread(spec, bottoms[0]!, learned!);
  return fromCaffeOrder(toCaffeOrder(second!), spreadShape(spec, bottoms[1]!, bottoms[0]!));
}

/** A learned blob as a tensor that broadcasts over the first bottom. */
const spread = (spec: ScaleSpec | BiasSpec, bottom: BlobShape, learned: tf.Tensor): tf.Tensor4D =>
  fromCaffeOrder(learned, spreadShape(spec, learned.shape, bottom));

/** The adjoint of both: a gradient summed to a factor's shape, in Caffe's order. */
const gather = (spec: ScaleSpec | BiasSpec, bottom: BlobShape, dy: tf.Tensor4D, factor: BlobShape) =>
  toCaffeOrder(sumTo(dy, tensorShape(spreadShape(spec, factor, bottom))));

export const scale: LayerOps<ScaleSpec> = {
  forward: (spec, [x, second], params, _pass, shapes) => ({
    tops: [
      tf.tidy(() => {
        const scaled = tf.mul<tf.Tensor4D>(x!, operand(spec, shapes, second, params));
        return spec.biasTerm
          ? tf.add<tf.Tensor4D>(scaled, spread(spec, shapes.bottoms[0]!, params.at(-1)!))
          : scaled;
      }),
    ],
  }),

  backward(spec, { bottoms: [x, second], shapes }, [dTop], params, wants) {
    const dy = dTop!;
    const [bottom, factor] = shapes.bottoms;
    const ofFactor = (shape: BlobShape) => gather(spec, bottom!, tf.mul(dy, x!), shape);
    const { bottoms } = toBottoms(wants, (i) =>
      i === 0
        ? tf.mul(dy, operand(spec, shapes, second, params))
        : fromCaffeOrder(ofFactor(factor!), factor!),
    );
    const ofParam = ({ shape }: tf.Tensor, i: number) =>
      (i === 0 && !factor ? ofFactor(shape) : gather(spec, bottom!, dy, shape)).reshape(shape);
    return { bottoms, params: wants.params ? tf.tidy(() => params.map(ofParam)) : [] };
  },
};

export const bias: LayerOps<BiasSpec> = {
  forward: (spec, [x, second], params, _pass, shapes) => ({
    tops: [tf.tidy(() => tf.add<tf.Tensor4D>(x!, operand(spec, shapes, second, params)))],
  }),

  backward(spec, { shapes }, [dTop], params, wants) {
    const dy = dTop!;
    const [bottom, added] = shapes.bottoms;
    const { bottoms } = toBottoms(wants, (i) =>
      i === 0 ? dy.clone() : fromCaffeOrder(gather(spec, bottom!, dy, added!), added!),
    );
    const ofParam = ({ shape }: tf.Tensor) => gather(spec, bottom!, dy, shape).reshape(shape);
    return { bottoms, params: wants.params ? tf.tidy(() => params.map(ofParam)) : [] };
  },
};
