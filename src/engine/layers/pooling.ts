// Pooling by maximum (a tie goes to the first) or average (Caffe, pooling_layer.cpp). The sizes, with Caffe's rounding, come with the shapes.
import * as tf from '@tensorflow/tfjs';
import type { PoolingSpec } from '../../nets/spec';
import { runsOurs } from '../kernels/runs-ours';
import { averageWindows, averageWindowsGradient } from './average';
import { toBottom } from './gradients';
import type { LayerOps, LayerShapes } from './layer';
import { straight, turned, type PoolAttributes, type Windows } from './windows';

function windowsOf(spec: PoolingSpec, { bottoms, tops }: LayerShapes): Windows {
  const [, , height, width] = bottoms[0]!;
  const input = [height!, width!] as const;
  const output = [tops[0]![2]!, tops[0]![3]!] as const;
  if (spec.global) return { kernel: input, stride: [1, 1], pad: [0, 0], input, output };
  const { kernel, stride, pad } = spec;
  return {
    kernel: [kernel[0], kernel[1]],
    stride: [stride[0], stride[1]],
    pad: [pad[0], pad[1]],
    input,
    output,
  };
}

function maximumGradient(x: tf.Tensor4D, y: tf.Tensor4D, dTop: tf.Tensor4D, windows: Windows): tf.Tensor4D {
  const run = (dy: tf.Tensor4D, input: tf.Tensor4D, output: tf.Tensor4D, attrs: PoolAttributes) =>
    tf.engine().runKernel<tf.Tensor4D>('MaxPoolGrad', { dy, input, output }, attrs);
  if (tf.getBackend() === 'cpu' || runsOurs('MaxPoolGrad')) return run(dTop, x, y, straight(windows));
  // The stock GPU kernels give a tie to the last maximum; turned by 180 degrees, the last is the first.
  const turn = (tensor: tf.Tensor4D) => tf.reverse4d(tensor, [1, 2]);
  return turn(run(turn(dTop), turn(x), turn(y), turned(windows)));
}

export const pooling: LayerOps<PoolingSpec> = {
  forward(spec, [bottom], _params, _pass, shapes) {
    const x = bottom!;
    const windows = windowsOf(spec, shapes);
    if (spec.pool === 'AVE') return { tops: [averageWindows(x, windows)] };
    return { tops: [tf.engine().runKernel<tf.Tensor4D>('MaxPool', { x }, straight(windows))] };
  },

  backward: (spec, { bottoms: [x], tops: [y], shapes }, [dy], _params, wants) =>
    toBottom(wants, () => {
      const windows = windowsOf(spec, shapes);
      return spec.pool === 'AVE'
        ? averageWindowsGradient(dy!, x!, windows)
        : maximumGradient(x!, y!, dy!, windows);
    }),
};
