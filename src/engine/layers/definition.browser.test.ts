// Every layer against its definition on every backend: forward by value, backward by the definition's directional derivative.
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomNormal } from '../../core/random';
import { readNetwork } from '../../nets/read-network';
import { parameterShapes } from '../../nets/shapes';
import type { LayerSpec, Shape } from '../../nets/spec';
import { chooseBackend } from '../devices';
import { caffeFromHwio, hwioFromCaffe } from '../layout';
import { relativeError } from '../testing/close';
import { nchwFromNhwc, nhwcFromNchw } from '../testing/layouts';
import { naiveForward, naiveLoss, type Blob } from '../testing/naive';
import { layerOps } from './registry';

const conv = (type: string, fields: string) => `type: "${type}" convolution_param { ${fields} }`;
const pool = (fields: string) => `type: "Pooling" pooling_param { pool: MAX ${fields} }`;

const cases: [what: string, layer: string, shape: Shape][] = [
  ['a padded convolution', conv('Convolution', 'num_output: 5 kernel_size: 3 pad: 1'), [2, 4, 7, 9]],
  [
    'a strided convolution with much padding',
    conv('Convolution', 'num_output: 3 kernel_size: 5 stride: 4 pad: 20'),
    [1, 3, 9, 11],
  ],
  [
    'a grouped convolution',
    conv('Convolution', 'num_output: 6 kernel_size: 3 pad: 1 group: 2'),
    [2, 4, 6, 5],
  ],
  [
    'a rectangular dilated convolution',
    conv('Convolution', 'num_output: 2 kernel_h: 3 kernel_w: 2 dilation: 2 bias_term: false'),
    [1, 2, 8, 7],
  ],
  [
    'a grouped deconvolution',
    conv('Deconvolution', 'num_output: 3 kernel_size: 7 stride: 4 group: 3 bias_term: false'),
    [2, 3, 3, 4],
  ],
  [
    'a padded deconvolution',
    conv('Deconvolution', 'num_output: 2 kernel_size: 4 stride: 2 pad: 1 bias_term: false'),
    [1, 3, 4, 3],
  ],
  ['a pooling that rounds up', pool('kernel_size: 3 stride: 2'), [2, 3, 8, 6]],
  ['a padded pooling that drops a window', pool('kernel_size: 2 stride: 3 pad: 1'), [1, 2, 5, 8]],
  ['LRN', 'type: "LRN" lrn_param { local_size: 3 alpha: 0.5 beta: 0.75 k: 2 }', [1, 5, 3, 4]],
  ['ReLU', 'type: "ReLU"', [1, 2, 3, 4]],
  ['a leaky ReLU', 'type: "ReLU" relu_param { negative_slope: 0.1 }', [1, 2, 3, 4]],
  ['Power', 'type: "Power" power_param { scale: 0.5 shift: -3 }', [1, 2, 3, 4]],
];

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
/** Numbers that float32 holds exactly, so that both sides begin with the same ones. */
const draw = (shape: readonly number[], stream: string) =>
  Float64Array.from({ length: size(shape) }, (_, i) => Math.fround(randomNormal(1, stream, i)));
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, v, i) => sum + v * b[i]!, 0);

function toTensor({ shape, data }: Blob): tf.Tensor4D {
  const nhwc = nhwcFromNchw(data, shape);
  return tf.tensor4d(nhwc.data, nhwc.shape);
}

const fromTensor = async (tensor: tf.Tensor4D) => nchwFromNhwc(await tensor.data(), tensor.shape);

function parse(layer: string): LayerSpec {
  return readNetwork(`layer { name: "l" ${layer} bottom: "data" top: "t" }`).layers[0]!;
}

/** The rate at which <dy, layer> changes along a direction of one of the inputs, by central differences in float64. */
function derivative(
  spec: LayerSpec,
  inputs: Blob[],
  which: number,
  direction: Float64Array,
  dy: Float64Array,
): number {
  const step = 1e-6;
  const moved = (sign: number) => {
    const [x, ...params] = inputs.map((input, i) =>
      i === which ? { ...input, data: input.data.map((v, k) => v + sign * step * direction[k]!) } : input,
    );
    return dot(dy, naiveForward(spec, x!, params).data);
  };
  return (moved(1) - moved(-1)) / (2 * step);
}

describe.each(['cpu', 'wasm', 'webgl', 'webgpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await chooseBackend(backend);
  });

  it.each(cases)('%s is what its definition says', async (_what, layer, shape) => {
    const spec = parse(layer);
    const before = tf.memory().numTensors;
    const x: Blob = { shape: [...shape], data: draw(shape, 'x') };
    const shapes = parameterShapes(spec, shape);
    const params: Blob[] = shapes.map((s, i) => ({
      shape: (s.length === 4 ? s : [1, s[0]!, 1, 1]) as Blob['shape'],
      data: draw(s, `param ${i}`),
    }));
    const hwio = (i: number) => spec.type === 'Convolution' && i === 0;
    const tensors = params.map(({ data }, i) => {
      const blob = { shape: shapes[i]!, data: Float32Array.from(data) };
      const { shape: s, data: d } = hwio(i) ? hwioFromCaffe(blob) : blob;
      return tf.tensor(d, [...s]);
    });

    const ops = layerOps(spec);
    const bottom = toTensor(x);
    const { top, extra = [] } = ops.forward(spec, [bottom], tensors, {
      training: true,
      seed: 1,
      step: 0,
      labels: null,
    });
    const expected = naiveForward(spec, x, params);
    expect(relativeError(await fromTensor(top), expected.data)).toBeLessThan(1e-5);

    const dy = draw(expected.shape, 'dy');
    const dTop = toTensor({ shape: expected.shape, data: dy });
    const wants = { bottom: true, params: true };
    const gradients = ops.backward(
      spec,
      { bottom, top, extra, bottomShape: bottom.shape },
      dTop,
      tensors,
      wants,
    );
    const found = [await fromTensor(gradients.bottom!)];
    for (const [i, gradient] of gradients.params.entries()) {
      const blob = { shape: gradient.shape, data: (await gradient.data()) as Float32Array };
      found.push(hwio(i) ? caffeFromHwio(blob).data : blob.data);
    }
    expect(found).toHaveLength(1 + params.length);
    for (const [i, gradient] of found.entries()) {
      const direction = draw([gradient.length], `direction ${i}`);
      const scale = Math.sqrt(dot(gradient, gradient) * dot(direction, direction));
      const slope = derivative(spec, [x, ...params], i, direction, dy);
      expect(Math.abs(dot(gradient, direction) - slope) / scale).toBeLessThan(1e-4);
    }
    tf.dispose([bottom, top, ...extra, ...tensors, dTop, gradients.bottom!, ...gradients.params]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('the softmax loss ignores void pixels, and its gradient is the slope', async () => {
    const spec = readNetwork(
      'layer { name: "l" type: "SoftmaxWithLoss" bottom: "data" bottom: "label" top: "t" loss_param { ignore_label: 255 } }',
    ).layers[0]!;
    const x: Blob = { shape: [2, 3, 4, 5], data: draw([2, 3, 4, 5], 'scores') };
    const labels = Uint8Array.from({ length: 40 }, (_, i) => (i % 7 === 0 ? 255 : i % 3));
    const bottom = toTensor(x);
    const ops = layerOps(spec);
    const { top, extra = [] } = ops.forward(spec, [bottom, null], [], {
      training: true,
      seed: 1,
      step: 0,
      labels: { labels },
    });
    expect(relativeError(await top.data(), [naiveLoss(x, labels)])).toBeLessThan(1e-5);
    const { bottom: gradient } = ops.backward(
      spec,
      { bottom: null, top: null, extra, bottomShape: bottom.shape },
      null,
      [],
      { bottom: true, params: false },
    );
    const slopes = await fromTensor(gradient!);
    const direction = draw(x.shape, 'direction');
    const moved = (sign: number) =>
      naiveLoss({ ...x, data: x.data.map((v, i) => v + sign * 1e-5 * direction[i]!) }, labels);
    expect(dot(slopes, direction)).toBeCloseTo((moved(1) - moved(-1)) / 2e-5, 5);
    tf.dispose([bottom, top, ...extra, gradient!]);
  });
});

describe('dropout on wasm', () => {
  const spec = parse('type: "Dropout" dropout_param { dropout_ratio: 0.25 }');
  const run = async (training: boolean, step: number) => {
    await chooseBackend('wasm');
    const x = tf.ones<tf.Rank.R4>([1, 40, 50, 10]);
    const { top, extra = [] } = layerOps(spec).forward(spec, [x], [], {
      training,
      seed: 9,
      step,
      labels: null,
    });
    const values = await top.data();
    tf.dispose([x, top, ...extra]);
    return values;
  };

  it('drops its share, scales the rest, and depends on the step alone', async () => {
    const values = await run(true, 3);
    const kept = values.filter((value) => value !== 0);
    expect(kept.length / values.length).toBeCloseTo(0.75, 1);
    expect(kept.every((value) => value === Math.fround(1 / 0.75))).toBe(true);
    expect(await run(true, 3)).toEqual(values);
    expect(await run(true, 4)).not.toEqual(values);
  });

  it('does nothing outside training', async () => {
    expect((await run(false, 3)).every((value) => value === 1)).toBe(true);
  });
});
