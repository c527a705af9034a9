// What a direction of a layer needs at least: every operation done once, every value read or written once.
import type { Direction } from '../../src/engine/testing/time-layer';
import type { PlacedLayer } from '../../src/nets/place-layers';
import { product } from '../../src/nets/shapes';
import type { BlobShape, ConvolutionSpec } from '../../src/nets/spec';

/** The directions of a layer in which a kernel of ours runs. */
export function directionsOf({ layer, parameters }: PlacedLayer): Direction[] {
  const toData: Direction[] = layer.bottoms[0] === 'data' ? [] : ['data gradient'];
  switch (layer.type) {
    case 'Convolution':
      return ['forward', 'weight gradient', ...toData, ...(parameters.length ? (['update'] as const) : [])];
    case 'LRN':
      return toData;
    case 'Pooling':
      return layer.pool === 'MAX' ? toData : [];
    default:
      return [];
  }
}

/** Along one axis of a convolution: pairs of a window and a tap of it that lie inside the image. */
function pairsInside(layer: ConvolutionSpec, axis: 0 | 1, length: number, windows: number): number {
  const [kernel, stride, pad, dilation] = [layer.kernel, layer.stride, layer.pad, layer.dilation].map(
    (values) => values[axis],
  ) as [number, number, number, number];
  let pairs = 0;
  for (let window = 0; window < windows; window++) {
    for (let tap = 0; tap < kernel; tap++) {
      const at = window * stride + tap * dilation - pad;
      if (at >= 0 && at < length) pairs++;
    }
  }
  return pairs;
}

/** What meets the zeros around an image needs no multiply-add, forward or backward. */
function multiplyAdds(layer: ConvolutionSpec, x: BlobShape, y: BlobShape): number {
  const inside = ([0, 1] as const).map((axis) => pairsInside(layer, axis, x[2 + axis]!, y[2 + axis]!));
  return (product(inside) * x[0]! * x[1]! * y[1]!) / layer.group;
}

/** Two operations for a multiply-add; for the others what the kernel's file says of an element. */
export function operations(placed: PlacedLayer, direction: Direction): number {
  const { layer, tops, parameters, bottoms } = placed;
  const [top, bottom] = [tops[0]!, bottoms[0]!];
  if (direction === 'update') return 6 * product(parameters[0]!);
  if (layer.type === 'Convolution') return 2 * multiplyAdds(layer, bottom, top);
  if (layer.type === 'LRN') return product(bottom) * (4 * layer.localSize + 10);
  return layer.type === 'Pooling' ? product(top) * product(layer.kernel) : 0;
}

export function bytes({ layer, tops, parameters, bottoms }: PlacedLayer, direction: Direction): number {
  const [x, y] = [product(bottoms[0]!), product(tops[0]!)];
  const weights = parameters.length ? product(parameters[0]!) : 0;
  if (direction === 'update') return 20 * weights;
  // The gradient of a normalization reads its x, y and dy; that of a maximum its x and dy.
  if (layer.type === 'LRN') return 4 * (2 * x + 2 * y);
  return 4 * ((layer.type === 'Pooling' ? 2 * x : x) + y + weights);
}

/** Operations of a whole training step: its convolutions, forward and both gradients, which are nearly all of it. */
export function stepOperations(layers: readonly PlacedLayer[]): number {
  const convolutions = layers.filter(({ layer }) => layer.type === 'Convolution');
  return convolutions
    .flatMap((placed) =>
      directionsOf(placed).map((direction) => (direction === 'update' ? 0 : operations(placed, direction))),
    )
    .reduce((sum, count) => sum + count, 0);
}
