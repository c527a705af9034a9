// What a network costs at an input size: parameters, multiply-adds, and the bytes that training holds.
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

export interface MemoryEstimate {
  /** Weights on the device. */
  weights: number;
  /** What a solver keeps of each that learns, once: a velocity. Some keep two. */
  solver: number;
  /** Gradients of parameters: the most that one layer has, for each layer's move as soon as they are known. */
  gradients: number;
  /** Every blob of a forward pass: backward reads nearly all of them. */
  activations: number;
  /** All of it and the two largest gradients of blobs, which backward holds at once. */
  training: number;
  /** The largest single tensor, which must fit one buffer of a graphics adapter. */
  largest: { name: string; bytes: number };
}

/** Bytes of training with a solver that keeps one value of each parameter. */
export function memoryEstimate(placed: readonly PlacedLayer[], costs: readonly LayerCost[]): MemoryEstimate {
  const total = (value: (cost: LayerCost, at: PlacedLayer) => number) =>
    costs.reduce((sum, cost, i) => sum + value(cost, placed[i]!), 0);
  const weights = FLOAT_BYTES * total((cost) => cost.parameters);
  const trainedAt = (at: PlacedLayer) => FLOAT_BYTES * size(at.parameters.filter((_, i) => learns(at, i)));
  const trained = total((cost, at) => (cost.parameters ? trainedAt(at) : 0));
  const gradients = Math.max(0, ...placed.map(trainedAt));
  const activations = total((cost) => cost.bytes);
  const tensors = placed.flatMap(({ layer, tops, parameters }) => [
    ...tops.map((shape, i) => ({ name: layer.tops[i]!, bytes: FLOAT_BYTES * product(shape) })),
    ...parameters.map((shape, i) => ({ name: `${layer.name}/${i}`, bytes: FLOAT_BYTES * product(shape) })),
  ]);
  const blobs = placed
    .flatMap(({ tops }) => tops.map((shape) => FLOAT_BYTES * product(shape)))
    .sort((a, b) => b - a);
  return {
    weights,
    solver: trained,
    gradients,
    activations,
    training: weights + trained + gradients + activations + (blobs[0] ?? 0) + (blobs[1] ?? 0),
    largest: tensors.reduce((most, tensor) => (tensor.bytes > most.bytes ? tensor : most), {
      name: '',
      bytes: 0,
    }),
  };
}
