// Blob and parameter shapes for an input size, with Caffe's rounding: convolution down, pooling up.
import { AppError } from '../core/errors';
import type { ConvolutionSpec, LayerSpec, NetSpec, Pair, PoolingSpec, Shape } from './spec';

function fail(layer: LayerSpec, why: string): never {
  throw new AppError('bad-network', `Line ${layer.line}: layer "${layer.name}": ${why}`, {
    line: layer.line,
  });
}

/** Output length of a convolution along one axis (base_conv_layer.cpp, conv_layer.cpp compute_output_shape). */
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
export function pooledLength(input: number, kernel: number, stride: number, pad: number): number {
  const length = Math.ceil((input + 2 * pad - kernel) / stride) + 1;
  return pad > 0 && (length - 1) * stride >= input + pad ? length - 1 : length;
}

function spatial(
  layer: ConvolutionSpec | PoolingSpec,
  [, , height, width]: Shape,
  length: (input: number, axis: 0 | 1) => number,
): Pair {
  const size: Pair = [length(height, 0), length(width, 1)];
  if (size.some((value) => value < 1)) {
    fail(
      layer,
      `its input of ${width} x ${height} is smaller than its kernel, so nothing is left. Use a larger image.`,
    );
  }
  return size;
}

function outputShape(layer: LayerSpec, bottoms: readonly Shape[]): Shape {
  const input = bottoms[0]!;
  const [n, c] = input;
  switch (layer.type) {
    case 'Convolution':
    case 'Deconvolution': {
      if (c % layer.group)
        fail(layer, `its ${c} input channels cannot be divided among ${layer.group} groups.`);
      const length = layer.type === 'Convolution' ? convolvedLength : deconvolvedLength;
      const at = (input: number, axis: 0 | 1) =>
        length(input, layer.kernel[axis], layer.stride[axis], layer.pad[axis], layer.dilation[axis]);
      return [n, layer.numOutput, ...spatial(layer, input, at)];
    }
    case 'Pooling': {
      const at = (input: number, axis: 0 | 1) =>
        pooledLength(input, layer.kernel[axis], layer.stride[axis], layer.pad[axis]);
      return [n, c, ...spatial(layer, input, at)];
    }
    case 'Crop':
      return croppedShape(layer.axis, layer.offset, input, bottoms[1]!, (why) => fail(layer, why));
    case 'SoftmaxWithLoss': {
      const label = bottoms[1]!;
      if (label[2] !== input[2] || label[3] !== input[3]) {
        fail(
          layer,
          `the scores are ${input[3]} x ${input[2]}, the labels ${label[3]} x ${label[2]}; they must agree.`,
        );
      }
      return [1, 1, 1, 1];
    }
    default:
      return input;
  }
}

/** The offset along one axis: one number serves all cropped axes, otherwise each has its own (crop_layer.cpp). */
export function cropOffset(offset: readonly number[], axis: number, firstAxis: number): number {
  return offset.length > 1 ? (offset[axis - firstAxis] ?? 0) : (offset[0] ?? 0);
}

function croppedShape(
  firstAxis: number,
  offset: readonly number[],
  input: Shape,
  like: Shape,
  refuse: (why: string) => never,
): Shape {
  const shape = input.map((length, axis) => {
    if (axis < firstAxis) return length;
    const from = cropOffset(offset, axis, firstAxis);
    if (from + like[axis]! > length) {
      refuse(
        `it would crop ${like[axis]} from ${from} on out of ${length} ` +
          `${['items', 'channels', 'rows', 'columns'][axis]}, which is out of bounds.`,
      );
    }
    return like[axis]!;
  });
  return shape as unknown as Shape;
}

/** Shapes of a layer's learned blobs in Caffe's order: weight, then bias. Empty for layers that learn nothing. */
export function parameterShapes(layer: LayerSpec, input: Shape): number[][] {
  if (layer.type !== 'Convolution' && layer.type !== 'Deconvolution') return [];
  const [kh, kw] = layer.kernel;
  const channels = input[1];
  const weight =
    layer.type === 'Convolution'
      ? [layer.numOutput, channels / layer.group, kh, kw]
      : [channels, layer.numOutput / layer.group, kh, kw];
  return layer.biasTerm ? [weight, [layer.numOutput]] : [weight];
}

/** One layer of a network at an input size. */
export interface PlacedLayer {
  layer: LayerSpec;
  bottoms: Shape[];
  top: Shape;
  parameters: number[][];
}

/**
 * Runs through a network with shapes alone.
 * @param data N x 3 x H x W; "label" gets N x 1 x H x W.
 * @throws AppError 'bad-network' where the layers do not fit together at this size.
 */
export function placeLayers(spec: NetSpec, data: Shape): PlacedLayer[] {
  const blobs = new Map<string, Shape>([
    ['data', data],
    ['label', [data[0], 1, data[2], data[3]]],
  ]);
  return spec.layers.map((layer) => {
    const bottoms = layer.bottoms.map((name) => blobs.get(name)!);
    const top = outputShape(layer, bottoms);
    blobs.set(layer.tops[0]!, top);
    return { layer, bottoms, top, parameters: parameterShapes(layer, bottoms[0]!) };
  });
}

/** Every blob a network learns or keeps fixed, with the shape it must have. */
export function expectedShapes(spec: NetSpec): Map<string, number[]> {
  const shapes = new Map<string, number[]>();
  // Weights do not depend on the image's size; this one is large enough for every network.
  for (const { layer, parameters } of placeLayers(spec, [1, 3, 512, 512])) {
    parameters.forEach((shape, i) => shapes.set(`${layer.name}/${i}`, shape));
  }
  return shapes;
}
