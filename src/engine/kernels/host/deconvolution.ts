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

/** The weight with its taps outermost, KH x KW x I x O/group, so that the innermost loop runs over neighbours in memory. */
export function tapsOutermost(
  weight: Float32Array,
  [inputs, outputs, kh, kw]: readonly number[],
): Float32Array {
  const pairs = inputs! * outputs!;
  const area = kh! * kw!;
  const out = new Float32Array(weight.length);
  for (let pair = 0; pair < pairs; pair++) {
    for (let tap = 0; tap < area; tap++) out[tap * pairs + pair] = weight[pair * area + tap]!;
  }
  return out;
}

/** The inverse of tapsOutermost. */
function tapsInnermost(
  taps: Float32Array,
  out: Float32Array,
  [inputs, outputs, kh, kw]: readonly number[],
): void {
  const pairs = inputs! * outputs!;
  const area = kh! * kw!;
  for (let pair = 0; pair < pairs; pair++) {
    for (let tap = 0; tap < area; tap++) out[pair * area + tap] = taps[tap * pairs + pair]!;
  }
}

/** Reads or writes one stretch of a row: `count` pixels of y from yAt on, whose taps begin at tapAt, for the input pixel at xAt. */
type RowVisitor = (xAt: number, yAt: number, tapAt: number, count: number) => void;

/** Calls `visit` for every input pixel and kernel row, with the stretch of that row that lies inside the output. */
function eachKernelRow(
  [batch, height, width, channels]: readonly number[],
  [, groupOut, kh, kw]: readonly number[],
  { stride, pad, group, outSize }: Deconv2DAttrs,
  visit: RowVisitor,
): void {
  const outChannels = groupOut! * group;
  const pairs = channels! * groupOut!;
  for (let n = 0; n < batch!; n++) {
    for (let h = 0; h < height!; h++) {
      for (let r = 0; r < kh!; r++) {
        const oh = h * stride[0] - pad[0] + r;
        if (oh < 0 || oh >= outSize[0]) continue;
        for (let w = 0; w < width!; w++) {
          const left = w * stride[1] - pad[1];
          const s0 = Math.max(0, -left);
          const s1 = Math.min(kw!, outSize[1] - left);
          if (s1 <= s0) continue;
          const xAt = ((n * height! + h) * width! + w) * channels!;
          const yAt = ((n * outSize[0] + oh) * outSize[1] + left + s0) * outChannels;
          visit(xAt, yAt, (r * kw! + s0) * pairs, s1 - s0);
        }
      }
    }
  }
}

function forward(memory: HostMemory, inputs: Inputs, attributes: Record<string, unknown>): tf.TensorInfo {
  const attrs = attributes as unknown as Deconv2DAttrs;
  const { x, weight } = inputs as { x: tf.TensorInfo; weight: tf.TensorInfo };
  const { group } = attrs;
  const channels = x.shape[3]!;
  const groupIn = channels / group;
  const groupOut = weight.shape[1]!;
  const y = memory.allocate([x.shape[0]!, ...attrs.outSize, groupOut * group]);
  const taps = tapsOutermost(memory.view(weight), weight.shape);
  const [xs, ys] = [memory.view(x), memory.view(y).fill(0)];
  const visit: RowVisitor =
    groupIn === 1 && groupOut === 1
      ? (xAt, yAt, tapAt, count) => {
          for (let c = 0; c < channels; c++) {
            const value = xs[xAt + c]!;
            for (let p = 0, to = yAt + c, tap = tapAt + c; p < count; p++, to += channels, tap += channels) {
              ys[to]! += value * taps[tap]!;
            }
          }
        }
      : (xAt, yAt, tapAt, count) => {
          for (let p = 0; p < count; p++, yAt += groupOut * group, tapAt += channels * groupOut) {
            for (let i = 0; i < channels; i++) {
              const value = xs[xAt + i]!;
              const to = yAt + Math.floor(i / groupIn) * groupOut;
              for (let o = 0; o < groupOut; o++) ys[to + o]! += value * taps[tapAt + i * groupOut + o]!;
            }
          }
        };
  eachKernelRow(x.shape, weight.shape, attrs, visit);
  return y;
}

function backpropInput(
  memory: HostMemory,
  inputs: Inputs,
  attributes: Record<string, unknown>,
): tf.TensorInfo {
  const attrs = attributes as unknown as Deconv2DAttrs & { inputShape: number[] };
  const { dy, weight } = inputs as { dy: tf.TensorInfo; weight: tf.TensorInfo };
  const { group, inputShape } = attrs;
  const channels = inputShape[3]!;
  const groupIn = channels / group;
  const groupOut = weight.shape[1]!;
  const dx = memory.allocate(inputShape);
  const taps = tapsOutermost(memory.view(weight), weight.shape);
  const [ds, xs] = [memory.view(dy), memory.view(dx).fill(0)];
  const visit: RowVisitor =
    groupIn === 1 && groupOut === 1
      ? (xAt, yAt, tapAt, count) => {
          for (let c = 0; c < channels; c++) {
            let sum = 0;
            for (
              let p = 0, from = yAt + c, tap = tapAt + c;
              p < count;
              p++, from += channels, tap += channels
            ) {
              sum += ds[from]! * taps[tap]!;
            }
            xs[xAt + c]! += sum;
          }
        }
      : (xAt, yAt, tapAt, count) => {
          for (let p = 0; p < count; p++, yAt += groupOut * group, tapAt += channels * groupOut) {
            for (let i = 0; i < channels; i++) {
              const from = yAt + Math.floor(i / groupIn) * groupOut;
              let sum = 0;
              for (let o = 0; o < groupOut; o++) sum += ds[from + o]! * taps[tapAt + i * groupOut + o]!;
              xs[xAt + i]! += sum;
            }
          }
        };
  eachKernelRow(inputShape, weight.shape, attrs, visit);
  return dx;
}

function backpropFilter(
  memory: HostMemory,
  inputs: Inputs,
  attributes: Record<string, unknown>,
): tf.TensorInfo {
  const attrs = attributes as unknown as Deconv2DAttrs & { filterShape: number[] };
  const { x, dy } = inputs as { x: tf.TensorInfo; dy: tf.TensorInfo };
  const { group, filterShape } = attrs;
  const channels = x.shape[3]!;
  const groupIn = channels / group;
  const groupOut = filterShape[1]!;
  const dw = memory.allocate(filterShape);
  const taps = new Float32Array(filterShape.reduce((a, b) => a * b, 1));
  const [xs, ds] = [memory.view(x), memory.view(dy)];
  eachKernelRow(x.shape, filterShape, attrs, (xAt, yAt, tapAt, count) => {
    for (let p = 0; p < count; p++, yAt += groupOut * group, tapAt += channels * groupOut) {
      for (let i = 0; i < channels; i++) {
        const value = xs[xAt + i]!;
        const from = yAt + Math.floor(i / groupIn) * groupOut;
        for (let o = 0; o < groupOut; o++) taps[tapAt + i * groupOut + o]! += value * ds[from + o]!;
      }
    }
  });
  tapsInnermost(taps, memory.view(dw), filterShape);
  return dw;
}

export function registerDeconvolution(): void {
  registerHostKernel('Deconv2D', forward);
  registerHostKernel('Deconv2DBackpropInput', backpropInput);
  registerHostKernel('Deconv2DBackpropFilter', backpropFilter);
}
