// Whole networks: blobs, gradients and six solver steps against PyTorch in float64, on every backend; and what any run must keep to.
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { random32 } from '../core/random';
import type { Safetensors } from '../formats/safetensors';
import { initialWeights } from '../nets/fillers';
import { readNetwork } from '../nets/read-network';
import { resizeNetwork } from '../nets/resize-network';
import type { NetSpec } from '../nets/spec';
import type { WeightSet } from '../nets/weights';
import { zooPrototxt } from '../nets/zoo';
import type { BackendName } from './backends';
import { chooseBackend } from './devices';
import { caffeFromHwio } from './layout';
import { dataTensor, Network } from './network';
import { readScalar } from './read-back';
import type { Blob } from './testing/blob';
import { relativeError } from './testing/close';
import { everyBackend } from './testing/every-backend';
import { nchwFromNhwc, nhwcFromNchw } from './testing/layouts';
import { naiveForward } from './testing/naive';
import { readReference, readReferenceText } from './testing/reference';

const smallNetwork = `
layer { name: "shift" type: "Power" bottom: "data" top: "shift" power_param { shift: -2 } }
layer { name: "conv1" type: "Convolution" bottom: "shift" top: "conv1"
  convolution_param { num_output: 6 kernel_size: 5 stride: 2 pad: 9 weight_filler { type: "msra" } bias_filler { value: 0.1 } } }
layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" relu_param { negative_slope: 0.5 } }
layer { name: "pool1" type: "Pooling" bottom: "conv1" top: "pool1" pooling_param { pool: MAX kernel_size: 3 stride: 2 } }
layer { name: "norm1" type: "LRN" bottom: "pool1" top: "norm1" lrn_param { local_size: 3 alpha: 0.5 } }
layer { name: "conv2" type: "Convolution" bottom: "norm1" top: "conv2"
  convolution_param { num_output: 3 kernel_size: 1 weight_filler { type: "msra" } } }
layer { name: "up" type: "Deconvolution" bottom: "conv2" top: "up" param { lr_mult: 0 }
  convolution_param { num_output: 3 kernel_size: 8 stride: 4 group: 3 bias_term: false weight_filler { type: "bilinear" } } }
layer { name: "score" type: "Crop" bottom: "up" bottom: "data" top: "score" crop_param { axis: 2 offset: 5 } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "score" bottom: "label" top: "loss" loss_param { ignore_label: 255 } }
`;

const references = await Promise.all(
  ['fcn-alexnet-narrow', 'fcn-8s-narrow'].map(async (name) => {
    const numbers = await readReference(name);
    return { name, numbers, text: numbers && (await readReferenceText(name)) };
  }),
);

/** "param/conv1/w" and its like as Caffe's "conv1/0". */
function weightsOf({ tensors }: Safetensors, prefix: string): WeightSet {
  const weights: WeightSet = new Map();
  for (const [name, { shape, data }] of tensors) {
    if (!name.startsWith(prefix)) continue;
    const blob = name.slice(prefix.length).replace(/\/w$/, '/0').replace(/\/b$/, '/1');
    weights.set(blob, { shape, data: data as Float32Array });
  }
  return weights;
}

function batchOf({ tensors }: Safetensors, step: number) {
  const data = tensors.get('data')!;
  const label = tensors.get('label')!;
  const [, n, c, h, w] = data.shape as [number, number, number, number, number];
  const size = n * c * h * w;
  const nhwc = nhwcFromNchw(data.data.subarray(step * size, (step + 1) * size), [n, c, h, w]);
  const labels = label.data.slice(step * n * h * w, (step + 1) * n * h * w) as Uint8Array;
  return { data: dataTensor(nhwc.data, nhwc.shape), labels: { labels } };
}

/** What of a network differs from its reference by more than its bound. */
async function compare(reference: Safetensors, text: string): Promise<string[]> {
  const { tensors, metadata } = reference;
  const network = new Network(readNetwork(text), weightsOf(reference, 'param/'));
  const errors: string[] = [];
  const check = (what: string, actual: ArrayLike<number>, expected: ArrayLike<number>, bound: number) => {
    const error = relativeError(actual, expected);
    if (!(error <= bound)) errors.push(`${what}: ${error.toExponential(2)} > ${bound}`);
  };

  const first = batchOf(reference, 0);
  const names = [...tensors.keys()].filter((name) => name.startsWith('blob/')).map((name) => name.slice(5));
  expect(names).toContain('score');
  for (const [i, blob] of network.blobs(first.data, first.labels, names).entries()) {
    const values = nchwFromNhwc(await blob.data(), blob.shape);
    check(`blob ${names[i]}`, values, tensors.get(`blob/${names[i]}`)!.data, 1e-5);
    blob.dispose();
  }
  const pass = (step: number, labels = first.labels) => ({ training: true, seed: 1, step, labels });
  const { loss, gradients } = network.gradients(first.data, pass(0));
  loss.dispose();
  first.data.dispose();
  for (const [name, { data }] of weightsOf(reference, 'grad/')) {
    const gradient = gradients.get(name);
    if (!gradient) {
      expect(name).toMatch(/^upscore/); // fixed: their multiplier is 0
      continue;
    }
    const blob = { shape: gradient.shape, data: (await gradient.data()) as Float32Array };
    check(`gradient ${name}`, name.endsWith('/0') ? caffeFromHwio(blob).data : blob.data, data, 1e-4);
    gradient.dispose();
  }

  const solver = JSON.parse(metadata.get('solver')!) as Record<
    'base_lr' | 'momentum' | 'weight_decay',
    number
  >;
  for (let step = 0; step < 6; step++) {
    const { data, labels } = batchOf(reference, step);
    const result = network.trainStep(data, pass(step, labels), {
      solver: 'SGD',
      learningRate: solver.base_lr * 0.1 ** Math.floor(step / 3),
      momentum: solver.momentum,
      weightDecay: solver.weight_decay,
      step,
    });
    data.dispose();
    check(`loss ${step}`, [await readScalar(result.loss)], [tensors.get('losses')!.data[step]!], 1e-5);
  }
  const weights = await network.weights();
  for (const [name, { data }] of weightsOf(reference, 'final/')) {
    check(`weight ${name}`, weights.get(name)!.data, data, 1e-4);
  }
  network.dispose();
  return errors;
}

describe.each(references)('$name', ({ numbers, text }) => {
  it.runIf(numbers !== null).for(everyBackend)(
    'agrees with the reference over six solver steps on %s',
    { timeout: 600_000 },
    async ([, choose]) => {
      await choose();
      expect(await compare(numbers!, text!)).toEqual([]);
    },
  );
});

/** The loss of a whole network by its layers' definitions, in float64. */
function naiveNetworkLoss(spec: NetSpec, weights: WeightSet, data: Blob, labels: Uint8Array): number {
  const blobs = new Map([['data', data]]);
  for (const layer of spec.layers) {
    const bottoms = layer.bottoms.flatMap((name) => blobs.get(name) ?? []);
    const params = [0, 1].flatMap((i) => weights.get(`${layer.name}/${i}`) ?? []);
    const asBlobs = params.map(({ shape, data: values }) => ({ shape, data: Float64Array.from(values) }));
    const [top] = naiveForward(layer, bottoms, asBlobs, { labels }).tops;
    if (layer.type === 'SoftmaxWithLoss') return top!.data[0]!;
    blobs.set(layer.tops[0]!, top!);
  }
  throw new Error('the network has no loss');
}

describe.each(everyBackend)('a small FCN on %s', (_name, choose) => {
  it('has the loss of its definition, and the gradient is its slope', async () => {
    await choose();
    const spec = readNetwork(smallNetwork);
    const weights = initialWeights(spec, 3);
    const [h, w] = [13, 17];
    const pixels: Blob = {
      shape: [2, 3, h, w],
      data: Float64Array.from({ length: 2 * 3 * h * w }, (_, i) => (random32(3, 'pixels', i) & 255) / 64),
    };
    const labels = Uint8Array.from({ length: 2 * h * w }, (_, i) => (i % 11 === 0 ? 255 : i % 3));
    const nhwc = nhwcFromNchw(pixels.data, pixels.shape);
    const data = dataTensor(nhwc.data, nhwc.shape);
    const network = new Network(spec, weights);
    const { loss, gradients } = network.gradients(data, {
      training: true,
      seed: 1,
      step: 0,
      labels: { labels },
    });
    expect(
      relativeError([await readScalar(loss)], [naiveNetworkLoss(spec, weights, pixels, labels)]),
    ).toBeLessThan(1e-5);
    expect([...gradients.keys()].sort()).toEqual(['conv1/0', 'conv1/1', 'conv2/0', 'conv2/1']);
    for (const [name, gradient] of gradients) {
      const blob = { shape: gradient.shape, data: (await gradient.data()) as Float32Array };
      const slopes = name.endsWith('/0') ? caffeFromHwio(blob).data : blob.data;
      const direction = Float32Array.from(slopes, (_, i) => (random32(4, name, i) & 1 ? 1 : -1));
      const step = 2 ** -12;
      const moved = (sign: number) => {
        const { shape, data: values } = weights.get(name)!;
        const data = values.map((value, i) => value + sign * step * direction[i]!);
        return naiveNetworkLoss(spec, new Map(weights).set(name, { shape, data }), pixels, labels);
      };
      const slope = (moved(1) - moved(-1)) / (2 * step);
      const found = slopes.reduce((sum, value, i) => sum + value * direction[i]!, 0);
      const scale = Math.hypot(...slopes) * Math.sqrt(slopes.length);
      expect(Math.abs(found - slope) / scale, name).toBeLessThan(1e-3);
      gradient.dispose();
    }
    data.dispose();
    network.dispose();
  });
});

/** A tiny network on random pixels: losses and final weights of some steps. */
async function shortRun(backend: BackendName, steps: number, seed: number) {
  await chooseBackend(backend);
  const spec = readNetwork(resizeNetwork(zooPrototxt('fcn-alexnet'), { width: 1 / 32, classes: 4 }));
  const network = new Network(spec, initialWeights(spec, seed));
  const losses: number[] = [];
  const tensors: number[] = [];
  const [n, h, w] = [1, 24, 32];
  for (let step = 0; step < steps; step++) {
    const labels = Uint8Array.from({ length: n * h * w }, (_, i) => (i % w) >> 3);
    const pixels = Float32Array.from(
      { length: n * h * w * 3 },
      (_, i) => 60 * labels[Math.floor(i / 3)]! + (random32(seed, 'pixels', step, i) & 31),
    );
    const data = dataTensor(pixels, [n, h, w, 3]);
    const rates = { solver: 'SGD', learningRate: 1e-4, momentum: 0.9, weightDecay: 5e-4, step: 0 } as const;
    const { loss } = network.trainStep(data, { training: true, seed, step, labels: { labels } }, rates);
    data.dispose();
    losses.push(await readScalar(loss));
    tensors.push(tf.memory().numTensors);
  }
  const weights = await network.weights();
  network.dispose();
  return { losses, tensors, weights };
}

describe('a short run', () => {
  it('gives the same bits twice on wasm, and others from another seed', async () => {
    const a = await shortRun('wasm', 6, 7);
    const b = await shortRun('wasm', 6, 7);
    expect(b.weights).toEqual(a.weights);
    expect(b.losses).toEqual(a.losses);
    expect((await shortRun('wasm', 6, 8)).losses).not.toEqual(a.losses);
  });

  it('gives the same bits twice on webgpu', async () => {
    const a = await shortRun('webgpu', 3, 7);
    const b = await shortRun('webgpu', 3, 7);
    expect(b.weights).toEqual(a.weights);
  });

  it('gives losses on webgpu and wasm that agree to 1e-3 over 10 steps', async () => {
    const wasm = await shortRun('wasm', 10, 3);
    const webgpu = await shortRun('webgpu', 10, 3);
    expect(wasm.losses).toHaveLength(10);
    wasm.losses.forEach((loss, step) =>
      expect(Math.abs(webgpu.losses[step]! - loss) / loss).toBeLessThan(1e-3),
    );
  });

  it('keeps the number of tensors the same after 50 steps as after 5', async () => {
    const { tensors, losses } = await shortRun('wasm', 50, 5);
    expect(tensors[49]).toBe(tensors[4]);
    expect(losses[49]).toBeLessThan(losses[0]!);
  });
});
