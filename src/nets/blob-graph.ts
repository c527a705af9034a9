// A network as values: each layer makes new ones, in-place layers too, so that a blob's name means its last value.
import type { LayerSpec, NetSpec } from './spec';

/** Something a layer makes, or an input. */
export interface BlobValue {
  name: string;
  /** The layer that makes it and which of its tops it is; null for an input. */
  maker: { layer: LayerSpec; top: number } | null;
  /** The values that its layer reads, in the order of the bottoms. */
  bottoms: number[];
}

export interface BlobGraph {
  /** In the order in which they are made; inputs first. */
  values: BlobValue[];
  /** The last value of each blob. */
  last: Map<string, number>;
  /** The values that each layer of the network reads and makes, by its index. */
  layers: { bottoms: number[]; tops: number[] }[];
}

export function blobGraph(spec: NetSpec): BlobGraph {
  const values: BlobValue[] = spec.inputs.map(({ name }) => ({ name, maker: null, bottoms: [] }));
  const last = new Map(values.map(({ name }, i) => [name, i]));
  const layers = spec.layers.map((layer) => {
    const bottoms = layer.bottoms.map((name) => last.get(name)!);
    const tops = layer.tops.map((name, top) => {
      values.push({ name, maker: { layer, top }, bottoms });
      return values.length - 1;
    });
    layer.tops.forEach((name, i) => last.set(name, tops[i]!));
    return { bottoms, tops };
  });
  return { values, last, layers };
}
