// MaxPoolGrad: the gradient of a maximum over windows. Each window's gradient goes to its first maximum in row-major order (Caffe,
// pooling_layer.cpp; TensorFlow.js on the processor), where the stock kernel gives it to the last; to a NaN if the window has one.
//
//   dx[p] = sum of dy[w] over the windows w whose first maximum is at p
//
// Tiling: first one thread for each window and channel finds where its maximum is; then one for each element of dx looks through the
// windows that it lies in. Neighbouring threads have neighbouring channels, so they read neighbours.
//
// Operations: a comparison for each element of each window, then one for each window of each element. Bytes: 4 * (x + 3 y + dx) if the cache
// were endless. The places are found here rather than kept by forward: x is kept for a ReLU's sake in any case, they would be more.
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { WebgpuKernel } from './kernel';
import { ceilDiv, flat, runProgram, work } from './program';

type PoolInfo = tf.backend_util.Conv2DInfo;

interface Inputs {
  dy: tf.TensorInfo;
  input: tf.TensorInfo;
}

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** By element of the output: which element of x is the window's first maximum. */
function findPlaces(backend: WebGPUBackend, x: tf.TensorInfo, info: PoolInfo): tf.TensorInfo {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, padInfo } = info;
  const size = sizeOf(info.outShape);
  const body = `
  if (index >= ${size}) { return; }
  let channel = index % ${inChannels};
  let top = index / ${outWidth * inChannels} % ${outHeight} * ${info.strideHeight} - ${padInfo.top};
  let left = index / ${inChannels} % ${outWidth} * ${info.strideWidth} - ${padInfo.left};
  let image = index / ${outHeight * outWidth * inChannels} * ${inHeight};
  var place = -1;
  var best = 0f;
  for (var h = max(top, 0); h < min(top + ${info.filterHeight}, ${inHeight}); h++) {
    for (var w = max(left, 0); w < min(left + ${info.filterWidth}, ${inWidth}); w++) {
      let at = ((image + h) * ${inWidth} + w) * ${inChannels} + channel;
      let value = x[at];
      if ((place < 0) | (value > best) | (isnan(value) & !isnan(best))) { place = at; best = value; }
    }
  }
  result[index] = place;`;
  const window = info.filterHeight * info.filterWidth;
  const program = {
    name: 'MaxPoolPlaces',
    body,
    inputs: [{ name: 'x', width: 1 as const }],
    output: { shape: info.outShape, width: 1 as const, dtype: 'int32' as const },
    ...flat(size, work(window, window + 1)),
  };
  return runProgram(backend, program, [x]);
}

function gather(
  backend: WebGPUBackend,
  dy: tf.TensorInfo,
  places: tf.TensorInfo,
  info: PoolInfo,
): tf.TensorInfo {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, padInfo } = info;
  const size = sizeOf(info.inShape);
  /** WGSL: the first window that reaches a place, and the one after the last that begins at or before it. */
  const reaching = (at: string, filter: number, stride: number, count: number) => [
    // The numerator is shifted by the stride: a division rounds towards zero.
    `max((${at} - ${filter - stride}) / ${stride}, 0)`,
    `min(${at} / ${stride} + 1, ${count})`,
  ];
  const [fromRow, toRow] = reaching('h', info.filterHeight, info.strideHeight, outHeight);
  const [fromColumn, toColumn] = reaching('w', info.filterWidth, info.strideWidth, outWidth);
  const body = `
  if (index >= ${size}) { return; }
  let channel = index % ${inChannels};
  let w = index / ${inChannels} % ${inWidth} + ${padInfo.left};
  let h = index / ${inWidth * inChannels} % ${inHeight} + ${padInfo.top};
  let image = index / ${inHeight * inWidth * inChannels} * ${outHeight};
  var sum = 0f;
  for (var row = ${fromRow}; row < ${toRow}; row++) {
    for (var column = ${fromColumn}; column < ${toColumn}; column++) {
      let at = ((image + row) * ${outWidth} + column) * ${inChannels} + channel;
      sum += select(0, dy[at], places[at] == index);
    }
  }
  result[index] = sum;`;
  const windows = ceilDiv(info.filterHeight, info.strideHeight) * ceilDiv(info.filterWidth, info.strideWidth);
  const program = {
    name: 'MaxPoolGrad',
    body,
    inputs: ['dy', 'places'].map((name) => ({ name, width: 1 as const })),
    output: { shape: info.inShape, width: 1 as const },
    ...flat(size, work(windows, 2 * windows + 1)),
  };
  return runProgram(backend, program, [dy, places]);
}

/** The stock contract: dy and input (NHWC; `output` is not needed), attrs filterSize, strides, pad, dimRoundingMode; gives d(input). */
function run(backend: WebGPUBackend, { dy, input }: Inputs, attrs: tf.MaxPoolGradAttrs): tf.TensorInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const shape = input.shape as [number, number, number, number];
  const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const places = findPlaces(backend, input, info);
  const dx = gather(backend, dy, places, info);
  backend.disposeData(places.dataId);
  return dx;
}

export const maxPoolGrad: WebgpuKernel = { name: 'MaxPoolGrad', run, chosen: 'everywhere' };
