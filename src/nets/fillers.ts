// Starting weights, as Caffe's filler.hpp draws them; every number is a function of the seed, the blob's name and its index.
import { randomNormal, randomUniform } from '../core/random';
import { anySize, blobOwners, placeLayers } from './place-layers';
import { product } from './shapes';
import type { Filler, LayerSpec, NetSpec } from './spec';
import type { WeightSet } from './weights';

const zero: Filler = {
  type: 'constant',
  value: 0,
  min: 0,
  max: 1,
  mean: 0,
  std: 1,
  varianceNorm: 'FAN_IN',
};

/** Caffe's n for xavier and msra: fan in = count / shape[0], fan out = count / shape[1]. */
function fan(filler: Filler, shape: readonly number[]): number {
  const count = product(shape);
  const fanIn = count / shape[0]!;
  const fanOut = count / (shape[1] ?? 1);
  if (filler.varianceNorm === 'FAN_OUT') return fanOut;
  return filler.varianceNorm === 'AVERAGE' ? (fanIn + fanOut) / 2 : fanIn;
}

/** The bilinear upsampling kernel of side k (filler.hpp, BilinearFiller): f = ceil(k / 2), c = (2f - 1 - f % 2) / (2f). */
export function bilinearKernel(k: number): Float32Array {
  const f = Math.ceil(k / 2);
  const c = (2 * f - 1 - (f % 2)) / (2 * f);
  const at = (i: number) => 1 - Math.abs(i / f - c);
  return Float32Array.from({ length: k * k }, (_, i) => at(i % k) * at(Math.floor(i / k)));
}

/** Fills one blob. A bilinear filler repeats its kernel in every channel, as Caffe's does. */
export function fill(filler: Filler, shape: readonly number[], seed: number, name: string): Float32Array {
  const length = product(shape);
  const draw = (at: (i: number) => number) => Float32Array.from({ length }, (_, i) => at(i));
  switch (filler.type) {
    case 'constant':
      return new Float32Array(length).fill(filler.value);
    case 'uniform':
      return draw((i) => filler.min + (filler.max - filler.min) * randomUniform(seed, name, i));
    case 'gaussian': {
      const chance = filler.sparse === undefined ? 1 : filler.sparse / shape[0]!;
      const isKept = (i: number) => chance >= 1 || randomUniform(seed, `${name} kept`, i) < chance;
      return draw((i) => (isKept(i) ? filler.mean + filler.std * randomNormal(seed, name, i) : 0));
    }
    case 'xavier': {
      const scale = Math.sqrt(3 / fan(filler, shape));
      return draw((i) => scale * (2 * randomUniform(seed, name, i) - 1));
    }
    case 'msra': {
      const std = Math.sqrt(2 / fan(filler, shape));
      return draw((i) => std * randomNormal(seed, name, i));
    }
    case 'bilinear': {
      const side = shape.at(-1)!;
      const kernel = bilinearKernel(side);
      return draw((i) => kernel[i % kernel.length]!);
    }
  }
}

/** The fillers of a layer's blobs, in the order of its parameters. */
export function layerFillers(layer: LayerSpec): Filler[] {
  switch (layer.type) {
    case 'Convolution':
    case 'Deconvolution':
    case 'InnerProduct':
      return [layer.weightFiller, layer.biasFiller];
    case 'PReLU':
      return [layer.filler];
    case 'Scale':
      return [...(layer.bottoms.length > 1 ? [] : [layer.filler]), layer.biasFiller];
    case 'Bias':
      return [layer.filler];
    case 'BatchNorm':
      return [zero, zero, zero];
    default:
      return [];
  }
}

/**
 * Starting weights for every learned blob of a network, or those that are wanted; a blob that layers share is filled as its first layer says.
 * In an ungrouped deconvolution a bilinear kernel goes to the channel itself only (fcn surgery.interp); in every channel it would mix classes.
 * @throws AppError 'bad-network' where the layers do not fit together
 */
export function initialWeights(
  spec: NetSpec,
  seed: number,
  wanted: (name: string) => boolean = () => true,
): WeightSet {
  const placed = placeLayers(spec, anySize(spec));
  const owners = blobOwners(spec, placed);
  const weights: WeightSet = new Map();
  for (const { layer, parameters } of placed) {
    const fillers = layerFillers(layer);
    parameters.forEach((shape, i) => {
      const name = `${layer.name}/${i}`;
      if (owners.get(name) !== name || !wanted(name)) return;
      const filler = fillers[i]!;
      const data = fill(filler, shape, seed, name);
      if (filler.type === 'bilinear' && layer.type === 'Deconvolution' && layer.group === 1) {
        keepDiagonal(data, shape);
      }
      weights.set(name, { shape, data });
    });
  }
  return weights;
}

/** Zeros every kernel of in x out x kh x kw that leads from a channel to another one. */
function keepDiagonal(data: Float32Array, shape: readonly number[]): void {
  const area = shape[2]! * shape[3]!;
  for (let at = 0; at < data.length; at++) {
    const pair = Math.floor(at / area);
    if (Math.floor(pair / shape[1]!) !== pair % shape[1]!) data[at] = 0;
  }
}
