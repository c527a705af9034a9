// What the weights at the end of an epoch tell of the layers: which did not learn, and which are nothing but zeros.
import type { NetSpec } from '../nets/spec';
import type { WeightSet } from '../nets/weights';

/** The biases that only a gradient moves, by layer; copies, since a network may write on. */
export type Biases = ReadonlyMap<string, Float32Array>;

/**
 * The biases of the layers that learn, of at most one vector each. Weights would not do: weight decay moves them without a gradient, and so
 * it does biases that have a decay multiplier, which are left out.
 * @param weightDecay of the run
 */
export function learntBiases({ layers }: NetSpec, weights: WeightSet, weightDecay: number): Biases {
  const found = new Map<string, Float32Array>();
  for (const { name, params } of layers) {
    const bias = params[1];
    const blob = weights.get(`${name}/1`);
    if (!bias || !blob || bias.lrMult === 0 || bias.decayMult * weightDecay !== 0) continue;
    found.set(name, blob.data.slice());
  }
  return found;
}

/** The layers whose biases have the very same bits as before: no gradient reached them, or one too small to count. */
export function stillLayers(before: Biases, after: Biases): string[] {
  return [...after].flatMap(([layer, data]) => {
    const old = before.get(layer);
    return old?.every((value, i) => value === data[i]) ? [layer] : [];
  });
}

/** The layers whose weights, biases aside, are all zero: they pass nothing on, in either direction. */
export function zeroLayers(weights: WeightSet): string[] {
  return [...weights].flatMap(([blob, { data }]) =>
    blob.endsWith('/0') && data.every((value) => value === 0) ? [blob.slice(0, -2)] : [],
  );
}
