// Local response normalization (Caffe, lrn_layer.cpp), with n = local_size.
// Across channels: y = x / (k + alpha / n * sum of x^2 over n channels)^beta. Within a channel: y = x / (1 + alpha * a)^beta, where a is the
// average of x^2 over n x n pixels as the pooling layer takes it, borders included; k does not count there.
import * as tf from '@tensorflow/tfjs';
import type { LrnSpec } from '../../nets/spec';
import { averageWindows, averageWindowsGradient } from './average';
import { toBottom } from './gradients';
import type { LayerOps } from './layer';
import type { Windows } from './windows';

/** TensorFlow.js does not divide alpha by the number of channels, Caffe does. */
function attributes({ localSize, alpha, beta, k }: LrnSpec) {
  return { depthRadius: (localSize - 1) / 2, bias: k, alpha: alpha / localSize, beta };
}

function windowsOf({ localSize }: LrnSpec, [, height, width]: readonly number[]): Windows {
  const pad = (localSize - 1) / 2;
  const size = [height!, width!] as const;
  return { kernel: [localSize, localSize], stride: [1, 1], pad: [pad, pad], input: size, output: size };
}

/** 1 + alpha * a */
function baseWithin(spec: LrnSpec, x: tf.Tensor4D): tf.Tensor4D {
  const average = averageWindows(tf.square(x), windowsOf(spec, x.shape));
  return tf.add(tf.mul(average, spec.alpha), 1);
}

/** dx = dy * base^-beta + 2 x * (the average's gradient for d(base) * alpha), where d(base) = -beta * dy * x * base^(-beta - 1). */
function gradientWithin(spec: LrnSpec, x: tf.Tensor4D, dy: tf.Tensor4D): tf.Tensor4D {
  const base = baseWithin(spec, x);
  const direct = tf.mul<tf.Tensor4D>(dy, tf.pow(base, -spec.beta));
  const dAverage = tf.mul<tf.Tensor4D>(tf.div(tf.mul(direct, x), base), -spec.beta * spec.alpha);
  const dSquares = averageWindowsGradient(dAverage, x, windowsOf(spec, x.shape));
  return tf.add(direct, tf.mul(tf.mul(dSquares, x), 2));
}

export const lrn: LayerOps<LrnSpec> = {
  forward(spec, [bottom]) {
    const x = bottom!;
    const top =
      spec.region === 'ACROSS_CHANNELS'
        ? tf.engine().runKernel<tf.Tensor4D>('LRN', { x }, attributes(spec))
        : tf.tidy(() => tf.mul<tf.Tensor4D>(x, tf.pow(baseWithin(spec, x), -spec.beta)));
    return { tops: [top] };
  },

  backward: (spec, { bottoms: [x], tops: [y] }, [dy], _params, wants) =>
    toBottom(wants, () =>
      spec.region === 'ACROSS_CHANNELS'
        ? tf.engine().runKernel('LRNGrad', { x: x!, y: y!, dy: dy! }, attributes(spec))
        : gradientWithin(spec, x!, dy!),
    ),
};
