// What every contestant learns: one network from the same weights, and one batch of noise with labels.
import { random32 } from '../../src/core/random';
import { initialWeights } from '../../src/nets/fillers';
import { readNetwork } from '../../src/nets/read-network';
import { resizeNetwork } from '../../src/nets/resize-network';
import type { NetSpec, SoftmaxWithLossSpec } from '../../src/nets/spec';
import type { WeightSet } from '../../src/nets/weights';
import { zooPrototxt } from '../../src/nets/zoo';

export interface ProblemRequest {
  network: string;
  width: number;
  size: { width: number; height: number };
  batch: number;
  classes: number;
}

export interface Problem {
  spec: NetSpec;
  weights: WeightSet;
  /** N x H x W x 3, bytes as float32, blue first. */
  pixels: Float32Array;
  /** N x H x W; some are to be ignored. */
  labels: Uint8Array;
  request: ProblemRequest;
}

/** Plain momentum, which every library has: no weight decay, one rate for all that learns. */
export const rates = { solver: 'SGD', learningRate: 1e-3, momentum: 0.9, weightDecay: 0, step: 0 } as const;

/** Without what each library does in its own way: dropout's random numbers, and rates that differ from layer to layer. */
const plainly = (spec: NetSpec): NetSpec => ({
  ...spec,
  layers: spec.layers.map((layer) => ({
    ...layer,
    ...(layer.type === 'Dropout' && { ratio: 0 }),
    params: layer.params.map((param) => ({ ...param, lrMult: Math.min(1, param.lrMult) })),
  })),
});

/** The layer that a network is trained by. */
export function lossOf({ layers }: NetSpec): SoftmaxWithLossSpec {
  const loss = layers.find((layer) => layer.type === 'SoftmaxWithLoss');
  if (!loss) throw new Error('The network has no SoftmaxWithLoss layer to be trained by.');
  return loss;
}

export function makeProblem(request: ProblemRequest): Problem {
  const { network, width, size, batch, classes } = request;
  const spec = plainly(readNetwork(resizeNetwork(zooPrototxt(network), { width, classes })));
  const count = batch * size.width * size.height;
  const ignored = lossOf(spec).ignoreLabel ?? 0;
  return {
    spec,
    weights: initialWeights(spec, 1),
    pixels: Float32Array.from({ length: count * 3 }, (_, i) => random32(1, 'pixels', i) & 255),
    labels: Uint8Array.from({ length: count }, (_, i) => {
      const drawn = random32(1, 'labels', i) % (classes + 1);
      return drawn === classes ? ignored : drawn;
    }),
    request,
  };
}

/** What can take a whole training step of a problem. */
export interface Trainer {
  /** Uploads the batch, goes forward, backward and updates the weights; resolves to the loss before the update. */
  step(): Promise<number>;
  dispose(): void;
}
