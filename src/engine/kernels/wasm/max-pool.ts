// Pooling by maximum and its gradient on wasm. The gradient finds each window's first maximum again, so that no places have to be kept; it is right
// for windows without a positive value, which the stock one loses. KH KW comparisons for each value of y, which every chunk does for the windows
// that reach into its rows: x is read once, and dx written once.
import * as tf from '@tensorflow/tfjs';
import type { HostKernel, HostMemory } from '../host/memory';
import { machineOf } from './running';

type Shape4D = [number, number, number, number];

/** Fewer values are not worth a thread. */
const LEAST_VALUES = 4096;

/** Runs a kernel of assembly/max-pool.ts; dy only for the gradient. */
function pool(
  memory: HostMemory,
  x: tf.TensorInfo,
  dy: tf.TensorInfo | null,
  attributes: Record<string, unknown>,
): tf.TensorInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attributes as unknown as tf.MaxPoolAttrs;
  const shape = x.shape as Shape4D;
  const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const { batchSize, inHeight, inWidth, inChannels: channels, outHeight, outWidth, padInfo } = info;
  const out = memory.allocate(dy ? shape : info.outShape);
  const machine = machineOf();
  const least = LEAST_VALUES / (inWidth * channels);
  const height = dy ? inHeight : outHeight;
  const rows = batchSize * height;
  let { step, chunks } = machine.cut(rows, least);
  let chunksOfImage = 0;
  if (dy) {
    // A chunk's rows are of one image.
    chunksOfImage = Math.max(1, Math.round(height / step));
    step = Math.ceil(height / chunksOfImage);
    chunksOfImage = Math.ceil(height / step);
    chunks = batchSize * chunksOfImage;
  }
  const at = (tensor: tf.TensorInfo | null) => (tensor ? memory.view(tensor).byteOffset : 0);
  machine.run(dy ? 'maxPoolGradient' : 'maxPool', chunks, [
    ...[at(x), at(dy), at(out), rows, step, chunksOfImage],
    ...[inHeight, inWidth, channels, outHeight, outWidth],
    ...[info.filterHeight, info.filterWidth, info.strideHeight, info.strideWidth, padInfo.top, padInfo.left],
  ]);
  return out;
}

export const poolKernels: Readonly<Record<string, HostKernel>> = {
  /** The stock contract: x (NHWC); attrs filterSize, strides, pad, dimRoundingMode. */
  MaxPool: (memory, { x }, attributes) => pool(memory, x!, null, attributes),
  /** The stock contract: dy and input, with the same attrs, give d(input). */
  MaxPoolGrad: (memory, { dy, input }, attributes) => pool(memory, input!, dy!, attributes),
};
