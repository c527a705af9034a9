// Caffe's Deconvolution in straight loops: 'Deconv2D', its gradient for the input and for the weight.
// x is N x H x W x I (channels last), the weight I x O/group x KH x KW as Caffe keeps it, y is N x H' x W' x O.
import type * as tf from '@tensorflow/tfjs';
import { registerHostKernel, type HostMemory } from './memory';

export interface Deconv2DAttrs {
  stride: readonly [number, number];
  pad: readonly [number, number];
  group: number;
  /** Height and width of y. */
  outSize: readonly [number, number];
}

type Inputs = Record<string, tf.TensorInfo>;

/**
 * Calls `visit` for every input pixel, kernel tap inside the output and pair of channels of one group.
 * `taps` walks one input pixel's whole channel group, so that the inner loop runs over contiguous outputs.
 */
function eachTap(
  x: tf.TensorInfo,
  weight: tf.TensorInfo,
  { stride, pad, group, outSize }: Deconv2DAttrs,
  visit: (xAt: number, yAt: number, wAt: number, tapArea: number, groupIn: number, groupOut: number) => void,
): void {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [, groupOut, kh, kw] = weight.shape as [number, number, number, number];
  const groupIn = channels / group;
  const outChannels = groupOut * group;
  for (let n = 0; n < batch; n++) {
    for (let h = 0; h < height; h++) {
      for (let r = 0; r < kh; r++) {
        const oh = h * stride[0] - pad[0] + r;
        if (oh < 0 || oh >= outSize[0]) continue;
        for (let w = 0; w < width; w++) {
          const xAt = ((n * height + h) * width + w) * channels;
          for (let s = 0; s < kw; s++) {
            const ow = w * stride[1] - pad[1] + s;
            if (ow < 0 || ow >= outSize[1]) continue;
            visit(
              xAt,
              ((n * outSize[0] + oh) * outSize[1] + ow) * outChannels,
              r * kw + s,
              kh * kw,
              groupIn,
              groupOut,
            );
          }
        }
      }
    }
  }
}

function forward(memory: HostMemory, inputs: Inputs, attributes: Record<string, unknown>): tf.TensorInfo {
  const attrs = attributes as unknown as Deconv2DAttrs;
  const { x, weight } = inputs as { x: tf.TensorInfo; weight: tf.TensorInfo };
  const y = memory.allocate([x.shape[0]!, ...attrs.outSize, weight.shape[1]! * attrs.group]);
  const [xs, ws, ys] = [memory.view(x), memory.view(weight), memory.view(y).fill(0)];
  const { group } = attrs;
  eachTap(x, weight, attrs, (xAt, yAt, tap, area, groupIn, groupOut) => {
    for (let g = 0; g < group; g++) {
      for (let i = 0; i < groupIn; i++) {
        const channel = g * groupIn + i;
        const value = xs[xAt + channel]!;
        const w = channel * groupOut * area + tap;
        for (let o = 0; o < groupOut; o++) ys[yAt + g * groupOut + o]! += value * ws[w + o * area]!;
      }
    }
  });
  return y;
}

function backpropInput(
  memory: HostMemory,
  inputs: Inputs,
  attributes: Record<string, unknown>,
): tf.TensorInfo {
  const attrs = attributes as unknown as Deconv2DAttrs & { inputShape: number[] };
  const { dy, weight } = inputs as { dy: tf.TensorInfo; weight: tf.TensorInfo };
  const dx = memory.allocate(attrs.inputShape);
  const [ds, ws, xs] = [memory.view(dy), memory.view(weight), memory.view(dx).fill(0)];
  const { group } = attrs;
  eachTap(dx, weight, attrs, (xAt, yAt, tap, area, groupIn, groupOut) => {
    for (let g = 0; g < group; g++) {
      for (let i = 0; i < groupIn; i++) {
        const channel = g * groupIn + i;
        const w = channel * groupOut * area + tap;
        let sum = 0;
        for (let o = 0; o < groupOut; o++) sum += ds[yAt + g * groupOut + o]! * ws[w + o * area]!;
        xs[xAt + channel]! += sum;
      }
    }
  });
  return dx;
}

function backpropFilter(
  memory: HostMemory,
  inputs: Inputs,
  attributes: Record<string, unknown>,
): tf.TensorInfo {
  const attrs = attributes as unknown as Deconv2DAttrs & { filterShape: number[] };
  const { x, dy } = inputs as { x: tf.TensorInfo; dy: tf.TensorInfo };
  const dw = memory.allocate(attrs.filterShape);
  const [xs, ds, ws] = [memory.view(x), memory.view(dy), memory.view(dw).fill(0)];
  const { group } = attrs;
  eachTap(x, dw, attrs, (xAt, yAt, tap, area, groupIn, groupOut) => {
    for (let g = 0; g < group; g++) {
      for (let i = 0; i < groupIn; i++) {
        const channel = g * groupIn + i;
        const value = xs[xAt + channel]!;
        const w = channel * groupOut * area + tap;
        for (let o = 0; o < groupOut; o++) ws[w + o * area]! += value * ds[yAt + g * groupOut + o]!;
      }
    }
  });
  return dw;
}

export function registerDeconvolution(): void {
  registerHostKernel('Deconv2D', forward);
  registerHostKernel('Deconv2DBackpropInput', backpropInput);
  registerHostKernel('Deconv2DBackpropFilter', backpropFilter);
}
