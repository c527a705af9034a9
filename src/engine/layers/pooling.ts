// Max pooling; a tie goes to the first maximum (Caffe, pooling_layer.cpp). The sizes, with Caffe's rounding, come with the shapes.
import * as tf from '@tensorflow/tfjs';
import type { PoolingSpec } from '../../nets/spec';
import { toBottom } from './gradients';
import type { LayerOps, LayerShapes } from './layer';

/** Padding that makes the windows fit exactly, so that every backend's kernel gets Caffe's size without a rounding mode. */
function attributes(spec: PoolingSpec, { bottoms: [bottom], tops: [top] }: LayerShapes) {
  const at = (axis: 0 | 1) => {
    const [input, length] = [bottom![2 + axis]!, top![2 + axis]!];
    if (spec.global) return { kernel: input, stride: 1, sides: [0, 0] as [number, number] };
    const [kernel, stride, pad] = [spec.kernel[axis], spec.stride[axis], spec.pad[axis]];
    // Negative where rounding down leaves the last rows to no window.
    const after = (length - 1) * stride + kernel - input - pad;
    return { kernel, stride, sides: [pad, after] as [number, number] };
  };
  const [vertical, horizontal] = [at(0), at(1)];
  const attrs = (tops: [number, number], lefts: [number, number]) => ({
    filterSize: [vertical.kernel, horizontal.kernel] as [number, number],
    strides: [vertical.stride, horizontal.stride] as [number, number],
    pad: [[0, 0], tops, lefts, [0, 0]] as unknown as tf.backend_util.ExplicitPadding,
    dimRoundingMode: 'floor' as const,
  });
  const turned = ([before, after]: [number, number]): [number, number] => [after, before];
  return {
    straight: attrs(vertical.sides, horizontal.sides),
    reversed: attrs(turned(vertical.sides), turned(horizontal.sides)),
  };
}

export const pooling: LayerOps<PoolingSpec> = {
  keeps: () => ({ bottoms: true, tops: true }),

  forward(spec, [x], _params, _pass, shapes) {
    const { straight } = attributes(spec, shapes);
    return { tops: [tf.engine().runKernel<tf.Tensor4D>('MaxPool', { x: x! }, straight)] };
  },

  backward(spec, { bottoms: [x], tops: [y], shapes }, [dTop], _params, wants) {
    const { straight, reversed } = attributes(spec, shapes);
    const run = (dy: tf.Tensor4D, input: tf.Tensor4D, output: tf.Tensor4D, attrs: typeof straight) =>
      tf.engine().runKernel<tf.Tensor4D>('MaxPoolGrad', { dy, input, output }, attrs);
    const backend = tf.getBackend();
    if (backend === 'cpu' || backend === 'wasm') return toBottom(wants, () => run(dTop!, x!, y!, straight));
    // The stock GPU kernels give a tie to the last maximum; turned by 180 degrees, the last is the first.
    const turn = (tensor: tf.Tensor4D) => tf.reverse4d(tensor, [1, 2]);
    return toBottom(wants, () => turn(run(turn(dTop!), turn(x!), turn(y!), reversed)));
  },
};
