// What backward gives, for layers without parameters.
import * as tf from '@tensorflow/tfjs';
import type { Wants } from '../../nets/plan/plan';
import type { Gradients } from './layer';

/** The gradient of each bottom that wants one; `gradient` must make a new tensor. */
export function toBottoms(wants: Wants, gradient: (i: number) => tf.Tensor4D): Gradients {
  const bottoms = wants.bottoms.map((wanted, i) => (wanted ? tf.tidy(() => gradient(i)) : null));
  return { bottoms, params: [] };
}

/** As toBottoms, where only the first bottom has a gradient. */
export function toBottom({ bottoms, params }: Wants, gradient: () => tf.Tensor4D): Gradients {
  return toBottoms({ bottoms: bottoms.map((wanted, i) => wanted && i === 0), params }, gradient);
}
