// What a step of a plan has in memory besides its blobs and gradients: what it keeps for backward, and what it needs while it runs. The numbers
// are those of the implementations in engine/layers and engine/kernels; whoever changes what one of them makes on the way changes it here.
import { FLOAT_BYTES } from '../cost';
import { product, topShapes } from '../shapes';
import type { BlobShape, ConvolutionSpec } from '../spec';
import type { UpsampledLoss } from './fuse-losses';
import { lossScratchBytes } from './loss-bands';
import type { Step } from './plan';
import { chunkOf, partialBytes, stepsOfTaps } from './split-sums';
import { upsampledSize } from './step-shapes';

/** Whose kernels run: each backend has its own. */
export type Kernels = 'webgpu' | 'webgl' | 'wasm' | 'cpu';

export interface StepShapes {
  bottoms: readonly BlobShape[];
  tops: readonly BlobShape[];
  /** Of the step's learned blobs, as Caffe has them. */
  params: readonly (readonly number[])[];
}

export interface StepBytes {
  /** What forward makes for backward alone. */
  kept: number;
  /** The most that is there while forward runs, besides bottoms, tops and what is kept. */
  forward: number;
  /** The same of backward, besides what was kept, the tops' gradients and those that it gives. */
  backward: number;
  /** Where a top is the bottom's memory under another name. */
  topsShare: boolean;
  /** Where a bottom's gradient is the memory of the first top's gradient, or of what was kept. */
  gradientsShare: 'top' | 'kept' | null;
}

export const bytesOf = (shape: readonly number[]) => FLOAT_BYTES * product(shape);
const sum = (shapes: readonly (readonly number[])[]) =>
  shapes.reduce((total, shape) => total + bytesOf(shape), 0);

const none: StepBytes = { kept: 0, forward: 0, backward: 0, topsShare: false, gradientsShare: null };
/** A layer that computes value by value: so many blobs of its bottom's size on the way. */
const blobs = (size: number, forward: number, backward: number): StepBytes => ({
  ...none,
  forward: forward * size,
  backward: backward * size,
});

/** The bytes of one step of a training pass. */
export function stepBytes(step: Step, shapes: StepShapes, kernels: Kernels): StepBytes {
  const { layer } = step;
  const { bottoms, tops } = shapes;
  const [bottom = [], top = []] = [bottoms[0], tops[0]];
  const size = bytesOf(bottom);
  if ('upsample' in layer) {
    return { ...none, kept: size, forward: upsampledLoss(layer, shapes, kernels), gradientsShare: 'kept' };
  }
  switch (layer.type) {
    case 'Convolution':
      return convolution(layer, shapes, kernels);
    case 'Deconvolution':
      return deconvolution(layer, shapes, kernels);
    case 'InnerProduct':
      return { ...none, forward: 2 * size + 2 * bytesOf(top), backward: 2 * size + 3 * bytesOf(top) };
    case 'ReLU':
      return blobs(size, 0, kernels === 'wasm' ? 0 : 1);
    case 'PReLU':
      return blobs(size, 0, 3);
    case 'ELU':
      return blobs(size, 4, 5);
    case 'Sigmoid':
    case 'TanH':
    case 'Softmax':
      return blobs(size, 0, 2);
    case 'BatchNorm':
      return { ...blobs(size, 2, 4), kept: FLOAT_BYTES * (bottom[1] ?? 1) };
    case 'Scale':
      return blobs(size, layer.biasTerm ? 1 : 0, 1);
    case 'Bias':
      return { ...none, gradientsShare: 'top' };
    case 'Power':
      return power(layer, size);
    case 'Pooling':
      if (layer.pool === 'AVE') return blobs(bytesOf(top), 1, 1);
      // The places of the maxima; WebGL turns all that it reads, and what it gives.
      if (kernels === 'webgpu') return { ...none, backward: bytesOf(top) };
      return kernels === 'webgl' ? { ...none, backward: 2 * size + 2 * bytesOf(top) } : none;
    case 'LRN':
      return layer.region === 'ACROSS_CHANNELS' ? none : blobs(size, 4, 8);
    case 'Dropout':
      if (layer.ratio === 0) return { ...none, topsShare: true, gradientsShare: 'top' };
      // The mask, and on a graphics processor its way there.
      return { ...none, kept: size, forward: kernels === 'webgpu' ? size : 0 };
    case 'Eltwise': {
      const between = bottoms.length - 2;
      if (layer.operation === 'MAX') return { ...blobs(size, 6 * (between + 1), 2), kept: size };
      if (layer.operation === 'PROD') return blobs(size, between, between + 1);
      const scaled = bottoms.filter((_, i) => (layer.coefficients[i] ?? 1) !== 1).length;
      return { ...blobs(size, between + scaled, 0), gradientsShare: scaled ? null : 'top' };
    }
    case 'Split':
      return { ...none, topsShare: true, gradientsShare: tops.length === 1 ? 'top' : null };
    case 'Flatten':
    case 'Reshape': {
      // Where one order of the axes is as good as another, nothing moves.
      const moves = [bottom, top].filter((shape) => shape[1] !== 1 && product(shape.slice(2)) !== 1).length;
      return moves === 0
        ? { ...none, topsShare: true, gradientsShare: 'top' }
        : blobs(size, moves - 1, moves - 1);
    }
    case 'SoftmaxWithLoss': {
      const composed = kernels === 'webgpu' || kernels === 'webgl';
      const places = size / (bottom[1] ?? 1);
      return { ...none, kept: size, forward: composed ? 7 * size + 8 * places : 0, gradientsShare: 'kept' };
    }
    default:
      return none;
  }
}

/** On the graphics processor 16 bytes a place, the labels with their way there, and each part of a gradient's rows apart. */
function upsampledLoss(layer: UpsampledLoss, { bottoms, params }: StepShapes, kernels: Kernels): number {
  const [batch = 1, classes = 1, h = 1, w = 1] = bottoms[0]!;
  const [kh = 1, kw = 1] = params[0]!.slice(2);
  const outSize = upsampledSize(layer, bottoms);
  const places = batch * product(outSize);
  if (kernels === 'webgpu') {
    const parts = Math.ceil(kh / Math.max(1, Math.floor(128 / kw)));
    return 16 * places + 2 * places + parts * bytesOf(bottoms[0]!);
  }
  if (kernels === 'wasm') {
    const { stride, pad: padding, crop = [0, 0] } = layer.upsample;
    const pad = [padding[0] + crop[0], padding[1] + crop[1]] as const;
    const [coarse, kernel] = [[h, w] as const, [kh, kw] as const];
    return lossScratchBytes({ batch, classes, coarse, kernel, stride: [stride[0], stride[1]], pad, outSize });
  }
  // Out of stock kernels: the upsampled scores as they are, as blocks, and all that a softmax makes of them.
  return kernels === 'webgl' ? 12 * FLOAT_BYTES * classes * places : 0;
}

function power(
  { power: exponent, scale, shift }: { power: number; scale: number; shift: number },
  size: number,
) {
  if (exponent * scale === 0) return none;
  const operations = [scale !== 1, shift !== 0, exponent !== 1].filter(Boolean).length;
  if (operations === 0) return { ...none, topsShare: true };
  return blobs(size, operations - 1, exponent === 1 ? 0 : operations + 1);
}

/** The sum of each channel over all pixels: on wasm by strips, of which there are at most 64 of 64 pixels or more; else in two products with ones. */
function channelSums([n = 1, c = 1, h = 1, w = 1]: BlobShape, kernels: Kernels): number {
  if (kernels === 'wasm') return FLOAT_BYTES * c * Math.min(64, Math.ceil((n * h * w) / 64));
  return FLOAT_BYTES * (n * h + w * c + w);
}

/** Zeros between a filter's taps, axis by axis, where a kernel knows no dilation. */
function dilated({ dilation, kernel }: ConvolutionSpec, filter: readonly number[]): number {
  if (dilation.every((distance) => distance === 1)) return 0;
  const spread = dilation.map((distance, axis) => (distance * (kernel[axis]! - 1) + 1) / kernel[axis]!);
  return 3 * bytesOf(filter) * product(spread);
}

function convolution(
  layer: ConvolutionSpec,
  { bottoms, tops, params }: StepShapes,
  kernels: Kernels,
): StepBytes {
  const [x, y, filter] = [bottoms[0]!, tops[0]!, params[0]!];
  const [n = 1, c = 1, h = 1, w = 1] = x;
  const [, o = 1, oh = 1, ow = 1] = y;
  const { group } = layer;
  const sums = layer.biasTerm ? channelSums(y, kernels) : 0;
  // A tiled product of our own takes everything as it lies.
  if (kernels === 'wasm') return { ...none, backward: sums };
  if (kernels === 'webgpu') {
    const kernel = [layer.kernel[0], layer.kernel[1]] as const;
    const isPointwise = kernel.every((taps) => taps === 1) && bytesOf(x) / c === bytesOf(y) / o;
    const pixels = n * oh * ow;
    const windows = { groups: group, dilation: layer.dilation };
    const forward = partialBytes({
      ...stepsOfTaps(kernel, c / group, windows, 'rows of taps'),
      rows: pixels,
      columns: o / group,
      groups: group,
      outputs: product(y),
    });
    const toBottom = partialBytes({
      ...stepsOfTaps(kernel, o / group, windows, 'tap by tap'),
      rows: n * h * w,
      columns: c / group,
      groups: group,
      outputs: product(x),
    });
    const inner = isPointwise ? chunkOf(pixels) : ow;
    const toFilter = partialBytes({
      steps: pixels / inner,
      inner,
      rows: (product(kernel) * c) / group,
      columns: o / group,
      groups: group,
      outputs: product(filter),
    });
    return { ...none, forward, backward: Math.max(toBottom, toFilter, sums) };
  }
  // Stock kernels know neither groups nor dilation; on the processor they add the bias in a pass of its own.
  const parts = group > 1 ? bytesOf(x) + bytesOf(y) + bytesOf(filter) : 0;
  const bias = kernels === 'cpu' && layer.biasTerm ? bytesOf(y) / group : 0;
  const more = parts + dilated(layer, filter);
  return { ...none, forward: more + bias, backward: more + sums };
}

function deconvolution(
  layer: ConvolutionSpec,
  { bottoms, tops, params }: StepShapes,
  kernels: Kernels,
): StepBytes {
  const [x, y, filter] = [bottoms[0]!, tops[0]!, params[0]!];
  const [n = 1, , h = 1, w = 1] = x;
  const [, groupOut = 1, kh = 1, kw = 1] = filter;
  const sums = layer.biasTerm ? channelSums(y, kernels) : 0;
  const more = dilated(layer, filter);
  const forward = more + (layer.biasTerm ? bytesOf(y) : 0);
  if (kernels === 'webgpu') {
    const partsOf = (parts: number, bytes: number) => (parts > 1 ? parts * bytes : 0);
    const toBottom = partsOf(Math.ceil(kh / Math.max(1, Math.floor(256 / (kw * groupOut)))), bytesOf(x));
    const toFilter = partsOf(Math.ceil((n * h) / Math.max(1, Math.floor(256 / w))), bytesOf(filter));
    return { ...none, forward, backward: more + Math.max(toBottom, toFilter, sums) };
  }
  // Out of stock kernels: the inputs and outputs as blocks, and the taps in their order.
  const whole = bytesOf(topShapes(layer, [x])[0]!);
  const blocks = kernels === 'webgl' ? 4 * whole + 4 * sum([x, filter]) : 0;
  return { ...none, forward: forward + blocks, backward: more + sums + blocks };
}
