// The device's side of the benchmark of counts: every layer of a network for which there are kernels of ours, each direction alone.
import { chooseBackend } from '../../src/engine/devices';
import { prepareLayer, type Direction } from '../../src/engine/testing/time-layer';
import { Counter, type Counts } from './counter';
import { distinctLayers, type KernelsRequest } from './kernels-page';
import { bytes, directionsOf, operations } from './needs';

export interface KernelCounts {
  layer: string;
  kernel: Direction;
  counted: Counts;
  /** What the direction needs at least: bytes, and of a convolution multiply-adds. */
  bytes: number;
  multiplyAdds: number | null;
}

export interface KernelsCounts {
  adapter: string;
  counts: KernelCounts[];
}

/** All but the sums of a bias's gradient, which go with a convolution's. */
const counted = new Set([
  ...['Conv2D', 'FusedConv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter'],
  ...['LRNGrad', 'MaxPoolGrad', 'SolverUpdate'],
]);

let counter: Counter | null = null;

export async function counts(request: Omit<KernelsRequest, 'rounds'>): Promise<KernelsCounts> {
  const { adapter } = await chooseBackend('webgpu', 'ours');
  counter ??= new Counter();
  const all: KernelCounts[] = [];
  for (const placed of distinctLayers(request)) {
    for (const direction of directionsOf(placed)) {
      const prepared = prepareLayer(placed, direction);
      // A solver's first step copies a weight that others hold, too.
      await prepared.time();
      counter.begin(counted);
      await prepared.time();
      const isProduct = placed.layer.type === 'Convolution' && direction !== 'update';
      all.push({
        layer: placed.layer.name,
        kernel: direction,
        counted: await counter.end(),
        bytes: bytes(placed, direction),
        multiplyAdds: isProduct ? operations(placed, direction) / 2 : null,
      });
      prepared.dispose();
    }
  }
  return { adapter, counts: all };
}
