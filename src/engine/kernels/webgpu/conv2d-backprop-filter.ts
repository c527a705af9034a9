// Conv2DBackpropFilter: the gradient of a convolution for its filter.
//
//   dW[r, s, c, o] = sum over n, y, x of X[n, y * stride + r * dilation - pad, x * stride + s * dilation - pad, c] * dY[n, y, x, o]
//
// Tiling: the tiled product (tiled-product.ts) of windows^T, (KH KW I/group) x (N H' W'), and dY, (N H' W') x O, a step being one row of
// pixels of dY. The filter is small and the sum long, so the rows are split over many threads, whose partial sums are added in order.
//
// Operations: 2 * N H' W' * KH KW * I/group * O. Bytes: 4 * (X + dY + (2 splits + 1) * dW), without the splits' part if there is one.
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { chunkOf } from '../../../nets/plan/split-sums';
import type { WebgpuKernel } from './kernel';
import { matrixOperand } from './operands';
import { runProduct, type Product } from './tiled-product';
import { tapOperand, windowsOf, type Windows } from './window-operands';

type Shape4D = [number, number, number, number];

/** What a window of one pixel sees is the image itself: both factors are plain matrices then. */
const isPointwise = ({ filter, stride, pad, image, out }: Windows) =>
  [...filter, ...stride].every((n) => n === 1) &&
  [...pad].every((n) => n === 0) &&
  image[0] === out[0] &&
  image[1] === out[1];

function productOf(windows: Windows, filterShape: number[]): Product {
  const { batch, out, filter, channels, groups } = windows;
  const outputs = filterShape[3]!;
  const perGroup = outputs / groups;
  const gradient = (begin: string) =>
    matrixOperand({
      buffer: 'b',
      along: 'edge',
      stride: outputs,
      groupStride: perGroup,
      length: perGroup,
      begin,
    });
  const common = {
    name: 'Conv2DBackpropFilter',
    rows: filter[0] * filter[1] * channels,
    columns: perGroup,
    groups,
    step: '',
    output: { shape: filterShape, groupStride: perGroup, rowStride: outputs },
  };
  if (isPointwise(windows)) {
    const pixels = batch * out[0] * out[1];
    const inner = chunkOf(pixels);
    const begin = `t * ${inner}`;
    const a = matrixOperand({
      buffer: 'a',
      along: 'edge',
      stride: channels * groups,
      groupStride: channels,
      length: channels,
      begin,
    });
    return { ...common, steps: pixels / inner, inner, a, b: gradient(begin) };
  }
  return {
    ...common,
    steps: batch * out[0],
    inner: out[1],
    a: tapOperand(windows),
    b: gradient(`t * ${out[1]}`),
  };
}

interface Inputs {
  x: tf.TensorInfo;
  dy: tf.TensorInfo;
}

type Attrs = tf.Conv2DBackpropFilterAttrs & { dilations?: [number, number] };

/**
 * The stock contract: x and dy (NHWC), attrs strides, pad, filterShape; and beyond it dilations, and groups where filterShape has fewer
 * input channels than x. Gives dW, KH x KW x I/group x O.
 */
function run(backend: WebGPUBackend, { x, dy }: Inputs, attrs: Attrs): tf.TensorInfo {
  const { strides, pad, dimRoundingMode, filterShape, dilations = 1 } = attrs;
  const shape = x.shape as Shape4D;
  const info = tf.backend_util.computeConv2DInfo(
    shape,
    filterShape,
    strides,
    dilations,
    pad,
    dimRoundingMode,
  );
  return runProduct(backend, productOf(windowsOf(info, filterShape[2]), [...filterShape]), [x, dy]);
}

export const conv2DBackpropFilter: WebgpuKernel = {
  name: 'Conv2DBackpropFilter',
  run,
  chosen: 'everywhere',
  handles: (_inputs: Inputs, { dataFormat }: Attrs) => dataFormat === 'NHWC',
};
