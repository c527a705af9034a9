// The browser's side of the kernels' benchmark: every layer of a network for which there are kernels of ours, each direction alone, by our
// kernels and by the stock ones in turns.
import { chooseBackend } from '../../src/engine/devices';
import { prepareLayer, type Direction } from '../../src/engine/testing/time-layer';
import type { KernelChoice } from '../../src/engine/kernels/webgpu/select';
import { dataShape, placeLayers, type PlacedLayer } from '../../src/nets/place-layers';
import { readNetwork } from '../../src/nets/read-network';
import { resizeNetwork } from '../../src/nets/resize-network';
import { zooPrototxt } from '../../src/nets/zoo';
import { bestRates, type BestRates } from './best-rates';
import { bytes, directionsOf, operations } from './needs';
import { median } from './stats';

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
  /** What the direction needs at least. */
  operations: number;
  bytes: number;
  /** Medians in seconds. */
  ours: number;
  stock: number;
}

export interface KernelsTimes {
  adapter: string;
  best: BestRates;
  times: KernelTimes[];
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

/** The layers of a network, of those that are alike only the first. */
export function distinctLayers({
  network,
  width,
  size,
  classes,
}: Omit<KernelsRequest, 'rounds'>): PlacedLayer[] {
  const spec = readNetwork(resizeNetwork(zooPrototxt(network), { width, classes }));
  const layers = placeLayers(spec, dataShape(spec, size)).map((placed) => [keyOf(placed), placed] as const);
  return [...new Map(layers.toReversed())].toReversed().map(([, placed]) => placed);
}

export async function kernels(request: KernelsRequest): Promise<KernelsTimes> {
  const { adapter } = await chooseBackend('webgpu', 'ours');
  const best = await bestRates();
  const times: KernelTimes[] = [];
  for (const placed of distinctLayers(request)) {
    for (const direction of directionsOf(placed))
      times.push(await timesOf(placed, direction, request.rounds));
  }
  return { adapter, best, times };
}
