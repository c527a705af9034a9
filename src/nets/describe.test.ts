import { describe, expect, it } from 'vitest';
import { describeNetwork } from './describe';
import { readNetwork } from './read-network';
import { dataShape } from './place-layers';
import { zooPrototxt } from './zoo';

const describeZoo = (id: string, width: number, height: number) => {
  const spec = readNetwork(zooPrototxt(id));
  return describeNetwork(spec, dataShape(spec, { width, height }));
};

describe("the article's Table 2", () => {
  const { layers, offset, stride, crops } = describeZoo('fcn-alexnet', 500, 375);
  const row = (name: string) => {
    const {
      layerScale,
      scale,
      layerOffset,
      offset: cumulative,
    } = layers.find((layer) => layer.name === name)!;
    return [layerScale, scale, layerOffset, cumulative];
  };

  it.each([
    ['conv1', 1 / 4, 1 / 4, 23.75, 18],
    ['pool1', 1 / 2, 1 / 8, -0.5, -77],
    ['conv2', 1, 1 / 8, 0, -73],
    ['pool2', 1 / 2, 1 / 16, -0.5, -73],
    ['conv3', 1, 1 / 16, 0, -65],
    ['conv4', 1, 1 / 16, 0, -65],
    ['conv5', 1, 1 / 16, 0, -65],
    ['pool5', 1 / 2, 1 / 32, -0.5, -65],
    ['fc6', 1, 1 / 32, -2.5, -49],
    ['fc7', 1, 1 / 32, 0, 31],
    ['upscore', 32, 1, 31, 31],
  ])('%s', (name, ...numbers) => expect(row(name)).toEqual(numbers));

  it('ends with 18, which is what the crop cuts', () => {
    expect(offset).toBe(18);
    expect(stride).toBe(32);
    expect(crops).toEqual([
      { layer: 'score', line: expect.any(Number) as number, given: [18], computed: [18, 18], reason: null },
    ]);
    expect(layers.find(({ name }) => name === 'upscore')!.origin).toBe(18);
  });
});

it.each([
  ['fcn-32s', [19]],
  ['fcn-16s', [5, 27]],
  ['fcn-8s', [5, 9, 31]],
])('%s crops at %j, as the arithmetic says', (id, offsets) => {
  const { crops, disagreements } = describeZoo(id, 500, 375);
  expect(crops.map(({ given }) => given[0])).toEqual(offsets);
  expect(crops.map(({ computed }) => computed)).toEqual(offsets.map((offset) => [offset, offset]));
  expect(disagreements).toEqual([]);
});

it('counts stride and receptive field on the way to the scores, not to auxiliary heads', () => {
  expect(describeZoo('googlenet', 224, 224)).toMatchObject({ stride: 32 });
});

const joined = (offset: number) => `
layer { name: "a" type: "Convolution" bottom: "data" top: "a" convolution_param { num_output: 2 kernel_size: 3 } }
layer { name: "b" type: "Convolution" bottom: "data" top: "b" convolution_param { num_output: 2 kernel_size: 1 } }
layer { name: "c" type: "Crop" bottom: "b" bottom: "a" top: "c" crop_param { axis: 2 offset: ${offset} } }
layer { name: "sum" type: "Eltwise" bottom: "a" bottom: "c" top: "sum" }`;

it('says where paths that meet lie apart', () => {
  const at = (offset: number) => {
    const spec = readNetwork(joined(offset));
    return describeNetwork(spec, dataShape(spec, { width: 16, height: 16 }));
  };
  expect(at(1).disagreements).toEqual([]);
  expect(at(0).disagreements).toMatchObject([{ layer: 'sum', line: 5 }]);
  expect(at(0).crops).toMatchObject([{ given: [0], computed: [1, 1] }]);
});

it('takes the larger receptive field where paths meet, and both axes where they differ', () => {
  const spec = readNetwork(`
layer { name: "wide" type: "Convolution" bottom: "data" top: "wide" convolution_param { num_output: 2 kernel_h: 3 kernel_w: 7 pad_h: 1 pad_w: 3 } }
layer { name: "small" type: "Convolution" bottom: "data" top: "small" convolution_param { num_output: 2 kernel_size: 1 } }
layer { name: "sum" type: "Concat" bottom: "small" bottom: "wide" top: "sum" }
layer { name: "pool" type: "Pooling" bottom: "sum" top: "pool" pooling_param { pool: AVE global_pooling: true } }`);
  const { layers } = describeNetwork(spec, dataShape(spec, { width: 20, height: 10 }));
  expect(layers.map(({ receptiveField }) => receptiveField)).toEqual([[3, 7], 1, [3, 7], null]);
  expect(layers.map(({ shape }) => shape)).toEqual([
    [1, 2, 10, 20],
    [1, 2, 10, 20],
    [1, 4, 10, 20],
    [1, 4, 1, 1],
  ]);
});

it('counts multiply-adds and bytes', () => {
  const spec = readNetwork(`
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param { num_output: 4 kernel_size: 3 } }
layer { name: "fc" type: "InnerProduct" bottom: "conv" top: "fc" param { lr_mult: 0 } inner_product_param { num_output: 5 bias_term: false } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label" top: "loss" }`);
  const { layers, parameters, trainable } = describeNetwork(spec, [2, 3, 6, 8]);
  const [conv, fc] = layers;
  expect(conv).toMatchObject({
    parameters: 4 * 27 + 4,
    multiplyAdds: 2 * 4 * 24 * 27,
    bytes: 4 * 2 * 4 * 24,
  });
  expect(conv!.gradientBytes).toBe(4 * (4 * 27 + 4)); // nothing learns from the image
  expect(fc).toMatchObject({
    shape: [2, 5],
    parameters: 5 * 96,
    multiplyAdds: 2 * 5 * 96,
    gradientBytes: conv!.bytes,
  });
  expect([parameters, trainable]).toEqual([112 + 480, 112]);
});

it('counts shared weights once', () => {
  const spec = readNetwork(`
layer { name: "a" type: "Convolution" bottom: "data" top: "a" param { name: "w" } convolution_param { num_output: 3 kernel_size: 1 bias_term: false } }
layer { name: "b" type: "Convolution" bottom: "a" top: "b" param { name: "w" } convolution_param { num_output: 3 kernel_size: 1 bias_term: false } }`);
  expect(describeNetwork(spec, [1, 3, 4, 4]).parameters).toBe(9);
});
