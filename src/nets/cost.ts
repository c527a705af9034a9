// What each layer of a network costs at an input size: parameters, operations, bytes. What a whole step has in memory is planned in plan/bytes.ts.
import { blobGraph } from './blob-graph';
import { blobOwners, type PlacedLayer } from './place-layers';
import { product } from './shapes';
import type { NetSpec } from './spec';

/** Bytes of a float32. */
export const FLOAT_BYTES = 4;

export interface LayerCost {
  /** Values of the layer's own blobs; a blob that belongs to an earlier layer counts there. */
  parameters: number;
  /** Multiplications with an addition each, of one forward pass. */
  multiplyAdds: number;
  /** Floating-point operations of one forward pass: a multiply-add counts as two. */
  flops: number;
  /** Bytes of the tops. */
  bytes: number;
  /** Bytes of the gradients that backward makes here: of bottoms that something below learns from, and of learned parameters. */
  gradientBytes: number;
}

const size = (shapes: readonly (readonly number[])[]) =>
  shapes.reduce((sum, shape) => sum + product(shape), 0);

/** Products of inputs with weights. */
function multiplyAdds({ layer, bottoms, tops, parameters }: PlacedLayer): number {
  switch (layer.type) {
    case 'Convolution':
      return tops.reduce((sum, top) => sum + product(parameters[0]!) * top[0]! * product(top.slice(2)), 0);
    case 'Deconvolution':
      return bottoms.reduce(
        (sum, bottom) => sum + product(parameters[0]!) * bottom[0]! * product(bottom.slice(2)),
        0,
      );
    case 'InnerProduct':
      return (product(parameters[0]!) * product(tops[0]!)) / layer.numOutput;
    default:
      return 0;
  }
}

/** Operations besides the multiply-adds: an element's few count as one each, a window's comparisons or additions as one. */
function otherOperations({ layer, bottoms, tops }: PlacedLayer): number {
  const input = bottoms[0]!;
  const output = size(tops);
  switch (layer.type) {
    case 'Convolution':
    case 'Deconvolution':
    case 'InnerProduct':
      return layer.biasTerm ? output : 0;
    case 'Pooling':
      return layer.global ? product(input) : output * product(layer.kernel);
    case 'LRN':
      return output * (2 * (layer.region === 'WITHIN_CHANNEL' ? layer.localSize ** 2 : layer.localSize) + 2);
    case 'Power':
    case 'BatchNorm':
      return 2 * output;
    case 'Scale':
      return (layer.biasTerm ? 2 : 1) * output;
    case 'Eltwise':
      return (bottoms.length - 1) * output;
    case 'Softmax':
      return 4 * output;
    case 'SoftmaxWithLoss':
      return 4 * product(input);
    case 'Accuracy':
      return product(input);
    case 'Concat':
    case 'Crop':
    case 'Dropout':
    case 'Flatten':
    case 'Reshape':
    case 'Silence':
    case 'Slice':
    case 'Split':
      return 0;
    default:
      return output;
  }
}

const learns = ({ layer }: PlacedLayer, i: number) => (layer.params[i]?.lrMult ?? 1) !== 0;

/** The cost of every layer. */
export function layerCosts(spec: NetSpec, placed: readonly PlacedLayer[]): LayerCost[] {
  const graph = blobGraph(spec);
  const owners = blobOwners(spec, [...placed]);
  /** Values that something learned lies behind: backward must reach them. */
  const learned = new Set<number>();
  return placed.map((at, i) => {
    const { bottoms, tops } = graph.layers[i]!;
    const own = at.parameters.filter(
      (_, k) => owners.get(`${at.layer.name}/${k}`) === `${at.layer.name}/${k}`,
    );
    const trained = at.parameters.filter((_, k) => learns(at, k));
    const reached = at.bottoms.filter((_, k) => learned.has(bottoms[k]!));
    if (trained.length || reached.length) tops.forEach((top) => learned.add(top));
    const products = multiplyAdds(at);
    return {
      parameters: size(own),
      multiplyAdds: products,
      flops: 2 * products + otherOperations(at),
      bytes: FLOAT_BYTES * size(at.tops),
      gradientBytes: FLOAT_BYTES * (size(reached) + size(trained)),
    };
  });
}
