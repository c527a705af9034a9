// Where each blob's channels come from: the layers whose num_output decides how many there are.
import type { ConvolutionSpec, InnerProductSpec, LayerSpec, NetSpec } from './spec';

/** `times / per` of what a layer puts out; without a layer, that many channels whatever the widths are. */
export interface Term {
  source: string | null;
  times: number;
  per: number;
}

/** The channels of a blob: a sum. */
export type Channels = readonly Term[];

export interface TracedLayer {
  layer: LayerSpec;
  /** For each bottom the index of the layer that made it; -1 for an input. */
  producers: number[];
  bottoms: Channels[];
  /** It works channel by channel, so that its outputs and groups are its bottom's channels. */
  follows: boolean;
}

/** A layer with num_output. */
export type SizedLayer = ConvolutionSpec | InnerProductSpec;

export function isSized(layer: LayerSpec): layer is SizedLayer {
  return layer.type === 'Convolution' || layer.type === 'Deconvolution' || layer.type === 'InnerProduct';
}

/** Whether the solver moves the layer's weights. */
export const learns = (layer: LayerSpec) => layer.params[0]?.lrMult !== 0;

export const gcd = (a: number, b: number): number => (b ? gcd(b, a % b) : a);

/** How many channels there are, with `sizes` of the layers. */
export function countChannels(channels: Channels, sizes: ReadonlyMap<string, number>): number {
  return channels.reduce(
    (sum, { source, times, per }) => sum + ((source === null ? 1 : sizes.get(source)!) * times) / per,
    0,
  );
}

/** Whether a Concat or Slice works on channels. Of a negative axis only that of an image is known without shapes. */
export function joinsChannels(layer: LayerSpec): boolean {
  return (layer.type === 'Concat' || layer.type === 'Slice') && (layer.axis === 1 || layer.axis === -3);
}

/** The num_output of every layer that has one. */
export function outputSizes(spec: NetSpec): Map<string, number> {
  return new Map(spec.layers.filter(isSized).map(({ name, numOutput }) => [name, numOutput]));
}

export function traceChannels(spec: NetSpec): TracedLayer[] {
  const sizes = outputSizes(spec);
  const blobs = new Map<string, { producer: number; channels: Channels }>(
    spec.inputs.map(({ name, shape }) => [name, { producer: -1, channels: fixed(shape?.[1] ?? 3) }]),
  );
  return spec.layers.map((layer, index) => {
    const read = layer.bottoms.map((name) => blobs.get(name)!);
    const bottoms = read.map(({ channels }) => channels);
    const follows = isSized(layer) && isChannelwise(layer, bottoms[0]!, sizes);
    const tops = topChannels(layer, bottoms, follows, sizes);
    layer.tops.forEach((name, i) => blobs.set(name, { producer: index, channels: tops[i]! }));
    return { layer, producers: read.map(({ producer }) => producer), bottoms, follows };
  });
}

const fixed = (count: number): Channels => [{ source: null, times: count, per: 1 }];

const scaleBy = (channels: Channels, by: number, per: number): Channels =>
  channels.map((term) => {
    const common = gcd(term.times * by, term.per * per);
    return { ...term, times: (term.times * by) / common, per: (term.per * per) / common };
  });

/** A group for each channel, or a fixed enlargement without groups, whose kernels are zero between channels. */
function isChannelwise(layer: SizedLayer, bottom: Channels, sizes: ReadonlyMap<string, number>): boolean {
  if (layer.type === 'InnerProduct' || bottom.every(({ source }) => source === null)) return false;
  const count = countChannels(bottom, sizes);
  if (layer.group > 1) return layer.group === count;
  return (
    layer.type === 'Deconvolution' &&
    !learns(layer) &&
    layer.weightFiller.type === 'bilinear' &&
    layer.numOutput === count
  );
}

function topChannels(
  layer: LayerSpec,
  bottoms: readonly Channels[],
  follows: boolean,
  sizes: ReadonlyMap<string, number>,
): Channels[] {
  const first = bottoms[0]!;
  const all = (channels: Channels) => layer.tops.map(() => channels);
  if (isSized(layer)) {
    if (follows) {
      const count = countChannels(first, sizes);
      return bottoms.map((bottom) => scaleBy(bottom, layer.numOutput, count));
    }
    const keepsChannels = layer.type === 'InnerProduct' && layer.axis > 1;
    return all(keepsChannels ? first : [{ source: layer.name, times: 1, per: 1 }]);
  }
  if (!joinsChannels(layer)) return all(first);
  if (layer.type !== 'Slice') return [bottoms.flat()];
  if (!layer.slicePoints.length) return all(scaleBy(first, 1, layer.tops.length));
  const bounds = [0, ...layer.slicePoints, countChannels(first, sizes)];
  return layer.tops.map((_, i) => fixed(bounds[i + 1]! - bounds[i]!));
}
