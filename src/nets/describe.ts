// Everything that can be said of a network without a tensor.
import { layerPlaces } from './coord-map';
import { placeLayers, type PlacedLayer } from './shapes';
import type { NetSpec, Shape } from './spec';

/** One layer as `describe` reports it. */
export interface LayerDescription {
  name: string;
  type: string;
  /** N x C x H x W of the layer's top. */
  shape: number[];
  parameters: number;
  /** Floating-point operations of one forward pass: a multiply-add counts as two. */
  flops: number;
  /** Bytes of the layer's top in float32. */
  bytes: number;
  /** Pixels of the top per pixel of the data (0.25 after a stride of 4). */
  scale: number;
  /** Where the data's first pixel lies in the top: pixel x of the data is pixel scale * x + offset. 18 before FCN-AlexNet's crop. */
  offset: number;
}

export interface NetworkDescription {
  name: string;
  layers: LayerDescription[];
  parameters: number;
  /** Parameters whose learning-rate multiplier is not zero. */
  trainable: number;
  /** Side of the square of data pixels that one coarse score sees, before upsampling: 355 for FCN-AlexNet (Long et al. 2015, table 1). */
  receptiveField: number;
  /** Data pixels per pixel of the coarsest blob. */
  stride: number;
  /** What the final crop must cut off at the top and left: 18 for FCN-AlexNet. */
  offset: number;
}

const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Multiply-adds count as two; a window's comparison or an element's few operations as one each. */
function layerFlops({ layer, bottoms, top, parameters }: PlacedLayer): number {
  const input = bottoms[0]!;
  switch (layer.type) {
    case 'Convolution':
      return 2 * product(parameters[0]!) * top[0] * top[2] * top[3] + (layer.biasTerm ? product(top) : 0);
    case 'Deconvolution':
      return (
        2 * product(parameters[0]!) * input[0] * input[2] * input[3] + (layer.biasTerm ? product(top) : 0)
      );
    case 'Pooling':
      return product(top) * product(layer.kernel);
    case 'LRN':
      return product(top) * (2 * layer.localSize + 2);
    case 'Power':
      return 2 * product(top);
    case 'Softmax':
      return 4 * product(top);
    case 'SoftmaxWithLoss':
      return 4 * product(input);
    case 'Crop':
      return 0;
    default:
      return product(top);
  }
}

/**
 * Describes a network at an input size of N x 3 x H x W.
 * @throws AppError 'bad-network' where it cannot be run at this size.
 */
export function describeNetwork(spec: NetSpec, data: Shape): NetworkDescription {
  const placed = placeLayers(spec, data);
  const places = layerPlaces(spec, 0);
  const layers = placed.map((at, i): LayerDescription => ({
    name: at.layer.name,
    type: at.layer.type,
    shape: [...at.top],
    parameters: at.parameters.reduce((sum, shape) => sum + product(shape), 0),
    flops: layerFlops(at),
    bytes: 4 * product(at.top),
    scale: places[i]!.map.scale,
    offset: places[i]!.map.offset,
  }));
  const trainable = placed.reduce(
    (sum, { layer, parameters }) =>
      sum + parameters.reduce((s, shape, i) => s + (layer.params[i]?.lrMult === 0 ? 0 : product(shape)), 0),
    0,
  );
  const lastCrop = spec.layers.findLastIndex((layer) => layer.type === 'Crop');
  const scores = spec.layers.findLastIndex(
    (layer) => layer.type !== 'SoftmaxWithLoss' && layer.type !== 'Softmax',
  );
  return {
    name: spec.name,
    layers,
    parameters: layers.reduce((sum, layer) => sum + layer.parameters, 0),
    trainable,
    receptiveField: Math.max(
      1,
      ...places.filter((_, i) => spec.layers[i]!.type === 'Convolution').map((p) => p.receptiveField),
    ),
    stride: 1 / Math.min(1, ...places.map(({ map }) => map.scale)),
    offset: places[lastCrop > 0 ? lastCrop - 1 : scores]?.map.offset ?? 0,
  };
}
