// Conv2DBackpropInput: the gradient of a convolution for its input.
//
//   dX[n, h, w, c] = sum over r, s, o of dY[n, (h + pad - r * dilation) / stride, (w + pad - s * dilation) / stride, o] * W[r, s, c, o]
//   where the divisions leave no rest
//
// Tiling: the forward product (conv2d.ts) with dY for the image and the filter turned by 180 degrees, so a tile is some pixels by some input
// channels, and the sum goes over taps and output channels. A stride spreads dY over a grid with zeros between, which are multiplied too.
//
// Operations: 2 * N H W * KH KW * I * O/group (with a stride that many times those of the forward product). Bytes: 4 * (dX + dY + W).
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { WebgpuKernel } from './kernel';
import { runProduct, type Product } from './tiled-product';
import { imageOperand, tapSteps, turnedFilterOperand, windowsOf, type Windows } from './window-operands';

type Shape4D = [number, number, number, number];

interface Inputs {
  dy: tf.TensorInfo;
  filter: tf.TensorInfo;
}

type Attrs = tf.Conv2DBackpropInputAttrs & { dilations?: [number, number] };

/** The windows over dY that give dX. */
function turned(
  { filter, pad, dilation, stride, image, out, batch, groups }: Windows,
  outputs: number,
): Windows {
  const before = (axis: 0 | 1) => dilation[axis] * (filter[axis] - 1) - pad[axis];
  return {
    batch,
    image: out,
    out: image,
    filter,
    stride: [1, 1],
    pad: [before(0), before(1)],
    dilation,
    channels: outputs / groups,
    groups,
    spread: stride,
  };
}

function productOf(forward: Windows, inputShape: number[], outputs: number): Product {
  const windows = turned(forward, outputs);
  const { channels, groups } = forward;
  const taps = tapSteps(windows, 'tap by tap');
  return {
    name: 'Conv2DBackpropInput',
    rows: windows.batch * windows.out[0] * windows.out[1],
    columns: channels,
    groups,
    ...taps,
    // Taps outside dY are no terms of the sum, unlike those in a forward pass's padding, which are zeros.
    a: { ...imageOperand(windows, taps), inside: (id) => `${id}_in` },
    b: turnedFilterOperand(windows, channels),
    output: { shape: inputShape, groupStride: channels, rowStride: channels * groups },
  };
}

/**
 * The stock contract: dy (NHWC) and filter, attrs strides, pad, inputShape; and beyond it dilations, and groups where the filter has fewer
 * input channels than inputShape. Gives dX.
 */
function run(backend: WebGPUBackend, { dy, filter }: Inputs, attrs: Attrs): tf.TensorInfo {
  const { strides, pad, dimRoundingMode, inputShape, dilations = 1 } = attrs;
  const shape = filter.shape as Shape4D;
  const info = tf.backend_util.computeConv2DInfo(inputShape, shape, strides, dilations, pad, dimRoundingMode);
  const product = productOf(windowsOf(info, shape[2]), [...inputShape], shape[3]);
  return runProduct(backend, product, [dy, filter]);
}

export const conv2DBackpropInput: WebgpuKernel = {
  name: 'Conv2DBackpropInput',
  run,
  chosen: 'everywhere',
  handles: (_inputs: Inputs, { dataFormat }: Attrs) => dataFormat === 'NHWC',
};
