// Every layer, forward and backward, on every backend, against PyTorch in float64.
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Safetensors } from '../../formats/safetensors';
import { readNetwork } from '../../nets/read-network';
import type { ConvolutionSpec, LayerSpec } from '../../nets/spec';
import { chooseBackend } from '../devices';
import { caffeFromHwio, hwioFromCaffe } from '../layout';
import { relativeError } from '../testing/close';
import { nchwFromNhwc, nhwcFromNchw } from '../testing/layouts';
import { readReference } from '../testing/reference';
import type { Kept, Pass } from './layer';
import { layerOps } from './registry';

interface Case {
  name: string;
  layer: Record<string, string | number | boolean>;
  inputs: string[];
  params: string[];
}

const messages: Record<string, string> = {
  Convolution: 'convolution_param',
  Deconvolution: 'convolution_param',
  Pooling: 'pooling_param',
  LRN: 'lrn_param',
  ReLU: 'relu_param',
  Power: 'power_param',
  Crop: 'crop_param',
  SoftmaxWithLoss: 'loss_param',
};

function specOf({ layer: { type, ...fields }, inputs }: Case): LayerSpec {
  const lines = Object.entries(fields).map(([key, value]) => `${key}: ${value}`);
  const message = lines.length ? `${messages[String(type)]} { ${lines.join(' ')} }` : '';
  const bottoms = inputs.map(
    (name) => `bottom: "${name === 'label' ? 'label' : name === 'x' ? 'data' : 'y'}"`,
  );
  const source = inputs.includes('y') ? 'layer { name: "source" type: "ReLU" bottom: "data" top: "y" }' : '';
  const spec = readNetwork(
    `${source} layer { name: "l" type: "${type}" ${bottoms.join(' ')} top: "t" ${message} }`,
  );
  return spec.layers.at(-1)!;
}

const run = (types: string[]) => (entry: Case) => types.includes(String(entry.layer['type']));
const supported = run([...Object.keys(messages), 'Softmax']);

const reference: Safetensors | null = await readReference('layers');
// Where no reference lies beside the project, definition.browser.test.ts checks the layers alone.
const cases = reference
  ? (JSON.parse(reference.metadata.get('cases')!) as Case[])
      .filter(supported)
      .filter((c) => c.layer['pool'] !== 'AVE')
  : [];

describe.runIf(reference).each(['cpu', 'wasm', 'webgl', 'webgpu'] as const)('layers on %s', (backend) => {
  beforeAll(async () => {
    await chooseBackend(backend);
  });

  it('has the cases of every layer in use', () => expect(cases.length).toBeGreaterThan(20));

  it.each(cases.map((entry) => [entry.name, entry] as const))('%s', async (_name, entry) => {
    const before = tf.memory().numTensors;
    for (const { what, error, bound } of await compare(entry, reference!)) {
      expect(error, what).toBeLessThanOrEqual(bound);
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});

async function compare(entry: Case, { tensors }: Safetensors) {
  const spec = specOf(entry);
  const ops = layerOps(spec);
  const stored = (name: string) => tensors.get(`${entry.name}/${name}`)!;
  const toTensor = (name: string) => {
    const { shape, data } = stored(name);
    const nhwc = nhwcFromNchw(data, shape);
    return tf.tensor4d(nhwc.data, nhwc.shape);
  };
  const hwio = spec.type === 'Convolution';
  const params = entry.params.map((name) => {
    const { shape, data } = stored(name);
    const blob = { shape, data: data as Float32Array };
    const { shape: s, data: d } = hwio && name === 'w' ? hwioFromCaffe(blob) : blob;
    return tf.tensor(d, [...s]);
  });
  const labels = entry.inputs.includes('label') ? Uint8Array.from(stored('label').data) : null;
  const bottoms = entry.inputs.map((name) => (name === 'label' ? null : toTensor(name)));
  const pass: Pass = { training: true, seed: 1, step: 1, labels: labels && { labels } };

  const { top, extra = [] } = ops.forward(spec, bottoms, params, pass);
  const loss = spec.type === 'SoftmaxWithLoss';
  const out = nchwFromNhwc(await top.data(), top.shape);
  const dTop = loss ? null : toTensor('grad_out');
  const bottom = bottoms[0]!;
  const kept: Kept = { bottom, top, extra, bottomShape: bottom.shape };
  const wants = { bottom: true, params: params.length > 0 };
  const gradients = ops.backward(spec, kept, dTop, params, wants);

  const results = [{ what: 'out', error: relativeError(out, stored('out').data), bound: 1e-5 }];
  const dx = gradients.bottom!;
  results.push({
    what: 'grad_x',
    error: relativeError(nchwFromNhwc(await dx.data(), dx.shape), stored('grad_x').data),
    bound: 1e-4,
  });
  for (const [i, name] of entry.params.entries()) {
    const tensor = gradients.params[i]!;
    const blob = { shape: tensor.shape, data: (await tensor.data()) as Float32Array };
    const { data } = hwio && name === 'w' ? caffeFromHwio(blob) : blob;
    results.push({
      what: `grad_${name}`,
      error: relativeError(data, stored(`grad_${name}`).data),
      bound: 1e-4,
    });
  }
  expect(gradients.params.length).toBe(
    (spec as ConvolutionSpec).kernel && spec.type !== 'Pooling' ? entry.params.length : 0,
  );
  tf.dispose([top, ...extra, ...params, ...bottoms.filter((x) => x !== null), dx, ...gradients.params]);
  dTop?.dispose();
  return results;
}
