// Convolutions and their gradients on wasm, in the place of XNNPACK's: any groups, strides, padding and dilation, and the windows that lie in the
// padding altogether cost nothing.
//   y[n,p,q,o] = bias[o] + sum over r, s, c of x[n, p S - P + r D, q S - P + s D, c] filter[r,s,c,o]
// All three passes are one tiled product (assembly/product.ts). 2 N P Q KH KW (I/G) O operations each, of the pixels whose windows touch the
// image; every value is read from memory once for 256 columns of the result, and the result written once for 256 terms of its sums.
import * as tf from '@tensorflow/tfjs';
import type { HostKernel, HostMemory } from '../host/memory';
import { machineOf } from './running';

const [FORWARD, INPUT_GRADIENT, WEIGHT_GRADIENT] = [0, 1, 2] as const;

type Shape4D = [number, number, number, number];
type Inputs = Record<string, tf.TensorInfo>;
type Pair = readonly [number, number];

interface Attributes {
  strides: Pair | number;
  pad: tf.Conv2DAttrs['pad'];
  dilations?: Pair | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  activation?: string;
}

function infoOf(x: Shape4D, filter: Shape4D, attributes: Record<string, unknown>) {
  const { strides, pad, dilations, dimRoundingMode } = attributes as unknown as Attributes;
  const whole: Shape4D = [filter[0], filter[1], x[3], filter[3]];
  return tf.backend_util.computeConv2DInfo(
    x,
    whole,
    strides as [number, number],
    (dilations ?? 1) as [number, number],
    pad,
    dimRoundingMode,
  );
}

/** The stretch of windows along one axis that touch the image. */
function touching(out: number, length: number, stride: number, pad: number, reach: number): Pair {
  const first = Math.min(out, Math.max(0, Math.ceil((pad - reach + 1) / stride)));
  const past = Math.min(out, Math.max(first, Math.floor((length - 1 + pad) / stride) + 1));
  return [first, past - first];
}

/** Which pixels are read, and where: the meaning of each is in assembly/convolution-job.ts. */
interface Geometry {
  groups: number;
  window: Pair;
  stride: Pair;
  dilation: Pair;
  divide: Pair;
  pad: Pair;
  outSize: Pair;
  outChannels: number;
  origin: Pair;
  rectangle: Pair;
}

interface Job extends Geometry {
  kind: number;
  /** Of a group. */
  m: number;
  n: number;
  k: number;
  filter: tf.TensorInfo | null;
  dy: tf.TensorInfo | null;
  out: tf.TensorInfo;
  bias: tf.TensorInfo | null;
  relu: boolean;
  image: tf.TensorInfo;
}

/** Of the forward pass, whose windows the gradient of the filter meets, too. */
function geometryOf(info: tf.backend_util.Conv2DInfo, filter: Shape4D): Geometry {
  const { inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth, padInfo } = info;
  const [top, rows] = touching(outHeight, inHeight, strideHeight, padInfo.top, info.effectiveFilterHeight);
  const [left, columns] = touching(outWidth, inWidth, strideWidth, padInfo.left, info.effectiveFilterWidth);
  return {
    groups: info.inChannels / filter[2],
    window: [filter[0], filter[1]],
    stride: [strideHeight, strideWidth],
    dilation: [info.dilationHeight, info.dilationWidth],
    divide: [1, 1],
    pad: [padInfo.top, padInfo.left],
    outSize: [outHeight, outWidth],
    outChannels: info.outChannels,
    origin: [top, left],
    rectangle: [rows, columns],
  };
}

/** Rows and columns of a group's product that a chunk takes: enough of each that packing the other operand anew does not weigh. */
function stretches({ groups, m, n }: Job, wanted: number): { mStep: number; nStep: number } {
  const each = Math.ceil(wanted / groups);
  const upTo = (value: number, unit: number) => Math.max(unit, Math.ceil(value / unit) * unit);
  const mStep = Math.min(upTo(m, 4), Math.max(96, upTo(m / each, 4)));
  const rows = Math.ceil(m / mStep);
  const nStep = Math.min(upTo(n, 8), Math.max(64, upTo(n / Math.ceil(each / rows), 8)));
  return { mStep, nStep };
}

function run(memory: HostMemory, job: Job): void {
  const { groups, m, n, k, image, outSize, rectangle } = job;
  if (m === 0 || n === 0) return;
  const machine = machineOf();
  const { mStep, nStep } = stretches(job, machine.wantedChunks);
  const [mChunks, nChunks] = [Math.ceil(m / mStep), Math.ceil(n / nStep)];
  const at = (tensor: tf.TensorInfo | null) => (tensor ? memory.view(tensor).byteOffset : 0);
  const [, height, width, channels] = image.shape as Shape4D;
  machine.run('convolve', groups * mChunks * nChunks, [
    ...[job.kind, groups, m, n, k, mStep, nStep, mChunks, nChunks],
    ...[at(image), at(job.filter), at(job.dy), at(job.out), at(job.bias), Number(job.relu)],
    ...[height, width, channels, channels / groups, ...job.window],
    ...[...job.stride, ...job.dilation, ...job.divide, ...job.pad],
    ...[...outSize, job.outChannels, ...job.origin, ...rectangle],
  ]);
}

/** Fills every pixel with the bias, bent by the activation: what windows in the padding give. */
function fillBias(out: Float32Array, bias: Float32Array | null, relu: boolean): void {
  if (!bias) {
    out.fill(0);
    return;
  }
  const row = bias.map((value) => (relu && value < 0 ? 0 : value));
  for (let at = 0; at < out.length; at += row.length) out.set(row, at);
}

/**
 * The stock contract of Conv2D and FusedConv2D, with groups where the filter has fewer channels than x.
 * @throws Error for other activations than linear and relu.
 */
function forward(memory: HostMemory, inputs: Inputs, attributes: Record<string, unknown>): tf.TensorInfo {
  const {
    x,
    filter,
    bias = null,
  } = inputs as { x: tf.TensorInfo; filter: tf.TensorInfo; bias?: tf.TensorInfo };
  const filterShape = filter.shape as Shape4D;
  const info = infoOf(x.shape as Shape4D, filterShape, attributes);
  const out = memory.allocate(info.outShape);
  const geometry = geometryOf(info, filterShape);
  const [rows, columns] = geometry.rectangle;
  const { activation = 'linear' } = attributes as unknown as Attributes;
  if (activation !== 'linear' && activation !== 'relu')
    throw new Error(`FusedConv2D on wasm has no activation ${activation}`);
  const relu = activation === 'relu';
  if (rows < info.outHeight || columns < info.outWidth)
    fillBias(memory.view(out), bias && memory.view(bias), relu);
  run(memory, {
    ...geometry,
    kind: FORWARD,
    m: info.batchSize * rows * columns,
    n: info.outChannels / geometry.groups,
    k: filterShape[0] * filterShape[1] * filterShape[2],
    image: x,
    filter,
    dy: null,
    out,
    bias,
    relu,
  });
  return out;
}

/** The stock contract: x and dy (NHWC), attrs strides, pad, filterShape; gives d(filter), KH x KW x I/G x O. */
function backpropFilter(
  memory: HostMemory,
  inputs: Inputs,
  attributes: Record<string, unknown>,
): tf.TensorInfo {
  const { x, dy } = inputs as { x: tf.TensorInfo; dy: tf.TensorInfo };
  const filterShape = attributes['filterShape'] as Shape4D;
  const info = infoOf(x.shape as Shape4D, filterShape, attributes);
  const out = memory.allocate([...filterShape]);
  const geometry = geometryOf(info, filterShape);
  const [rows, columns] = geometry.rectangle;
  if (rows * columns === 0) memory.view(out).fill(0);
  else
    run(memory, {
      ...geometry,
      kind: WEIGHT_GRADIENT,
      m: filterShape[0] * filterShape[1] * filterShape[2],
      n: info.outChannels / geometry.groups,
      k: info.batchSize * rows * columns,
      image: x,
      filter: null,
      dy,
      out,
      bias: null,
      relu: false,
    });
  return out;
}

/**
 * The stock contract: dy (NHWC) and filter, attrs strides, pad, inputShape; gives d(input): a convolution of dy, its pixels `strides` apart, with
 * the filter turned by 180 degrees.
 */
function backpropInput(
  memory: HostMemory,
  inputs: Inputs,
  attributes: Record<string, unknown>,
): tf.TensorInfo {
  const { dy, filter } = inputs as { dy: tf.TensorInfo; filter: tf.TensorInfo };
  const inputShape = attributes['inputShape'] as Shape4D;
  const filterShape = filter.shape as Shape4D;
  const info = infoOf(inputShape, filterShape, attributes);
  const { batchSize, inHeight, inWidth, inChannels, outChannels, padInfo } = info;
  const out = memory.allocate([...inputShape]);
  const groups = inChannels / filterShape[2];
  run(memory, {
    kind: INPUT_GRADIENT,
    groups,
    m: batchSize * inHeight * inWidth,
    n: filterShape[2],
    k: filterShape[0] * filterShape[1] * (outChannels / groups),
    image: dy,
    filter,
    dy: null,
    out,
    bias: null,
    relu: false,
    window: [filterShape[0], filterShape[1]],
    stride: [1, 1],
    dilation: [info.dilationHeight, info.dilationWidth],
    divide: [info.strideHeight, info.strideWidth],
    pad: [info.effectiveFilterHeight - 1 - padInfo.top, info.effectiveFilterWidth - 1 - padInfo.left],
    outSize: [inHeight, inWidth],
    outChannels: inChannels,
    origin: [0, 0],
    rectangle: [inHeight, inWidth],
  });
  return out;
}

export const convolutionKernels: Readonly<Record<string, HostKernel>> = {
  Conv2D: forward,
  FusedConv2D: forward,
  Conv2DBackpropFilter: backpropFilter,
  Conv2DBackpropInput: backpropInput,
};
