// MaxPoolGrad for wasm: the stock kernel loses windows without a positive value, and Caffe gives a tie to the first.
import * as tf from '@tensorflow/tfjs';
import { registerHostKernel, type HostMemory } from './memory';

type Shape4D = [number, number, number, number];

/**
 * The stock contract: inputs dy, input (NHWC); attrs filterSize, strides, pad, dimRoundingMode; gives d(input).
 * Each window's gradient goes to its first maximum in row-major order (Caffe, pooling_layer.cpp).
 */
function maxPoolGrad(
  memory: HostMemory,
  inputs: Record<string, tf.TensorInfo>,
  attrs: Record<string, unknown>,
): tf.TensorInfo {
  const { dy, input } = inputs as { dy: tf.TensorInfo; input: tf.TensorInfo };
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as tf.MaxPoolGradAttrs;
  const info = tf.backend_util.computePool2DInfo(
    input.shape as Shape4D,
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const dx = memory.allocate(input.shape);
  const x = memory.view(input);
  const dOut = memory.view(dy);
  const out = memory.view(dx).fill(0);
  const { batchSize, inChannels: channels, inHeight, inWidth, outHeight, outWidth } = info;
  const best = new Float32Array(channels);
  const where = new Int32Array(channels);
  for (let n = 0; n < batchSize; n++) {
    for (let oh = 0; oh < outHeight; oh++) {
      const top = oh * info.strideHeight - info.padInfo.top;
      const h0 = Math.max(0, top);
      const h1 = Math.min(inHeight, top + info.filterHeight);
      for (let ow = 0; ow < outWidth; ow++) {
        const left = ow * info.strideWidth - info.padInfo.left;
        const w0 = Math.max(0, left);
        const w1 = Math.min(inWidth, left + info.filterWidth);
        best.fill(-Infinity);
        for (let h = h0; h < h1; h++) {
          for (let w = w0; w < w1; w++) {
            const at = ((n * inHeight + h) * inWidth + w) * channels;
            for (let c = 0; c < channels; c++) {
              const value = x[at + c]!;
              if (value > best[c]!) {
                best[c] = value;
                where[c] = at + c;
              }
            }
          }
        }
        const from = ((n * outHeight + oh) * outWidth + ow) * channels;
        for (let c = 0; c < channels; c++) out[where[c]!]! += dOut[from + c]!;
      }
    }
  }
  return dx;
}

export function registerMaxPoolGrad(): void {
  registerHostKernel('MaxPoolGrad', maxPoolGrad, ['wasm']);
}
