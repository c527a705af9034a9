// What a training step takes: planned and measured, on every backend that trains by kernels of ours; and that nothing grows.
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { describe, expect, it, vi } from 'vitest';
import { random32 } from '../core/random';
import { initialWeights } from '../nets/fillers';
import { planBytes, plainStep } from '../nets/plan/bytes';
import { convolution, layer, loss, networkOf } from '../nets/plan/test-graphs';
import { withMultipliers } from '../nets/multipliers';
import { readNetwork } from '../nets/read-network';
import { resizeNetwork } from '../nets/resize-network';
import type { SolverName } from '../nets/solvers';
import type { NetSpec } from '../nets/spec';
import type { WeightSet } from '../nets/weights';
import { zooPrototxt } from '../nets/zoo';
import type { BackendName } from './backends';
import { runningCounter } from './byte-counter';
import { chooseBackend } from './devices';
import type { GpuBuffers } from './gpu-buffers';
import { dataTensor, Network } from './network';
import { memory, readScalar } from './read-back';

const classes = 3;
// Hundreds of steps on a busy machine.
vi.setConfig({ testTimeout: 600_000 });

/** Pictures, height, width. */
type Size = readonly [number, number, number];

/** A built-in network, as narrow as it gets. */
const zoo = (id: string, width: number, frozen: readonly string[] = []): NetSpec => {
  const zeros = [0, 0].map(() => ({ lrMult: 0, decayMult: 0 }));
  const multipliers = Object.fromEntries(frozen.map((name) => [name, zeros]));
  return readNetwork(withMultipliers(resizeNetwork(zooPrototxt(id), { width, classes }), multipliers));
};

/** Paths that part and meet, with blobs far larger than the weights. */
const graph = networkOf([
  layer('Power', 'small', 'data', 'small', 'power_param { scale: 0.02 shift: -0.5 }'),
  convolution('stem', 'small', 'stem', 16),
  layer('BatchNorm', 'normal', 'stem', 'stem'),
  layer('ReLU', 'relu', 'stem', 'stem'),
  layer('Pooling', 'pool', 'stem', 'pool', 'pooling_param { pool: MAX kernel_size: 3 stride: 1 pad: 1 }'),
  convolution('left', 'pool', 'left', 16),
  convolution('right', 'pool', 'right', 16),
  layer('Sigmoid', 'bend', 'right', 'right'),
  layer(
    'Eltwise',
    'sum',
    'left right stem',
    'sum',
    'eltwise_param { operation: SUM coeff: 1 coeff: 2 coeff: 1 }',
  ),
  layer('Concat', 'joined', 'sum left', 'joined'),
  convolution('score', 'joined', 'score', classes),
  loss('loss', 'score'),
]);

/** Weights far larger than the blobs, as in the layers that were fully connected. */
const heavy = networkOf([
  layer('Power', 'small', 'data', 'small', 'power_param { scale: 0.02 }'),
  layer('Pooling', 'pool', 'small', 'pool', 'pooling_param { pool: AVE kernel_size: 4 stride: 4 }'),
  convolution('wide', 'pool', 'wide', 128),
  layer('ReLU', 'relu', 'wide', 'wide'),
  convolution('wider', 'wide', 'wider', 128),
  convolution('coarse', 'wider', 'coarse', classes),
  layer(
    'Deconvolution',
    'up',
    'coarse',
    'up',
    `param { lr_mult: 0 } convolution_param { num_output: ${classes} group: ${classes} kernel_size: 8 stride: 4 bias_term: false weight_filler { type: "bilinear" } }`,
  ),
  layer('Crop', 'score', 'up data', 'score', 'crop_param { axis: 2 offset: 2 }'),
  loss('loss', 'score'),
]);

function batchOf([n, h, w]: Size) {
  const pixels = Float32Array.from({ length: n * h * w * 3 }, (_, i) => random32(1, 'pixels', i) & 255);
  const labels = Uint8Array.from({ length: n * h * w }, (_, i) => random32(1, 'labels', i) % classes);
  return { data: () => dataTensor(pixels, [n, h, w, 3]), labels: { labels } };
}

/** Trains for some steps of a size each; gives their losses. */
async function train(network: Network, sizes: readonly Size[], solver: SolverName): Promise<number[]> {
  const losses: number[] = [];
  for (const [step, size] of sizes.entries()) {
    const { data, labels } = batchOf(size);
    const tensor = data();
    const rates = { solver, learningRate: 1e-4, momentum: 0.9, weightDecay: 5e-4, step };
    const { loss } = network.trainStep(tensor, { training: true, seed: 1, step, labels }, rates);
    tensor.dispose();
    losses.push(await readScalar(loss));
  }
  return losses;
}

const buffers = () => (tf.backend() as unknown as { bufferManager: GpuBuffers }).bufferManager;

/** Bytes of everything that is no network's of this test, which may have left buffers behind. */
const heldNow = (backend: BackendName) =>
  backend === 'webgpu' ? buffers().used.bytes : runningCounter().bytes;

/** A backend is slow to begin with a layer's shape, so each network is on one or two of them; `npm run bench -- memory` has the rest. */
const cases: [backend: BackendName, name: string, spec: NetSpec, size: Size, solver: SolverName][] = [
  ['webgpu', 'FCN-AlexNet', zoo('fcn-alexnet', 0.125), [1, 24, 40], 'SGD'],
  ['webgpu', 'a graph', graph, [2, 40, 48], 'Adam'],
  ['webgpu', 'a graph', graph, [2, 40, 48], 'AdaDelta'],
  ['wasm', 'FCN-AlexNet', zoo('fcn-alexnet', 0.125), [1, 24, 40], 'Adam'],
  ['wasm', 'FCN-AlexNet', zoo('fcn-alexnet', 0.125, ['conv1', 'conv2', 'fc6']), [2, 24, 40], 'SGD'],
  ['wasm', 'FCN-8s', zoo('fcn-8s', 0.0625), [1, 24, 32], 'SGD'],
  ['wasm', 'a graph', graph, [2, 40, 48], 'SGD'],
  ['cpu', 'a graph', graph, [2, 20, 24], 'SGD'],
  ['cpu', 'a graph', graph, [2, 20, 24], 'Adam'],
];

it.each(cases)('on %s a step of %s takes what is planned', async (backend, _name, spec, size, solver) => {
  await chooseBackend(backend, 'ours');
  const others = heldNow(backend);
  const network = new Network(spec, initialWeights(spec, 1));
  if (backend === 'webgpu') buffers().used.restart();
  await train(network, [size, size], solver);
  const planned = planBytes(spec, [...size, 3], { ...plainStep, kernels: backend, solver }).total;
  expect(Math.abs((network.peakBytes - others) / planned - 1)).toBeLessThan(0.1);
  // Without what waits to serve again.
  if (backend === 'webgpu') expect(Math.abs((buffers().used.peak - others) / planned - 1)).toBeLessThan(0.1);
  network.dispose();
  expect(heldNow(backend)).toBeLessThanOrEqual(others);
});

describe.each(['webgpu', 'wasm', 'cpu'] as const)('on %s', (backend) => {
  const size: Size = backend === 'cpu' ? [2, 20, 24] : [2, 40, 48];

  it('gradients that wait for others are planned, too', async () => {
    await chooseBackend(backend, 'ours');
    const others = heldNow(backend);
    const network = new Network(heavy, initialWeights(heavy, 1));
    const { data, labels } = batchOf(size);
    const rates = { solver: 'SGD', learningRate: 1e-4, momentum: 0.9, weightDecay: 5e-4, step: 0 } as const;
    const counter = runningCounter();
    let peak = 0;
    for (let batch = 0; batch < 4; batch++) {
      const tensor = data();
      const { loss } = network.addGradients(tensor, { training: true, seed: 1, step: batch, labels });
      tensor.dispose();
      await readScalar(loss);
      if (batch % 2) network.step(rates, 1);
      peak = Math.max(peak, counter.peak);
    }
    const options = { ...plainStep, kernels: backend, accumulation: 2, clips: true };
    const planned = planBytes(heavy, [...size, 3], options).total;
    expect(Math.abs((peak - others) / planned - 1)).toBeLessThan(0.1);
    network.dispose();
  });

  it('the first block computed again gives the same bits, and takes what is planned', async () => {
    await chooseBackend(backend, 'ours');
    const options = { ...plainStep, kernels: backend };
    const [kept, again] = [false, true].map(
      (recompute) => planBytes(graph, [...size, 3], { ...options, recompute }).total,
    );
    expect(again).toBeLessThan(0.9 * kept!);
    const found: { weights: WeightSet; loss: number[] }[] = [];
    for (const [limit, planned] of [
      [kept!, kept!],
      [kept! - 1, again!],
    ] as const) {
      const others = heldNow(backend);
      const network = new Network(graph, initialWeights(graph, 1), limit);
      const losses = await train(network, [size, size], 'SGD');
      expect(Math.abs((network.peakBytes - others) / planned - 1)).toBeLessThan(0.1);
      found.push({ weights: await network.weights(), loss: losses });
      network.dispose();
    }
    expect(found[1]).toEqual(found[0]);
  });
});

describe.each(['webgpu', 'wasm'] as const)('on %s', (backend) => {
  /** Of every kind that a built-in network has, and with dropout. */
  const tiny = networkOf([
    layer('Power', 'small', 'data', 'small', 'power_param { scale: 0.02 }'),
    convolution('conv', 'small', 'conv', 4),
    layer('ReLU', 'relu', 'conv', 'conv'),
    layer('Pooling', 'pool', 'conv', 'pool', 'pooling_param { pool: MAX kernel_size: 2 stride: 2 }'),
    layer('LRN', 'norm', 'pool', 'norm', 'lrn_param { local_size: 3 }'),
    layer('Dropout', 'drop', 'norm', 'norm'),
    convolution('coarse', 'norm', 'coarse', classes),
    layer(
      'Deconvolution',
      'up',
      'coarse',
      'up',
      `param { lr_mult: 0 } convolution_param { num_output: ${classes} group: ${classes} kernel_size: 4 stride: 2 bias_term: false weight_filler { type: "bilinear" } }`,
    ),
    layer('Crop', 'score', 'up data', 'score', 'crop_param { axis: 2 offset: 1 }'),
    loss('loss', 'score'),
  ]);

  it('500 steps leave as many bytes and tensors as 5', async () => {
    await chooseBackend(backend, 'ours');
    const network = new Network(tiny, initialWeights(tiny, 1));
    const size: Size = [1, 16, 16];
    const steps = (count: number) => train(network, Array<Size>(count).fill(size), 'SGD');
    await steps(5);
    const before = memory();
    await steps(495);
    expect(memory()).toEqual(before);
    network.dispose();
  });

  it('ten sizes of image in turn do not add up', async () => {
    await chooseBackend(backend, 'ours');
    const others = heldNow(backend);
    const network = new Network(tiny, initialWeights(tiny, 1));
    const sizes = Array.from({ length: 10 }, (_, i): Size => [1, 16 + 6 * i, 70 - 4 * i]);
    await train(network, sizes, 'SGD');
    const before = memory();
    await train(network, sizes, 'SGD');
    expect(memory()).toEqual(before);
    const most = Math.max(
      ...sizes.map((size) => planBytes(tiny, [...size, 3], { ...plainStep, kernels: backend }).total),
    );
    expect(network.peakBytes - others).toBeLessThan(1.1 * most);
    network.dispose();
  });
});

it('on webgpu every buffer of the device is counted', async () => {
  await chooseBackend('webgpu', 'ours');
  const { device } = tf.backend() as WebGPUBackend;
  const live = new Map<GPUBuffer, number>();
  const createBuffer = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const made = createBuffer(descriptor);
    const destroy = made.destroy.bind(made);
    live.set(made, descriptor.size);
    made.destroy = () => {
      live.delete(made);
      destroy();
    };
    return made;
  };
  buffers().limit(0);
  const before = runningCounter().bytes;
  const network = new Network(graph, initialWeights(graph, 1));
  await train(network, [[1, 20, 24]], 'SGD');
  await network.weights();
  const counted = runningCounter().bytes - before;
  expect(counted).toBeGreaterThan(0);
  expect([...live.values()].reduce((sum, bytes) => sum + bytes, 0)).toBe(counted);
  network.dispose();
  buffers().limit(0);
  expect(runningCounter().bytes).toBe(before);
  device.createBuffer = createBuffer;
});
