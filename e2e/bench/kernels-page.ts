// The browser's side of the kernels' benchmark: every layer of a network for which there are kernels of ours, each direction alone, by our
// kernels and by the stock ones in turns.
import { chooseBackend } from '../../src/engine/devices';
import { prepareLayer, type Direction } from '../../src/engine/testing/time-layer';
import type { KernelChoice } from '../../src/engine/kernels/webgpu/select';
import { dataShape, placeLayers, type PlacedLayer } from '../../src/nets/place-layers';
import { readNetwork } from '../../src/nets/read-network';
import { resizeNetwork } from '../../src/nets/resize-network';
import { product } from '../../src/nets/shapes';
import { zooPrototxt } from '../../src/nets/zoo';

export interface KernelsRequest {
  network: string;
  width: number;
  size: { width: number; height: number };
  classes: number;
  rounds: number;
}

export interface KernelTimes {
  layer: string;
  kernel: Direction;
  /** What the direction needs at least: every operation once, every value read or written once. */
  operations: number;
  bytes: number;
  /** Medians in seconds. */
  ours: number;
  stock: number;
}

export interface KernelsTimes {
  adapter: string;
  times: KernelTimes[];
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** The directions of a layer in which a kernel of ours runs. */
function directionsOf({ layer, parameters }: PlacedLayer): Direction[] {
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

/** Two operations for a multiply-add; for the others what the kernel's file says of an element. */
function operations({ layer, tops, parameters, bottoms }: PlacedLayer, direction: Direction): number {
  const [top, bottom] = [tops[0]!, bottoms[0]!];
  if (direction === 'update') return 6 * product(parameters[0]!);
  if (layer.type === 'Convolution') return 2 * product(parameters[0]!) * top[0]! * product(top.slice(2));
  if (layer.type === 'LRN') return product(bottom) * (4 * layer.localSize + 10);
  return layer.type === 'Pooling' ? product(top) * product(layer.kernel) : 0;
}

function bytes({ layer, tops, parameters, bottoms }: PlacedLayer, direction: Direction): number {
  const [x, y] = [product(bottoms[0]!), product(tops[0]!)];
  const weights = parameters.length ? product(parameters[0]!) : 0;
  if (direction === 'update') return 20 * weights;
  // The gradient of a normalization reads its x, y and dy; that of a maximum its x and dy.
  if (layer.type === 'LRN') return 4 * (2 * x + 2 * y);
  return 4 * ((layer.type === 'Pooling' ? 2 * x : x) + y + weights);
}

/** What a kernel's time depends on. */
function keyOf({ layer, bottoms }: PlacedLayer): string {
  const ignored = new Set(['name', 'line', 'bottoms', 'tops', 'params', 'weightFiller', 'biasFiller']);
  return JSON.stringify([bottoms, layer], (key, value: unknown) => (ignored.has(key) ? undefined : value));
}

async function timesOf(placed: PlacedLayer, direction: Direction, rounds: number): Promise<KernelTimes> {
  const taken = { ours: [] as number[], stock: [] as number[] };
  const prepare = async (choice: keyof typeof taken & KernelChoice) => {
    await chooseBackend('webgpu', choice);
    const prepared = prepareLayer(placed, direction);
    // The first run compiles.
    await prepared.time();
    return { choice, prepared };
  };
  const contestants = [await prepare('ours'), await prepare('stock')];
  for (let round = 0; round < rounds; round++) {
    for (const { choice, prepared } of contestants) {
      await chooseBackend('webgpu', choice);
      taken[choice].push(await prepared.time());
    }
  }
  contestants.forEach(({ prepared }) => prepared.dispose());
  return {
    layer: placed.layer.name,
    kernel: direction,
    operations: operations(placed, direction),
    bytes: bytes(placed, direction),
    ours: median(taken.ours),
    stock: median(taken.stock),
  };
}

export async function kernels(request: KernelsRequest): Promise<KernelsTimes> {
  const { network, width, size, classes, rounds } = request;
  const spec = readNetwork(resizeNetwork(zooPrototxt(network), { width, classes }));
  const { adapter } = await chooseBackend('webgpu', 'ours');
  const times: KernelTimes[] = [];
  const seen = new Set<string>();
  for (const placed of placeLayers(spec, dataShape(spec, size))) {
    const key = keyOf(placed);
    if (seen.has(key)) continue;
    seen.add(key);
    for (const direction of directionsOf(placed)) times.push(await timesOf(placed, direction, rounds));
  }
  return { adapter, times };
}
