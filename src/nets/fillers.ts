// Starting weights, as Caffe's filler.hpp draws them; every number is a function of the seed, the blob's name and its index.
import { randomNormal, randomUniform } from '../core/random';
import { placeLayers } from './shapes';
import type { Filler, NetSpec, Shape } from './spec';
import type { WeightSet } from './weights';

const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

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
    case 'gaussian':
      return draw((i) => filler.mean + filler.std * randomNormal(seed, name, i));
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

/**
 * Starting weights for every learned blob of a network.
 * In an ungrouped deconvolution a bilinear kernel goes to the channel itself only (fcn surgery.interp); in every channel it would mix classes.
 */
export function initialWeights(spec: NetSpec, seed: number): WeightSet {
  const anySize: Shape = [1, 3, 512, 512];
  const weights: WeightSet = new Map();
  for (const { layer, parameters } of placeLayers(spec, anySize)) {
    if (layer.type !== 'Convolution' && layer.type !== 'Deconvolution') continue;
    parameters.forEach((shape, i) => {
      const name = `${layer.name}/${i}`;
      const filler = i === 0 ? layer.weightFiller : layer.biasFiller;
      const data = fill(filler, shape, seed, name);
      if (filler.type === 'bilinear' && layer.group === 1) {
        const area = shape[2]! * shape[3]!;
        for (let at = 0; at < data.length; at++) {
          const pair = Math.floor(at / area);
          if (Math.floor(pair / shape[1]!) !== pair % shape[1]!) data[at] = 0;
        }
      }
      weights.set(name, { shape, data });
    });
  }
  return weights;
}
