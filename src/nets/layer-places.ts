// Where each layer lies in the data: scale, offset and receptive field, composed along every path (the article's Table 2).
import { blobGraph, type BlobGraph } from './blob-graph';
import { compose, cropFor, identityMap, layerMap, mappedBottoms, mapsTo, type CoordMap } from './coord-map';
import type { LayerSpec, NetSpec } from './spec';

/** One number where height and width agree, else both. */
export type PerAxis = number | [height: number, width: number];

export interface LayerPlace {
  /** The layer's own map, from its bottom to its top. */
  layerScale: PerAxis | null;
  layerOffset: PerAxis | null;
  /** Pixels of the top per pixel of the data (1/4 after a stride of 4); null behind a layer that keeps no places. */
  scale: PerAxis | null;
  /** Where data pixel 0 lies in the top. */
  origin: PerAxis | null;
  /** Table 2's last column: pixel x of the layer's bottom is pixel (stride * x + offset) of the last upsampled blob. null for layers off its path. */
  offset: PerAxis | null;
  /** Side of the square of data pixels that one pixel of the top sees; null where that is the whole image. */
  receptiveField: PerAxis | null;
}

/** Two ways into a layer that do not lie over each other. */
export interface Disagreement {
  layer: string;
  line: number;
  message: string;
}

/** A Crop as written, and as the arithmetic has it. */
export interface CropCheck {
  layer: string;
  line: number;
  /** Offsets in the file. */
  given: number[];
  /** Offsets that lay the first bottom over the second; null where none do, for `reason`. */
  computed: number[] | null;
  reason: string | null;
}

interface Reach {
  map: CoordMap;
  /** Height and width. */
  field: readonly [number, number];
}

const both = (values: readonly number[]): [number, number] => [values[0]!, values[1] ?? values[0]!];
const tidy = (value: number) => Math.round(value * 1e9) / 1e9 + 0;

function perAxis(values: readonly number[] | undefined): PerAxis | null {
  if (!values) return null;
  const [height, width] = both(values.map(tidy));
  return height === width ? height : [height, width];
}

/** How many pixels of its bottom one pixel of a layer's top reads, along each axis; null for all of them. */
function reads(layer: LayerSpec): [number, number] | null {
  switch (layer.type) {
    case 'Convolution':
      return both(layer.kernel.map((k, i) => layer.dilation[i]! * (k - 1) + 1));
    case 'Deconvolution':
      return both(
        layer.kernel.map((k, i) => Math.ceil((layer.dilation[i]! * (k - 1) + 1) / layer.stride[i]!)),
      );
    case 'Pooling':
      return layer.global ? null : both(layer.kernel);
    case 'LRN':
      return layer.region === 'WITHIN_CHANNEL' ? [layer.localSize, layer.localSize] : [1, 1];
    default:
      return layerMap(layer) ? [1, 1] : null;
  }
}

/** What is known of every value, going forward from the images. */
function reachForward(
  { values }: BlobGraph,
  spec: NetSpec,
  onMeet: (value: number, a: Reach, b: Reach) => void,
) {
  const reached = new Map<number, Reach>();
  values.forEach((value, i) => {
    if (!value.maker) {
      if (spec.inputs[i]?.role === 'image') reached.set(i, { map: identityMap, field: [1, 1] });
      return;
    }
    const own = layerMap(value.maker.layer);
    const bottoms = mappedBottoms(value).flatMap((bottom) => reached.get(bottom) ?? []);
    const first = bottoms[0];
    const taken = reads(value.maker.layer);
    if (!own || !first || !taken) return;
    bottoms.slice(1).forEach((other) => onMeet(i, first, other));
    const jump = both(first.map.scale).map((scale) => 1 / scale);
    const field = ([0, 1] as const).map(
      (axis) => Math.max(...bottoms.map((bottom) => bottom.field[axis])) + (taken[axis] - 1) * jump[axis]!,
    ) as [number, number];
    reached.set(i, { map: compose(own, first.map), field });
  });
  return reached;
}

/** The blob that Table 2 counts back from: what the last Crop to an image cuts, or the last blob whose place is known. */
function target({ layers }: BlobGraph, spec: NetSpec, reached: Map<number, Reach>): number | null {
  const images = new Set(spec.inputs.flatMap(({ role }, i) => (role === 'image' ? [i] : [])));
  const last = spec.layers.findLastIndex(
    (layer, i) => layer.type === 'Crop' && images.has(layers[i]!.bottoms[1]!),
  );
  if (last >= 0) return layers[last]!.bottoms[0]!;
  const scores = layers.findLast(({ tops }) => tops.some((top) => reached.has(top)));
  return scores?.tops.find((top) => reached.has(top)) ?? null;
}

/** The place of every layer of the network, and where paths that meet disagree. */
export function layerPlaces(spec: NetSpec): { places: LayerPlace[]; disagreements: Disagreement[] } {
  const graph = blobGraph(spec);
  const disagreements: Disagreement[] = [];
  const reached = reachForward(graph, spec, (value, a, b) => {
    const { layer } = graph.values[value]!.maker!;
    const differs = (what: 'scale' | 'shift') => {
      const [first, second] = [both(a.map[what]), both(b.map[what])];
      return first.some((number, axis) => Math.abs(number - second[axis]!) > 1e-6);
    };
    if (!differs('scale') && !differs('shift')) return;
    const say = ({ map }: Reach) =>
      `scale ${perAxis(map.scale)?.toString()}, offset ${perAxis(map.shift)?.toString()}`;
    disagreements.push({
      layer: layer.name,
      line: layer.line,
      message:
        `the blobs that meet in "${layer.name}" do not lie over each other: ` +
        `one has ${say(a)}, the other ${say(b)}. A Crop between them needs another offset, or an upsampling another stride.`,
    });
  });
  const goal = target(graph, spec, reached);
  const back = goal === null ? new Map<number, CoordMap>() : mapsTo(graph.values, goal);
  const places = spec.layers.map((layer, i): LayerPlace => {
    const own = layerMap(layer);
    const { bottoms, tops } = graph.layers[i]!;
    const here = tops[0] === undefined ? undefined : reached.get(tops[0]);
    const onPath = tops.some((top) => back.has(top));
    return {
      layerScale: perAxis(own?.scale),
      layerOffset: perAxis(own?.shift),
      scale: perAxis(here?.map.scale),
      origin: perAxis(here?.map.shift),
      offset: onPath && own ? perAxis(back.get(bottoms[0]!)?.shift) : null,
      receptiveField: perAxis(here?.field),
    };
  });
  return { places, disagreements };
}

/** Every Crop of the network against the offsets that the arithmetic gives. */
export function cropChecks(spec: NetSpec): CropCheck[] {
  return spec.layers.flatMap((layer): CropCheck[] => {
    if (layer.type !== 'Crop') return [];
    const check = { layer: layer.name, line: layer.line, given: layer.offset.length ? layer.offset : [0] };
    // What the crop's bottoms are must be asked of the network up to it: later layers may work in place.
    const before = { ...spec, layers: spec.layers.slice(0, spec.layers.indexOf(layer)) };
    try {
      const { offset } = cropFor(before, layer.bottoms[0]!, layer.bottoms[1]!);
      return [{ ...check, computed: offset, reason: null }];
    } catch (error) {
      return [{ ...check, computed: null, reason: error instanceof Error ? error.message : String(error) }];
    }
  });
}
