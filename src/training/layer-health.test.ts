import { describe, expect, it } from 'vitest';
import { readNetwork } from '../nets/read-network';
import type { WeightSet } from '../nets/weights';
import { learntBiases, stillLayers, zeroLayers } from './layer-health';

const layer = (name: string, bottom: string, params = '') =>
  `layer { name: "${name}" type: "Convolution" bottom: "${bottom}" top: "${name}" ${params}
     convolution_param { num_output: 2 kernel_size: 1 } }`;
const spec = readNetwork(`
${layer('conv1', 'data', 'param { lr_mult: 1 } param { lr_mult: 2 decay_mult: 0 }')}
${layer('frozen', 'conv1', 'param { lr_mult: 0 } param { lr_mult: 0 }')}
${layer('decays', 'frozen', 'param { lr_mult: 1 } param { lr_mult: 2 decay_mult: 1 }')}
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "decays" bottom: "label" top: "loss" }
`);

const weights = (bias: number[], conv1: number[] = [1, 0, 0]): WeightSet =>
  new Map(
    ['conv1', 'frozen', 'decays'].flatMap((name) => [
      [`${name}/0`, { shape: [3], data: Float32Array.from(name === 'conv1' ? conv1 : [0, 2, 0]) }],
      [`${name}/1`, { shape: [2], data: Float32Array.from(bias) }],
    ]),
  );

describe('learntBiases', () => {
  it('watches what only a gradient moves, in a copy', () => {
    const given = weights([1, 2]);
    const found = learntBiases(spec, given, 5e-4);
    expect([...found]).toEqual([['conv1', Float32Array.of(1, 2)]]);
    given.get('conv1/1')!.data[0] = 9;
    expect(found.get('conv1')).toEqual(Float32Array.of(1, 2));
  });

  it('watches biases with a decay multiplier where nothing decays', () => {
    expect([...learntBiases(spec, weights([0, 0]), 0).keys()]).toEqual(['conv1', 'decays']);
  });
});

describe('stillLayers', () => {
  const biases = (values: number[]) => learntBiases(spec, weights(values), 5e-4);

  it('names a layer none of whose biases moved', () => {
    expect(stillLayers(biases([1, 2]), biases([1, 2]))).toEqual(['conv1']);
    expect(stillLayers(biases([1, 2]), biases([1, 2.0000002]))).toEqual([]);
    expect(stillLayers(new Map(), biases([1, 2]))).toEqual([]);
  });
});

describe('zeroLayers', () => {
  it('names layers without a weight, whatever their bias', () => {
    expect(zeroLayers(weights([1, 1]))).toEqual([]);
    expect(zeroLayers(weights([1, 1], [0, -0, 0]))).toEqual(['conv1']);
  });
});
