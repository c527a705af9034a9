// Where a blob's pixels lie in another blob: the coordinate arithmetic of Caffe's python/caffe/coord_map.py.
import { AppError } from '../core/errors';
import { blobGraph, type BlobValue } from './blob-graph';
import { cropOffset } from './shapes';
import type { LayerSpec, NetSpec } from './spec';

/**
 * Pixel x of one blob is pixel `scale * x + shift` of another, along each spatial axis; a list that is shorter than there are axes goes on with its last number.
 * `axis` is the axis before the first spatial one (1 for N x C x H x W), or null where a map depends on none.
 */
export interface CoordMap {
  axis: number | null;
  scale: readonly number[];
  shift: readonly number[];
}

export const identityMap: CoordMap = { axis: null, scale: [1], shift: [0] };

/** Element by element; the last of the shorter list serves the axes that it does not name. */
function zip(a: readonly number[], b: readonly number[], join: (a: number, b: number) => number): number[] {
  const at = (list: readonly number[], i: number) => list[Math.min(i, list.length - 1)]!;
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => join(at(a, i), at(b, i)));
}

/**
 * The map that applies `next`, then `base`: scales multiply, and the shift of `next` is scaled by `base`.
 * @throws AppError 'bad-network' where they speak of different axes.
 */
export function compose(base: CoordMap, next: CoordMap): CoordMap {
  if (base.axis !== null && next.axis !== null && base.axis !== next.axis) {
    throw new AppError(
      'bad-network',
      `A map along axis ${base.axis} and one along axis ${next.axis} cannot follow each other.`,
    );
  }
  const scaled = zip(base.scale, next.shift, (a, b) => a * b);
  return {
    axis: base.axis ?? next.axis,
    scale: zip(base.scale, next.scale, (a, b) => a * b),
    shift: zip(scaled, base.shift, (a, b) => a + b),
  };
}

/** The way back: 1 / scale, -shift / scale. */
export function inverse({ axis, scale, shift }: CoordMap): CoordMap {
  return { axis, scale: scale.map((a) => 1 / a), shift: zip(shift, scale, (b, a) => (b === 0 ? 0 : -b / a)) };
}

/** Layers whose tops lie where their bottoms do. */
const passThrough: ReadonlySet<LayerSpec['type']> = new Set<LayerSpec['type']>([
  'BatchNorm',
  'Bias',
  'Concat',
  'Dropout',
  'Eltwise',
  'ELU',
  'LRN',
  'Power',
  'PReLU',
  'ReLU',
  'Scale',
  'Sigmoid',
  'Slice',
  'Softmax',
  'Split',
  'TanH',
]);

/**
 * The map from a layer's bottom to its top; null where there is none, as through an InnerProduct.
 * A window moved by `stride` has its centre at output 0 over input (kernel - 1) / 2 - pad: the article's (P - (K - 1) / 2) / S.
 */
export function layerMap(layer: LayerSpec): CoordMap | null {
  switch (layer.type) {
    case 'Convolution':
    case 'Deconvolution': {
      const reach = zip(layer.dilation, layer.kernel, (d, k) => (d * (k - 1)) / 2);
      if (layer.type === 'Deconvolution')
        return { axis: 1, scale: layer.stride, shift: zip(reach, layer.pad, (r, p) => r - p) };
      return { axis: 1, ...windowMap(reach, layer.stride, layer.pad) };
    }
    case 'Pooling':
      if (layer.global) return null;
      return {
        axis: 1,
        ...windowMap(
          layer.kernel.map((k) => (k - 1) / 2),
          layer.stride,
          layer.pad,
        ),
      };
    case 'Crop': {
      const axis = layer.axis < 0 ? layer.axis + 4 : layer.axis;
      // Axes before the spatial ones have no coordinates.
      const shift =
        layer.offset.length > 1
          ? layer.offset.slice(Math.max(0, 2 - axis))
          : [cropOffset(layer.offset, 2, 2)];
      if (axis === 3) return { axis: 1, scale: [1], shift: [0, -shift[0]!] };
      return {
        axis: Math.max(axis, 2) - 1,
        scale: [1],
        shift: shift.map((offset) => (offset === 0 ? 0 : -offset)),
      };
    }
    default:
      return passThrough.has(layer.type) ? identityMap : null;
  }
}

function windowMap(reach: readonly number[], stride: readonly number[], pad: readonly number[]) {
  const ahead = zip(pad, reach, (p, r) => p - r);
  return { scale: stride.map((s) => 1 / s), shift: zip(ahead, stride, (a, s) => a / s) };
}

/** The bottoms through which a value's place is known: a Crop's second bottom only lends its size, a Scale's its factors. */
export function mappedBottoms({ maker, bottoms }: BlobValue): number[] {
  if (!maker) return [];
  const { layer, top } = maker;
  if (layer.type === 'Convolution' || layer.type === 'Deconvolution') return bottoms.slice(top, top + 1);
  if (layer.type === 'Crop' || layer.type === 'Scale' || layer.type === 'Bias') return bottoms.slice(0, 1);
  return bottoms;
}

/** For every value that `from` depends on, the map from that value to `from`; each by the first path that is found. */
export function mapsTo(values: readonly BlobValue[], from: number): Map<number, CoordMap> {
  const maps = new Map([[from, identityMap]]);
  // A value's readers come after it, so that going backwards every reader is done before.
  for (let i = from; i >= 0; i--) {
    const map = maps.get(i);
    const own = map && values[i]!.maker ? layerMap(values[i]!.maker!.layer) : null;
    if (!map || !own) continue;
    for (const bottom of mappedBottoms(values[i]!)) {
      if (!maps.has(bottom)) maps.set(bottom, compose(map, own));
    }
  }
  return maps;
}

/**
 * The map between two blobs that come from a common one (coord_map_from_to): along both ways back to where they meet.
 * @throws AppError 'bad-network' where nothing spatial connects them.
 */
export function coordMapFromTo(spec: NetSpec, from: string, to: string): CoordMap {
  const { values, last } = blobGraph(spec);
  const index = (name: string) =>
    last.get(name) ??
    fail(`There is no blob "${name}" in this network; it has ${[...last.keys()].join(', ')}.`);
  const fromMaps = mapsTo(values, index(from));
  const toMaps = mapsTo(values, index(to));
  const common = [...toMaps.keys()].filter((value) => fromMaps.has(value));
  if (common.length === 0)
    fail(
      `"${from}" and "${to}" have no common origin from which both are reached through layers that keep places.`,
    );
  const meeting = Math.max(...common);
  return compose(toMaps.get(meeting)!, inverse(fromMaps.get(meeting)!));
}

function fail(message: string): never {
  throw new AppError('bad-network', message);
}

/**
 * The Crop that lays blob `from` over blob `to` (coord_map.py, crop): its first axis and offsets.
 * @throws AppError 'bad-network' where scales differ, or the offset is negative or no whole number.
 */
export function cropFor(spec: NetSpec, from: string, to: string): { axis: number; offset: number[] } {
  const { axis, scale, shift } = coordMapFromTo(spec, from, to);
  const what = `"${from}" cannot be cropped to "${to}"`;
  if (scale.some((a) => Math.abs(a - 1) > 1e-9))
    fail(`${what}: one pixel of the one is ${list(scale)} of the other. Match the stride of the upsampling.`);
  // Scales such as 1/3 are not exact.
  const offset = shift.map((b) => -Math.round(b * 1e6) / 1e6);
  if (offset.some((value) => value < 0))
    fail(
      `${what}: it begins ${list(offset.map((value) => -value))} pixels inside. Raise the first layer's padding.`,
    );
  if (!offset.every(Number.isInteger))
    fail(
      `${what}: the offset ${list(offset)} is not a whole number. Change the kernel of the upsampling by one.`,
    );
  return { axis: (axis ?? 1) + 1, offset: offset.map((value) => value + 0) };
}

const list = (values: readonly number[]) =>
  [...new Set(values.map((value) => Math.round(value * 1e4) / 1e4))].join(' x ');
