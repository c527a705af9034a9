// Conv2D and FusedConv2D: a convolution, with a bias and max(0, .) if asked for.
//
//   Y[n, y, x, o] = sum over r, s, c of X[n, y * stride + r * dilation - pad, x * stride + s * dilation - pad, c] * W[r, s, c, o] + b[o]
//
// Tiling: the tiled product (tiled-product.ts) of the windows, (N H' W') x (KH KW I/group), which are read from the image as they are
// needed, and the filter as it lies. A step is one tap's channels, or a row of taps where the channels are few; bias and ReLU are applied
// to the finished sum before it is written.
//
// Operations: 2 * N H' W' * KH KW * I/group * O. Bytes: 4 * (X + W + Y).
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { WebgpuKernel } from './kernel';
import { runProduct } from './tiled-product';
import { filterOperand, imageOperand, tapSteps, windowsOf } from './window-operands';

type Shape4D = [number, number, number, number];

interface Inputs {
  x: tf.TensorInfo;
  filter: tf.TensorInfo;
  bias?: tf.TensorInfo;
  preluActivationWeights?: tf.TensorInfo;
}

type Attrs = tf.Conv2DAttrs & Partial<Pick<tf.FusedConv2DAttrs, 'activation'>>;

/** The stock contracts, and beyond them groups where the filter has fewer input channels than x. */
function run(backend: WebGPUBackend, { x, filter, bias }: Inputs, attrs: Attrs): tf.TensorInfo {
  const { strides, pad, dimRoundingMode, dilations, activation } = attrs;
  const [, , channels, outputs] = filter.shape as Shape4D;
  const info = tf.backend_util.computeConv2DInfo(
    x.shape as Shape4D,
    filter.shape as Shape4D,
    strides,
    dilations,
    pad,
    dimRoundingMode,
  );
  const windows = windowsOf(info, channels);
  const { groups } = windows;
  const taps = tapSteps(windows, 'rows of taps');
  const product = {
    name: 'Conv2D',
    rows: info.batchSize * info.outHeight * info.outWidth,
    columns: outputs / groups,
    groups,
    ...taps,
    a: imageOperand(windows, taps),
    b: filterOperand(windows, outputs),
    output: { shape: info.outShape, groupStride: outputs / groups, rowStride: outputs },
    epilogue: { bias: bias !== undefined, relu: activation === 'relu' },
  };
  return runProduct(backend, product, bias ? [x, filter, bias] : [x, filter]);
}

function handles(
  { filter, bias, preluActivationWeights }: Inputs,
  { dataFormat, activation }: Attrs,
): boolean {
  const isSimple = activation === undefined || activation === 'linear' || activation === 'relu';
  const isPerChannel = !bias || bias.shape.reduce((a, b) => a * b, 1) === filter.shape[3];
  return dataFormat === 'NHWC' && isSimple && isPerChannel && !preluActivationWeights;
}

export const conv2D: WebgpuKernel = { name: 'Conv2D', run, handles, chosen: 'everywhere' };
export const fusedConv2D: WebgpuKernel = { name: 'FusedConv2D', run, handles, chosen: 'everywhere' };
