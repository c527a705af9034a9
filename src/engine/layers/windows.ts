// Windows that move over an image, as the stock pooling kernels take them. The output's size, with Caffe's rounding, is given.
import type * as tf from '@tensorflow/tfjs';
import type { Pair } from '../../nets/spec';
import type { Shape4D } from './axes';

export interface Windows {
  kernel: Pair;
  stride: Pair;
  pad: Pair;
  /** Height and width of the image, and how many windows there are each way. */
  input: Pair;
  output: Pair;
}

export interface PoolAttributes extends tf.NamedAttrMap {
  filterSize: [number, number];
  strides: [number, number];
  pad: number[][];
  dimRoundingMode: 'floor';
}

type Sides = [before: number, after: number];

/** Padding that the windows fill exactly, so that no kernel has to round. Negative after them where rounding down leaves rows to no window. */
function sides({ kernel, stride, pad, input, output }: Windows, axis: 0 | 1): Sides {
  const end = (output[axis] - 1) * stride[axis] + kernel[axis] - pad[axis];
  return [pad[axis], end - input[axis]];
}

function attributes({ kernel, stride }: Windows, rows: Sides, columns: Sides): PoolAttributes {
  return {
    filterSize: [kernel[0], kernel[1]],
    strides: [stride[0], stride[1]],
    pad: [[0, 0], rows, columns, [0, 0]],
    dimRoundingMode: 'floor',
  };
}

/** For the image as it is. What no window reaches is left to the rounding, because wasm takes no negative padding. */
export function straight(windows: Windows): PoolAttributes {
  const clipped = ([before, after]: Sides): Sides => [before, Math.max(0, after)];
  return attributes(windows, clipped(sides(windows, 0)), clipped(sides(windows, 1)));
}

/** For the image turned by 180 degrees. */
export function turned(windows: Windows): PoolAttributes {
  const swapped = ([before, after]: Sides): Sides => [after, before];
  return attributes(windows, swapped(sides(windows, 0)), swapped(sides(windows, 1)));
}

export const outputShape = ({ output }: Windows, [n, , , c]: readonly number[]): Shape4D => [
  n!,
  output[0],
  output[1],
  c!,
];
