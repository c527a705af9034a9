// The momentum step of one parameter (Caffe, sgd_solver.cpp): v <- m v + r (g + d w); w <- w - v.
import * as tf from '@tensorflow/tfjs';
import type { SgdUpdateAttrs } from './kernels/host/sgd-update';
import { replaceValue, replaceVelocity, type Parameter } from './parameters';

export interface SolverRates {
  learningRate: number;
  momentum: number;
  weightDecay: number;
}

/** Replaces the parameter's value and velocity; the gradient stays the caller's. */
export function updateParameter(parameter: Parameter, gradient: tf.Tensor, rates: SolverRates): void {
  const attrs: SgdUpdateAttrs = {
    momentum: rates.momentum,
    rate: rates.learningRate * parameter.lrMult,
    decay: rates.weightDecay * parameter.decayMult,
  };
  const weight = parameter.value;
  const velocity = parameter.velocity ?? tf.zerosLike(weight);
  const [newWeight, newVelocity] = tf.getKernel('SgdUpdate', tf.getBackend())
    ? tf.engine().runKernel<[tf.Tensor, tf.Tensor]>(
        'SgdUpdate',
        { weight, velocity, gradient },
        {
          ...attrs,
        },
      )
    : composedUpdate(weight, velocity, gradient, attrs);
  // The first update's zeros are not the parameter's.
  if (!parameter.velocity) velocity.dispose();
  replaceValue(parameter, newWeight);
  replaceVelocity(parameter, newVelocity);
}

function composedUpdate(
  weight: tf.Tensor,
  velocity: tf.Tensor,
  gradient: tf.Tensor,
  { momentum, rate, decay }: SgdUpdateAttrs,
): [tf.Tensor, tf.Tensor] {
  return tf.tidy(() => {
    const total = decay === 0 ? gradient : gradient.add(weight.mul(decay));
    const next = velocity.mul(momentum).add(total.mul(rate));
    return [weight.sub(next), next];
  });
}
