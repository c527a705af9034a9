// Scores that a deconvolution with a kernel per class makes of coarse ones, computed where they are needed.
//
//   s[p, c] = sum over coarse q that reach p of x[q, c] * w[c, p - q]
import type * as tf from '@tensorflow/tfjs';
import { ceilDiv, work } from './program';
import { reaching } from './reaching';

export interface Inputs {
  scores: tf.TensorInfo;
  weight: tf.TensorInfo;
}

export interface Shape {
  batch: number;
  coarse: readonly [height: number, width: number];
  classes: number;
  kernel: readonly [height: number, width: number];
  stride: readonly [number, number];
  pad: readonly [number, number];
  out: readonly [height: number, width: number];
}

export const plain = (name: string) => ({ name, width: 1 as const });

/** WGSL: a function `score` of image, place (with the padding) and class; and one of a pixel's number and class. */
export function scoreOf({ coarse, classes, kernel, stride, out, pad }: Shape): string {
  const [firstRow, lastRow] = reaching('row', coarse[0], kernel[0], stride[0]);
  const [firstColumn, lastColumn] = reaching('column', coarse[1], kernel[1], stride[1]);
  return `
fn score(image : i32, row : i32, column : i32, channel : i32) -> f32 {
  var sum = 0f;
  for (var h = ${firstRow}; h <= ${lastRow}; h++) {
    for (var w = ${firstColumn}; w <= ${lastColumn}; w++) {
      let tap = (channel * ${kernel[0]} + row - h * ${stride[0]}) * ${kernel[1]} + column - w * ${stride[1]};
      sum += scores[((image * ${coarse[0]} + h) * ${coarse[1]} + w) * ${classes} + channel] * weight[tap];
    }
  }
  return sum;
}
fn scoreAt(pixel : i32, channel : i32) -> f32 {
  let column = pixel % ${out[1]} + ${pad[1]};
  let row = pixel / ${out[1]} % ${out[0]} + ${pad[0]};
  return score(pixel / ${out[0] * out[1]}, row, column, channel);
}`;
}

/** What a call of either does, see `work`. */
export function scoreWork({ coarse, kernel, stride }: Shape): number {
  const taps = [0, 1].map((axis) => Math.min(coarse[axis]!, ceilDiv(kernel[axis]!, stride[axis]!)));
  return work(8, 2) * taps[0]! * taps[1]!;
}
