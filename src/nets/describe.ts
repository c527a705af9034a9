// Everything that can be said of a network without a tensor.
import { layerCosts, type LayerCost } from './cost';
import { cropChecks, layerPlaces, type CropCheck, type Disagreement, type LayerPlace } from './layer-places';
import { placeLayers } from './place-layers';
import { product } from './shapes';
import type { NetSpec, Shape } from './spec';

/** One layer as `describe` reports it. */
export interface LayerDescription extends LayerCost, LayerPlace {
  name: string;
  type: string;
  /** Line in the prototxt. */
  line: number;
  /** The layer's first top: N x C x H x W for images. A loss is one number, and has no axes. */
  shape: number[];
}

export interface NetworkDescription {
  name: string;
  /** The image: N x C x H x W. */
  input: number[];
  layers: LayerDescription[];
  parameters: number;
  /** Parameters whose learning-rate multiplier is not zero. */
  trainable: number;
  multiplyAdds: number;
  flops: number;
  /** Side of the square of data pixels that one coarse score sees, before upsampling: 355 for FCN-AlexNet (Long et al. 2015, table 1). */
  receptiveField: number;
  /** Data pixels per pixel of the coarsest blob. */
  stride: number;
  /** What the final crop must cut off at the top and left: 18 for FCN-AlexNet. */
  offset: number;
  crops: CropCheck[];
  /** Where paths meet that do not lie over each other. */
  disagreements: Disagreement[];
}

/** The larger of both axes. */
const largest = (value: number | [number, number] | null) =>
  value === null ? 0 : typeof value === 'number' ? value : Math.max(...value);

/**
 * Describes a network at an input size of N x C x H x W.
 * @throws AppError 'bad-network' where it cannot be run at this size.
 */
export function describeNetwork(spec: NetSpec, data: Shape): NetworkDescription {
  const placed = placeLayers(spec, data);
  const { places, disagreements } = layerPlaces(spec);
  const costs = layerCosts(spec, placed);
  const layers = placed.map(({ layer, tops }, i): LayerDescription => ({
    name: layer.name,
    type: layer.type,
    line: layer.line,
    shape: [...(tops[0] ?? [])],
    ...costs[i]!,
    ...places[i]!,
  }));
  const sum = (value: (layer: LayerDescription) => number) =>
    layers.reduce((total, layer) => total + value(layer), 0);
  const trainable = placed.reduce((total, { layer, parameters }, i) => {
    if (!costs[i]!.parameters) return total;
    return (
      total +
      parameters.reduce((own, shape, k) => own + (layer.params[k]?.lrMult === 0 ? 0 : product(shape)), 0)
    );
  }, 0);
  // What leads to the last upsampled blob; auxiliary heads do not.
  const way = layers.filter(({ offset }) => offset !== null);
  const scales = way.flatMap(({ scale }) => (scale === null ? [] : [scale].flat()));
  const coarse = way.filter(({ type }) => type === 'Convolution' || type === 'Pooling');
  return {
    name: spec.name,
    input: [...data],
    layers,
    parameters: sum(({ parameters }) => parameters),
    trainable,
    multiplyAdds: sum(({ multiplyAdds }) => multiplyAdds),
    flops: sum(({ flops }) => flops),
    receptiveField: Math.max(1, ...coarse.map(({ receptiveField }) => largest(receptiveField))),
    stride: 1 / Math.min(1, ...scales),
    // The first layer holds the whole way's offset.
    offset: largest(way[0]?.offset ?? 0),
    crops: cropChecks(spec),
    disagreements,
  };
}
