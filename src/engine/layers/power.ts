// Power: y = (shift + scale * x)^power (Caffe, power_layer.cpp).
// dy/dx = power * scale * (shift + scale * x)^(power - 1); Caffe divides y by its base instead, and so has no number where that is 0.
import * as tf from '@tensorflow/tfjs';
import type { PowerSpec } from '../../nets/spec';
import { toBottom } from './gradients';
import type { LayerOps } from './layer';

/** With power or scale 0 the bottom does not matter, and no gradient passes. */
const isConstant = ({ power, scale }: PowerSpec) => power * scale === 0;

function affine(x: tf.Tensor4D, scale: number, shift: number): tf.Tensor4D {
  const scaled = scale === 1 ? x : tf.mul<tf.Tensor4D>(x, scale);
  return shift === 0 ? scaled : tf.add<tf.Tensor4D>(scaled, shift);
}

function raise(x: tf.Tensor4D, power: number): tf.Tensor4D {
  if (power === 1) return x;
  // A GPU's pow is exp2(p * log2 x), which loses digits and has no value for a negative base.
  return power === 2 ? tf.square(x) : tf.pow<tf.Tensor4D>(x, power);
}

export const power: LayerOps<PowerSpec> = {
  forward(spec, [bottom]) {
    const x = bottom!;
    if (isConstant(spec))
      return { tops: [tf.fill(x.shape, spec.power === 0 ? 1 : spec.shift ** spec.power)] };
    // The clone is for the identity, whose top would be the bottom itself.
    return { tops: [tf.tidy(() => raise(affine(x, spec.scale, spec.shift), spec.power).clone())] };
  },

  backward: (spec, { bottoms: [x] }, [dy], _params, wants) =>
    toBottom(wants, () => {
      if (isConstant(spec)) return tf.zerosLike(dy!);
      const outer = tf.mul<tf.Tensor4D>(dy!, spec.power * spec.scale);
      if (spec.power === 1) return outer;
      return tf.mul(outer, raise(affine(x!, spec.scale, spec.shift), spec.power - 1));
    }),
};
