// Deconv2D and its gradients: Caffe's Deconvolution (deconv_layer.cpp), the transposed convolution that upsamples.
//
//   y[n, p, o]  = sum over q that reach p, i of the group of x[n, q, i] * w[i, o, p - q stride + pad]
//   dx[n, q, i] = sum over p that q reaches, o of the group of dy[n, p, o] * w[i, o, p - q stride + pad]
//   dw[i, o, t] = sum over n, q of x[n, q, i] * dy[n, q stride + t - pad, o]
//
// Tiling: one thread for each value of the result. An upsampling has few channels and few terms to a pixel, so there is no product to tile; the
// sums of the gradients are long, and are split by rows over several threads, whose parts partial-sums.ts adds always in the same order.
//
// Operations: 2 * x * O/group * KH * KW for each of the three. Bytes: 4 * (x + y + w) if the cache were endless.
import type * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { Deconv2DAttrs } from '../host/deconvolution';
import type { WebgpuKernel } from './kernel';
import { addPartialSums } from './partial-sums';
import { ceilDiv, flat, runProgram, work } from './program';
import { reaching } from './reaching';

type Inputs = Record<'x' | 'dy' | 'weight', tf.TensorInfo>;

/** Terms of a sum to a thread, about. */
const TERMS_A_THREAD = 256;

const plain = (name: string) => ({ name, width: 1 as const });
const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

interface Shape {
  batch: number;
  /** Height and width of x, and of y. */
  coarse: readonly [number, number];
  fine: readonly [number, number];
  /** Channels of x and of y to a group, and of y in all. */
  groupIn: number;
  groupOut: number;
  channelsIn: number;
  channelsOut: number;
  kernel: readonly [number, number];
  stride: readonly [number, number];
  pad: readonly [number, number];
}

function shapeOf(
  [batch, height, width, channelsIn]: readonly number[],
  [, groupOut, kh, kw]: readonly number[],
  { stride, pad, group, outSize }: Deconv2DAttrs,
): Shape {
  return {
    batch: batch!,
    coarse: [height!, width!],
    fine: outSize,
    groupIn: channelsIn! / group,
    groupOut: groupOut!,
    channelsIn: channelsIn!,
    channelsOut: groupOut! * group,
    kernel: [kh!, kw!],
    stride,
    pad,
  };
}

/** Runs one program whose sums are in `parts`, or as many at once, and adds them up. */
function runParts(
  backend: WebGPUBackend,
  name: string,
  body: string,
  inputs: readonly [name: string, tensor: tf.TensorInfo][],
  shape: number[],
  parts: number,
  /** Of a thread's sum. */
  terms: number,
): tf.TensorInfo {
  const partial = runProgram(
    backend,
    {
      name,
      body,
      inputs: inputs.map(([input]) => plain(input)),
      output: { shape: parts === 1 ? shape : [parts, ...shape], width: 1 },
      ...flat(parts * sizeOf(shape), terms * work(8, 2)),
    },
    inputs.map(([, tensor]) => tensor),
  );
  if (parts === 1) return partial;
  const sum = addPartialSums(backend, partial, shape);
  backend.disposeData(partial.dataId);
  return sum;
}

function forward(backend: WebGPUBackend, { x, weight }: Inputs, attrs: Deconv2DAttrs): tf.TensorInfo {
  const shape = shapeOf(x.shape, weight.shape, attrs);
  const { batch, coarse, fine, groupIn, groupOut, channelsIn, channelsOut, kernel, stride, pad } = shape;
  const [firstRow, lastRow] = reaching('row', coarse[0], kernel[0], stride[0]);
  const [firstColumn, lastColumn] = reaching('column', coarse[1], kernel[1], stride[1]);
  const out = [batch, ...fine, channelsOut];
  const body = `
  if (index >= ${sizeOf(out)}) { return; }
  let channel = index % ${channelsOut};
  let column = index / ${channelsOut} % ${fine[1]} + ${pad[1]};
  let row = index / ${channelsOut * fine[1]} % ${fine[0]} + ${pad[0]};
  let image = index / ${channelsOut * fine[0] * fine[1]};
  let first = channel / ${groupOut} * ${groupIn};
  var sum = 0f;
  for (var h = ${firstRow}; h <= ${lastRow}; h++) {
    for (var w = ${firstColumn}; w <= ${lastColumn}; w++) {
      let tap = (row - h * ${stride[0]}) * ${kernel[1]} + column - w * ${stride[1]};
      let at = ((image * ${coarse[0]} + h) * ${coarse[1]} + w) * ${channelsIn};
      for (var i = first; i < first + ${groupIn}; i++) {
        sum += x[at + i] * weight[(i * ${groupOut} + channel % ${groupOut}) * ${kernel[0] * kernel[1]} + tap];
      }
    }
  }
  result[index] = sum;`;
  return runParts(
    backend,
    'Deconv2D',
    body,
    [
      ['x', x],
      ['weight', weight],
    ],
    out,
    1,
    ceilDiv(kernel[0], stride[0]) * ceilDiv(kernel[1], stride[1]) * groupIn,
  );
}

function backpropInput(
  backend: WebGPUBackend,
  { dy, weight }: Inputs,
  attrs: Deconv2DAttrs & { inputShape: number[] },
): tf.TensorInfo {
  const { inputShape } = attrs;
  const { coarse, fine, groupIn, groupOut, channelsIn, channelsOut, kernel, stride, pad, batch } = shapeOf(
    inputShape,
    weight.shape,
    attrs,
  );
  const size = sizeOf(inputShape);
  const rows = Math.max(1, Math.floor(TERMS_A_THREAD / (kernel[1] * groupOut)));
  const parts = ceilDiv(kernel[0], rows);
  const body = `
  if (index >= ${parts * size}) { return; }
  let channel = index % ${channelsIn};
  let left = index / ${channelsIn} % ${coarse[1]} * ${stride[1]} - ${pad[1]};
  let top = index / ${channelsIn * coarse[1]} % ${coarse[0]} * ${stride[0]} - ${pad[0]};
  let image = index / ${channelsIn * coarse[0] * coarse[1]} % ${batch};
  let firstRow = index / ${size} * ${rows};
  let endRow = min(min(firstRow + ${rows}, ${kernel[0]}), ${fine[0]} - top);
  let endColumn = min(${kernel[1]}, ${fine[1]} - left);
  var sum = 0f;
  for (var r = max(firstRow, -top); r < endRow; r++) {
    for (var s = max(0, -left); s < endColumn; s++) {
      let at = ((image * ${fine[0]} + top + r) * ${fine[1]} + left + s) * ${channelsOut} + channel / ${groupIn} * ${groupOut};
      for (var o = 0; o < ${groupOut}; o++) {
        sum += dy[at + o] * weight[((channel * ${groupOut} + o) * ${kernel[0]} + r) * ${kernel[1]} + s];
      }
    }
  }
  result[index] = sum;`;
  return runParts(
    backend,
    'Deconv2DBackpropInput',
    body,
    [
      ['dy', dy],
      ['weight', weight],
    ],
    inputShape,
    parts,
    rows * kernel[1] * groupOut,
  );
}

function backpropFilter(
  backend: WebGPUBackend,
  { x, dy }: Inputs,
  attrs: Deconv2DAttrs & { filterShape: number[] },
): tf.TensorInfo {
  const { filterShape } = attrs;
  const { batch, coarse, fine, groupIn, groupOut, channelsIn, channelsOut, kernel, stride, pad } = shapeOf(
    x.shape,
    filterShape,
    attrs,
  );
  const size = sizeOf(filterShape);
  // The rows of all images, one after the other.
  const allRows = batch * coarse[0];
  const rows = Math.max(1, Math.floor(TERMS_A_THREAD / coarse[1]));
  const parts = ceilDiv(allRows, rows);
  const body = `
  if (index >= ${parts * size}) { return; }
  let s = index % ${kernel[1]} - ${pad[1]};
  let r = index / ${kernel[1]} % ${kernel[0]} - ${pad[0]};
  let o = index / ${kernel[0] * kernel[1]} % ${groupOut};
  let i = index / ${kernel[0] * kernel[1] * groupOut} % ${channelsIn};
  let firstRow = index / ${size} * ${rows};
  var sum = 0f;
  for (var all = firstRow; all < min(firstRow + ${rows}, ${allRows}); all++) {
    let row = all % ${coarse[0]} * ${stride[0]} + r;
    if ((row < 0) | (row >= ${fine[0]})) { continue; }
    let to = (all / ${coarse[0]} * ${fine[0]} + row) * ${fine[1]};
    for (var w = 0; w < ${coarse[1]}; w++) {
      let column = w * ${stride[1]} + s;
      if ((column < 0) | (column >= ${fine[1]})) { continue; }
      let at = (to + column) * ${channelsOut} + i / ${groupIn} * ${groupOut} + o;
      sum += x[(all * ${coarse[1]} + w) * ${channelsIn} + i] * dy[at];
    }
  }
  result[index] = sum;`;
  return runParts(
    backend,
    'Deconv2DBackpropFilter',
    body,
    [
      ['x', x],
      ['dy', dy],
    ],
    filterShape,
    parts,
    rows * coarse[1],
  );
}

export const deconv2D: WebgpuKernel = { name: 'Deconv2D', run: forward, chosen: 'everywhere' };
export const deconv2DBackpropInput: WebgpuKernel = {
  name: 'Deconv2DBackpropInput',
  run: backpropInput,
  chosen: 'everywhere',
};
export const deconv2DBackpropFilter: WebgpuKernel = {
  name: 'Deconv2DBackpropFilter',
  run: backpropFilter,
  chosen: 'everywhere',
};
