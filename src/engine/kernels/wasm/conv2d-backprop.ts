// Both gradients of a convolution on wasm, by XNNPACK products: stock has none for the filter and a naive one for the input.
import * as tf from '@tensorflow/tfjs';
import { registerHostKernel, type HostMemory } from '../host/memory';
import { columnBlocks, gatherColumns, scatterColumns } from './columns';

type Shape4D = [number, number, number, number];
type Inputs = Record<string, tf.TensorInfo>;

function product(a: tf.TensorInfo, b: tf.TensorInfo): tf.TensorInfo {
  const kernel = tf.getKernel('BatchMatMul', 'wasm');
  const attrs = { transposeA: false, transposeB: false };
  return kernel.kernelFunc({ inputs: { a, b }, attrs, backend: tf.backend() }) as tf.TensorInfo;
}

function addTo(sum: Float32Array, values: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += values[i]!;
}

/**
 * The stock contract of Conv2DBackpropFilter: x and dy (NHWC), attrs strides, pad, filterShape; gives d(filter), KH x KW x I x O.
 * Per block of output rows: columns^T (taps * I x pixels) times dy (pixels x O), summed over the blocks in order.
 */
function backpropFilter(
  memory: HostMemory,
  inputs: Inputs,
  attributes: Record<string, unknown>,
): tf.TensorInfo {
  const { x, dy } = inputs as { x: tf.TensorInfo; dy: tf.TensorInfo };
  const { strides, pad, dimRoundingMode, filterShape } =
    attributes as unknown as tf.Conv2DBackpropFilterAttrs;
  const info = tf.backend_util.computeConv2DInfo(
    x.shape as Shape4D,
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const depth = info.filterHeight * info.filterWidth * info.inChannels;
  const { outChannels, outWidth } = info;
  const { rows, total } = columnBlocks(info);
  let sum: tf.TensorInfo | null = null;
  for (let row = 0; row < total; row += rows) {
    const count = Math.min(rows, total - row);
    const pixels = count * outWidth;
    const columns = memory.allocate([1, depth, pixels]);
    const part = memory.allocate([1, pixels, outChannels]);
    gatherColumns(info, memory.view(x), memory.view(columns), row, count);
    const from = row * outWidth * outChannels;
    memory.view(part).set(memory.view(dy).subarray(from, from + pixels * outChannels));
    const partial = product(columns, part);
    for (const used of [columns, part]) memory.free(used);
    if (sum) {
      addTo(memory.view(sum), memory.view(partial));
      memory.free(partial);
    } else {
      sum = partial;
    }
  }
  return { ...sum!, shape: [...filterShape] };
}

/**
 * The stock contract of Conv2DBackpropInput: dy (NHWC) and filter, attrs strides, pad, inputShape; gives d(input).
 * Per block of output rows: filter (taps * I x O) times dy^T (O x pixels) gives columns, which are added to their pixels.
 */
function backpropInput(
  memory: HostMemory,
  inputs: Inputs,
  attributes: Record<string, unknown>,
): tf.TensorInfo {
  const { dy, filter } = inputs as { dy: tf.TensorInfo; filter: tf.TensorInfo };
  const { strides, pad, dimRoundingMode, inputShape } = attributes as unknown as tf.Conv2DBackpropInputAttrs;
  const filterShape = filter.shape as Shape4D;
  const info = tf.backend_util.computeConv2DInfo(inputShape, filterShape, strides, 1, pad, dimRoundingMode);
  const depth = info.filterHeight * info.filterWidth * info.inChannels;
  const { outChannels, outWidth } = info;
  const dx = memory.allocate([...inputShape]);
  memory.view(dx).fill(0);
  const weights = { dataId: filter.dataId, dtype: filter.dtype, shape: [1, depth, outChannels] };
  const { rows, total } = columnBlocks(info);
  for (let row = 0; row < total; row += rows) {
    const count = Math.min(rows, total - row);
    const pixels = count * outWidth;
    const part = memory.allocate([1, outChannels, pixels]);
    const from = row * outWidth * outChannels;
    const source = memory.view(dy);
    const transposed = memory.view(part);
    for (let o = 0; o < outChannels; o++) {
      for (let p = 0, at = from + o; p < pixels; p++, at += outChannels)
        transposed[o * pixels + p] = source[at]!;
    }
    const columns = product(weights, part);
    scatterColumns(info, memory.view(columns), memory.view(dx), row, count);
    for (const used of [part, columns]) memory.free(used);
  }
  return dx;
}

export function registerConv2DBackprop(): void {
  registerHostKernel('Conv2DBackpropFilter', backpropFilter, ['wasm']);
  registerHostKernel('Conv2DBackpropInput', backpropInput, ['wasm']);
}
