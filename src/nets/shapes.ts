// Blob shapes with Caffe's rounding, from an input size: no tensor is needed to know whether a network fits together.
import { AppError } from '../core/errors';
import { flattenedShape, reshapedShape } from './reshape';
import type { BlobShape, ConvolutionSpec, LayerSpec, PoolingSpec, Shape } from './spec';

export const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** @throws AppError 'bad-network' always, naming the layer and its line. */
export function failLayer(layer: LayerSpec, why: string): never {
  throw new AppError('bad-network', `Line ${layer.line}: layer "${layer.name}" cannot run: ${why}`, {
    line: layer.line,
    layer: layer.name,
  });
}

/** An axis counted from the end where it is negative. Returns -1 where there is no such axis. */
export function canonicalAxis(axis: number, rank: number): number {
  const canonical = axis < 0 ? axis + rank : axis;
  return canonical >= 0 && canonical < rank ? canonical : -1;
}

function axisOf(layer: LayerSpec, axis: number, rank: number): number {
  const canonical = canonicalAxis(axis, rank);
  return canonical >= 0
    ? canonical
    : failLayer(layer, `axis ${axis} does not exist in a blob of ${rank} axes.`);
}

/** Output length of a convolution along one axis: rounded down (conv_layer.cpp compute_output_shape). */
export function convolvedLength(
  input: number,
  kernel: number,
  stride: number,
  pad: number,
  dilation: number,
): number {
  return Math.floor((input + 2 * pad - (dilation * (kernel - 1) + 1)) / stride) + 1;
}

/** Output length of a deconvolution along one axis (deconv_layer.cpp compute_output_shape). */
export function deconvolvedLength(
  input: number,
  kernel: number,
  stride: number,
  pad: number,
  dilation: number,
): number {
  return stride * (input - 1) + dilation * (kernel - 1) + 1 - 2 * pad;
}

/** Output length of a pooling along one axis: rounded up, less a last window that would begin in the padding (pooling_layer.cpp). */
export function pooledLength(
  input: number,
  kernel: number,
  stride: number,
  pad: number,
  roundMode: 'CEIL' | 'FLOOR' = 'CEIL',
): number {
  const round = roundMode === 'CEIL' ? Math.ceil : Math.floor;
  const length = round((input + 2 * pad - kernel) / stride) + 1;
  return pad > 0 && (length - 1) * stride >= input + pad ? length - 1 : length;
}

export const shapeText = (shape: BlobShape) => shape.join(' x ') || '1';

function imageShape(layer: LayerSpec, shape: BlobShape): Shape {
  return shape.length === 4
    ? (shape as unknown as Shape)
    : failLayer(layer, `it needs a blob of N x C x H x W, and reads one of ${shapeText(shape)}.`);
}

function windowed(layer: ConvolutionSpec | PoolingSpec, input: Shape): [number, number] {
  if (layer.kernel.length !== 2)
    failLayer(layer, `its window has ${layer.kernel.length} axes; Intarsia runs images, which have two.`);
  const size = ([0, 1] as const).map((axis) => {
    const length = input[axis + 2]!;
    const at = [layer.kernel[axis], layer.stride[axis], layer.pad[axis]] as const;
    if (layer.type === 'Pooling') return pooledLength(length, ...at, layer.roundMode);
    const outputLength = layer.type === 'Convolution' ? convolvedLength : deconvolvedLength;
    return outputLength(length, ...at, layer.dilation[axis]);
  }) as [number, number];
  if (size.some((value) => value < 1)) {
    failLayer(
      layer,
      `its input of ${input[3]} x ${input[2]} is smaller than its kernel, so nothing is left. Use a larger image.`,
    );
  }
  if (layer.type === 'Pooling') {
    const outside = size.some(
      (length, axis) => (length - 1) * layer.stride[axis]! - layer.pad[axis]! >= input[axis + 2]!,
    );
    // Caffe would pool over nothing there.
    if (outside)
      failLayer(
        layer,
        `its last window lies outside its input of ${input[3]} x ${input[2]}. Use round_mode: FLOOR or a smaller stride.`,
      );
  }
  return size;
}

function convolvedShape(layer: ConvolutionSpec, bottom: BlobShape): BlobShape {
  const input = imageShape(layer, bottom);
  if (input[1] % layer.group)
    failLayer(layer, `its ${input[1]} input channels cannot be divided among ${layer.group} groups.`);
  return [input[0], layer.numOutput, ...windowed(layer, input)];
}

function sameShapes(layer: LayerSpec, bottoms: readonly BlobShape[]): BlobShape {
  const other = bottoms.find((shape) => shape.join() !== bottoms[0]!.join());
  return other
    ? failLayer(
        layer,
        `its bottoms must have one shape, but ${layer.bottoms[0]} is ${shapeText(bottoms[0]!)} and ` +
          `${layer.bottoms[bottoms.indexOf(other)]} is ${shapeText(other)}.`,
      )
    : bottoms[0]!;
}

function concatenated(layer: LayerSpec & { axis: number }, bottoms: readonly BlobShape[]): BlobShape {
  const first = bottoms[0]!;
  const axis = axisOf(layer, layer.axis, first.length);
  const rest = (shape: BlobShape) => shape.map((length, i) => (i === axis ? 0 : length)).join();
  const other = bottoms.findIndex((shape) => rest(shape) !== rest(first));
  if (other >= 0) {
    failLayer(
      layer,
      `apart from axis ${axis} its bottoms must agree, but ${layer.bottoms[0]} is ${shapeText(first)} and ` +
        `${layer.bottoms[other]} is ${shapeText(bottoms[other]!)}.`,
    );
  }
  return first.map((length, i) => (i === axis ? bottoms.reduce((sum, shape) => sum + shape[i]!, 0) : length));
}

function sliced(layer: LayerSpec & { axis: number; slicePoints: number[] }, bottom: BlobShape): BlobShape[] {
  const axis = axisOf(layer, layer.axis, bottom.length);
  const total = bottom[axis]!;
  const parts = layer.tops.length;
  const { slicePoints } = layer;
  if (slicePoints.length === 0) {
    if (total % parts) failLayer(layer, `axis ${axis} has ${total}, which is not ${parts} equal parts.`);
    return layer.tops.map(() => bottom.map((length, i) => (i === axis ? total / parts : length)));
  }
  if (slicePoints.length !== parts - 1)
    failLayer(layer, `${parts} tops need ${parts - 1} slice points, and there are ${slicePoints.length}.`);
  const bounds = [0, ...slicePoints, total];
  return layer.tops.map((_, k) => {
    const length = bounds[k + 1]! - bounds[k]!;
    if (!(length >= 1))
      failLayer(
        layer,
        `its slice points ${slicePoints.join(', ')} do not cut the ${total} of axis ${axis} in order.`,
      );
    return bottom.map((old, i) => (i === axis ? length : old));
  });
}

/** The offset along one axis: one number serves all cropped axes, otherwise each has its own (crop_layer.cpp). */
export function cropOffset(offset: readonly number[], axis: number, firstAxis: number): number {
  return offset.length > 1 ? (offset[axis - firstAxis] ?? 0) : (offset[0] ?? 0);
}

function cropped(
  layer: LayerSpec & { axis: number; offset: number[] },
  bottoms: readonly BlobShape[],
): BlobShape {
  const [input, like] = bottoms as [BlobShape, BlobShape];
  const firstAxis = axisOf(layer, layer.axis, input.length);
  if (like.length !== input.length)
    failLayer(
      layer,
      `${layer.bottoms[0]} is ${shapeText(input)} and ${layer.bottoms[1]} is ${shapeText(like)}.`,
    );
  if (layer.offset.length > 1 && layer.offset.length !== input.length - firstAxis)
    failLayer(
      layer,
      `${input.length - firstAxis} axes are cropped, and ${layer.offset.length} offsets are given.`,
    );
  return input.map((length, axis) => {
    if (axis < firstAxis) return length;
    const from = cropOffset(layer.offset, axis, firstAxis);
    if (from + like[axis]! > length) {
      failLayer(
        layer,
        `it would crop ${like[axis]} from ${from} on out of ${length} ` +
          `${['items', 'channels', 'rows', 'columns'][axis]}, which is out of bounds.`,
      );
    }
    return like[axis]!;
  });
}

/** The axes that a Scale or Bias layer's factor covers: the shape of its learned blob (scale_layer.cpp). */
export function factorShape(
  layer: LayerSpec & { axis: number; numAxes: number },
  bottom: BlobShape,
): number[] {
  const axis = axisOf(layer, layer.axis, bottom.length);
  const end = layer.numAxes === -1 ? bottom.length : axis + layer.numAxes;
  if (end > bottom.length)
    failLayer(layer, `its ${layer.numAxes} axes from axis ${axis} on reach past the blob's last.`);
  return bottom.slice(axis, end);
}

function scaled(layer: LayerSpec & { axis: number }, [bottom, factor]: readonly BlobShape[]): BlobShape {
  if (!factor) return bottom!;
  const axis = axisOf(layer, layer.axis, bottom!.length);
  const part = bottom!.slice(axis, axis + factor.length);
  if (part.join() !== factor.join())
    failLayer(
      layer,
      `${layer.bottoms[1]} is ${shapeText(factor)}, which does not lie in the ${shapeText(bottom!)} of ${layer.bottoms[0]} from axis ${axis} on.`,
    );
  return bottom!;
}

/**
 * The shapes of a layer's tops. A label's shape is not looked at; losses and accuracies are scalars, which have no axes.
 * @throws AppError 'bad-network' where the layer cannot run on such bottoms.
 */
export function topShapes(layer: LayerSpec, bottoms: readonly BlobShape[]): BlobShape[] {
  const input = bottoms[0]!;
  switch (layer.type) {
    case 'Convolution':
    case 'Deconvolution':
      return bottoms.map((bottom) => convolvedShape(layer, bottom));
    case 'InnerProduct': {
      const axis = axisOf(layer, layer.axis, input.length);
      return [[...input.slice(0, axis), layer.numOutput]];
    }
    case 'Pooling': {
      const [n, c, ...size] = imageShape(layer, input);
      return [[n, c, ...(layer.global ? size.map(() => 1) : windowed(layer, [n, c, ...size]))]];
    }
    case 'LRN':
      return [layer.region === 'WITHIN_CHANNEL' ? imageShape(layer, input) : input];
    case 'Eltwise':
      return [sameShapes(layer, bottoms)];
    case 'Concat':
      return [concatenated(layer, bottoms)];
    case 'Slice':
      return sliced(layer, input);
    case 'Split':
      return layer.tops.map(() => input);
    case 'Crop':
      return [cropped(layer, bottoms)];
    case 'Scale':
    case 'Bias':
      // num_axes is about a learned factor; a second bottom has its own axes.
      if (bottoms.length === 1) factorShape(layer, input);
      return [scaled(layer, bottoms)];
    case 'Flatten':
      return [flattenedShape(layer, input)];
    case 'Reshape':
      return [reshapedShape(layer, input)];
    case 'Silence':
      return [];
    case 'Softmax':
      axisOf(layer, layer.axis, input.length);
      return [input];
    case 'SoftmaxWithLoss':
    case 'Accuracy':
      axisOf(layer, layer.axis, input.length);
      return layer.tops.map(() => []);
    default:
      return [input];
  }
}

/** Shapes of a layer's blobs in Caffe's order: weight, then bias. Empty for layers that have none. */
export function parameterShapes(layer: LayerSpec, bottoms: readonly BlobShape[]): number[][] {
  const input = bottoms[0]!;
  const channels = input[1] ?? 1;
  switch (layer.type) {
    case 'Convolution':
    case 'Deconvolution': {
      const [outer, inner] =
        layer.type === 'Convolution' ? [layer.numOutput, channels] : [channels, layer.numOutput];
      const weight = [outer, inner / layer.group, ...layer.kernel];
      return layer.biasTerm ? [weight, [layer.numOutput]] : [weight];
    }
    case 'InnerProduct': {
      const inputs = product(input.slice(axisOf(layer, layer.axis, input.length)));
      const weight = layer.transpose ? [inputs, layer.numOutput] : [layer.numOutput, inputs];
      return layer.biasTerm ? [weight, [layer.numOutput]] : [weight];
    }
    case 'PReLU':
      return [[layer.channelShared ? 1 : channels]];
    case 'BatchNorm':
      return [[channels], [channels], [1]];
    case 'Scale': {
      const factor = bottoms.length > 1 ? [...bottoms[1]!] : factorShape(layer, input);
      return [...(bottoms.length > 1 ? [] : [factor]), ...(layer.biasTerm ? [factor] : [])];
    }
    case 'Bias':
      return bottoms.length > 1 ? [] : [factorShape(layer, input)];
    default:
      return [];
  }
}
