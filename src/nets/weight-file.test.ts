import { describe, expect, it } from 'vitest';
import { readCaffeModel } from '../formats/caffemodel';
import { initialWeights } from './fillers';
import { readNetwork } from './read-network';
import { transplant } from './transplant';
import { readWeightFile, writeCaffeWeights, writeWeightFile } from './weight-file';

const shares = (name: string) =>
  `layer { name: "${name}" type: "Convolution" bottom: "data" top: "${name}" param { name: "w" }
  convolution_param { num_output: 2 kernel_size: 3 weight_filler { type: "msra" } bias_filler { value: 1 } } }
layer { name: "relu_${name}" type: "ReLU" bottom: "${name}" top: "${name}" }`;
const spec = readNetwork(`name: "two" ${shares('a')} ${shares('b')}`);
const weights = initialWeights(spec, 5);

describe('weight files', () => {
  it('come back as they were written, whatever their names say', () => {
    const caffe = readWeightFile(writeCaffeWeights(spec, weights), 'x.safetensors');
    expect(caffe.format).toBe('caffemodel');
    expect(transplant(caffe.weights, spec, 1)).toMatchObject({
      weights,
      report: { copied: ['a/0', 'a/1', 'b/1'], reshaped: [], missing: [], unused: [] },
    });
    const own = readWeightFile(writeWeightFile(weights, { of: 'two' }), 'x.caffemodel');
    expect(own).toEqual({ weights, metadata: new Map([['of', 'two']]), format: 'safetensors' });
  });

  it('for Caffe have every layer, and a shared blob in each that shares it', () => {
    const model = readCaffeModel(writeCaffeWeights(spec, weights), 'two.caffemodel');
    const layers = [...model.layers];
    expect(model.name).toBe('two');
    expect(layers.map((layer) => [layer.name, layer.type, layer.blobs.length])).toEqual([
      ['a', 'Convolution', 2],
      ['relu_a', 'ReLU', 0],
      ['b', 'Convolution', 2],
      ['relu_b', 'ReLU', 0],
    ]);
    expect(layers[2]!.blobs[0]!.data).toEqual(weights.get('a/0')!.data);
  });

  it.each([
    ['weights.safetensors', new Uint8Array([10, 0, 0]), /not a usable .safetensors file/],
    ['weights.caffemodel', new Uint8Array([1, 2, 3]), /not a usable .caffemodel file/],
    ['weights.bin', new TextEncoder().encode('a page of text'), /not a usable .safetensors file/],
    ['net.h5', new Uint8Array([0x89, 0x48, 0x44, 0x46, 0, 0, 0, 0, 0]), /HDF5/],
  ])('of neither kind are refused as what %s would be', (name, bytes, message) => {
    expect(() => readWeightFile(bytes, name)).toThrow(message);
  });
});
