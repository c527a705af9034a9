// Max pooling with Caffe's rounding: sizes round up, a window that would begin in the padding is dropped, a tie goes to the first maximum.
import * as tf from '@tensorflow/tfjs';
import { pooledLength } from '../../nets/shapes';
import type { PoolingSpec } from '../../nets/spec';
import type { LayerOps } from './layer';

/** Padding that makes the windows fit exactly, so that every backend's kernel gets Caffe's size without a rounding mode. */
function attributes({ kernel, stride, pad }: PoolingSpec, [, h, w]: readonly number[]) {
  const sides = (input: number, axis: 0 | 1): [number, number] => {
    const length = pooledLength(input, kernel[axis], stride[axis], pad[axis]);
    return [pad[axis], (length - 1) * stride[axis] + kernel[axis] - input - pad[axis]];
  };
  const [vertical, horizontal] = [sides(h!, 0), sides(w!, 1)];
  const attrs = (tops: [number, number], lefts: [number, number]) => ({
    filterSize: [...kernel] as [number, number],
    strides: [...stride] as [number, number],
    pad: [[0, 0], tops, lefts, [0, 0]] as unknown as tf.backend_util.ExplicitPadding,
    dimRoundingMode: 'floor' as const,
  });
  return {
    straight: attrs(vertical, horizontal),
    reversed: attrs([vertical[1], vertical[0]], [horizontal[1], horizontal[0]]),
  };
}

export const pooling: LayerOps<PoolingSpec> = {
  keeps: () => ({ bottom: true, top: true }),

  forward(spec, [bottom]) {
    const x = bottom!;
    const { straight } = attributes(spec, x.shape);
    return {
      top: tf.engine().runKernel<tf.Tensor4D>('MaxPool', { x }, straight),
    };
  },

  backward(spec, { bottom, top }, dTop, _params, wants) {
    if (!wants.bottom) return { bottom: null, params: [] };
    const { straight, reversed } = attributes(spec, bottom!.shape);
    const run = (dy: tf.Tensor4D, input: tf.Tensor4D, output: tf.Tensor4D, attrs: typeof straight) =>
      tf.engine().runKernel<tf.Tensor4D>('MaxPoolGrad', { dy, input, output }, attrs);
    const backend = tf.getBackend();
    if (backend === 'cpu' || backend === 'wasm')
      return { bottom: run(dTop!, bottom!, top!, straight), params: [] };
    // The stock GPU kernels give a tie to the last maximum; turned by 180 degrees, the last is the first.
    const turn = (x: tf.Tensor4D) => tf.reverse4d(x, [1, 2]);
    return { bottom: tf.tidy(() => turn(run(turn(dTop!), turn(bottom!), turn(top!), reversed))), params: [] };
  },
};
