import { describe, expect, it } from 'vitest';
import type { NetView } from './net-state';
import { readNetwork, surveyNetwork } from './read-network';
import { expectedShapes, placeLayers, dataShape } from './place-layers';
import type { LayerSpec } from './spec';

const layer = (type: string, body = '', name = 'l') =>
  `layer { name: "${name}" type: "${type}" bottom: "data" top: "${name}" ${body} }`;
const only = (text: string) => readNetwork(text).layers[0]!;
const shapesOf = (text: string, width = 16, height = 12) => {
  const spec = readNetwork(text);
  return placeLayers(spec, dataShape(spec, { width, height })).map(({ tops }) => tops);
};

describe('both forms of the language', () => {
  it('reads the old form as the new one', () => {
    const old = readNetwork(`
name: "both"
input: "data" input_dim: 1 input_dim: 3 input_dim: 20 input_dim: 30
layers { name: "conv" type: CONVOLUTION bottom: "data" top: "conv" blobs_lr: 1 blobs_lr: 2 weight_decay: 1 weight_decay: 0
  param: "w" convolution_param { num_output: 4 kernel_size: 3 } }
layers { name: "loss" type: SOFTMAX_LOSS bottom: "conv" bottom: "label" top: "loss" }`);
    const today = readNetwork(`
name: "both"
input: "data" input_shape { dim: 1 dim: 3 dim: 20 dim: 30 }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  param { name: "w" lr_mult: 1 decay_mult: 1 } param { lr_mult: 2 decay_mult: 0 } convolution_param { num_output: 4 kernel_size: 3 } }

layer { name: "loss" type: "SoftmaxWithLoss" bottom: "conv" bottom: "label" top: "loss" }`);
    expect(old).toEqual({
      ...today,
      layers: today.layers.map((l, i) => ({ ...l, line: old.layers[i]!.line })),
    });
    expect(old.inputs).toMatchObject([
      { name: 'data', shape: [1, 3, 20, 30], role: 'image' },
      { name: 'label', shape: null, role: 'label' },
    ]);
  });

  it('knows the inputs of every data layer', () => {
    const inputs = (text: string) =>
      readNetwork(`${text} ${layer('ReLU')}`).inputs.map(({ name, shape }) => [name, shape]);
    const data = (type: string, body: string) =>
      `layer { name: "d" type: "${type}" top: "data" top: "label" ${body} }`;
    expect(inputs(data('Data', 'transform_param { crop_size: 227 } data_param { batch_size: 4 }'))).toEqual([
      ['data', [4, 3, 227, 227]],
      ['label', null],
    ]);
    expect(
      inputs(data('ImageData', 'image_data_param { new_height: 5 new_width: 6 is_color: false }'))[0]![1],
    ).toEqual([1, 1, 5, 6]);
    expect(
      inputs(data('MemoryData', 'memory_data_param { batch_size: 2 channels: 1 height: 3 width: 4 }'))[0]![1],
    ).toEqual([2, 1, 3, 4]);
    expect(inputs(data('DummyData', 'dummy_data_param { num: 2 channels: 3 height: 4 width: 5 }'))).toEqual([
      ['data', [2, 3, 4, 5]],
      ['label', [2, 3, 4, 5]],
    ]);
    expect(inputs(data('Input', 'input_param { shape { dim: [1, 3, 8, 9] } shape { dim: 1 } }'))).toEqual([
      ['data', [1, 3, 8, 9]],
      ['label', [1]],
    ]);
    // Berkeley's networks read their images in Python.
    expect(inputs(data('Python', 'python_param { module: "voc_layers" layer: "Any" }'))).toEqual([
      ['data', null],
      ['label', null],
    ]);
  });
});

it('knows what a data layer does to its pixels', () => {
  const transform = (type: string, param: string) =>
    readNetwork(`layer { name: "d" type: "${type}" top: "data" top: "label" ${param} } ${layer('ReLU')}`)
      .inputs;
  expect(transform('Data', 'transform_param { mean_value: [104, 117, 123] scale: 0.5 }')).toMatchObject([
    { transform: { mean: [104, 117, 123], scale: 0.5 } },
    { name: 'label' },
  ]);
  expect(transform('Data', 'data_param { scale: 0.00390625 }')[0]!.transform).toEqual({
    mean: [0],
    scale: 1 / 256,
  });
  expect(transform('Input', 'transform_param { mirror: true }')[0]).not.toHaveProperty('transform');
});

describe('all-in-one networks', () => {
  const text = `
layer { name: "t" type: "Data" top: "data" top: "label" include { stage: "train" } }
layer { name: "v" type: "Data" top: "data" top: "label" include { stage: "val" } }
layer { name: "d" type: "Input" top: "data" include { stage: "deploy" } input_param { shape { dim: [1, 1, 8, 8] } } }
layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" inner_product_param { num_output: 3 } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" exclude { stage: "deploy" } }
layer { name: "top1" type: "Accuracy" bottom: "ip" bottom: "label" top: "top1" include { phase: TEST not_stage: "deploy" } }
layer { name: "prob" type: "Softmax" bottom: "ip" top: "prob" include { phase: 1 stage: "deploy" } }
layer { name: "deep" type: "Softmax" bottom: "ip" top: "deep" include { min_level: 1 } include { max_level: -1 } }`;
  it.each<[NetView, string[]]>([
    ['train', ['ip', 'loss']],
    ['val', ['ip', 'loss', 'top1']],
    ['deploy', ['ip', 'prob']],
  ])('%s', (view, names) => {
    const spec = readNetwork(text, view);
    expect(spec.layers.map(({ name }) => name)).toEqual(names);
    expect(spec.inputs.map(({ name }) => name)).toEqual(view === 'deploy' ? ['data'] : ['data', 'label']);
  });
});

describe('defaults are those of caffe.proto', () => {
  it.each<[string, string, Partial<LayerSpec>]>([
    ['InnerProduct', 'inner_product_param { num_output: 2 }', { axis: 1, transpose: false, biasTerm: true }],
    ['LRN', '', { region: 'ACROSS_CHANNELS', localSize: 5, alpha: 1, beta: 0.75, k: 1 }],
    [
      'Pooling',
      'pooling_param { kernel_size: 2 }',
      { pool: 'MAX', stride: [1, 1], pad: [0, 0], roundMode: 'CEIL' },
    ],
    ['ReLU', '', { negativeSlope: 0 }],
    ['ELU', '', { alpha: 1 }],
    ['Dropout', '', { ratio: 0.5 }],
    ['BatchNorm', '', { useGlobalStats: null, movingAverageFraction: 0.999, eps: 1e-5 }],
    ['Bias', '', { axis: 1, numAxes: 1 }],
    ['Power', '', { power: 1, scale: 1, shift: 0 }],
    ['Flatten', '', { axis: 1, endAxis: -1 }],
    ['Reshape', '', { dims: [], axis: 0, numAxes: -1 }],
    ['Softmax', '', { axis: 1 }],
    ['Slice', '', { axis: 1, slicePoints: [] }],
    ['Concat', 'concat_param { concat_dim: 2 }', { axis: 2 }],
  ])('%s', (type, body, expected) => expect(only(layer(type, body))).toMatchObject(expected));

  it('PReLU begins at 0.25, Scale at 1, and BatchNorm is never moved by the solver', () => {
    expect(only(layer('PReLU'))).toMatchObject({ filler: { type: 'constant', value: 0.25 } });
    expect(only(layer('Scale'))).toMatchObject({ filler: { value: 1 }, biasFiller: { value: 0 } });
    expect(only(layer('BatchNorm', 'param { lr_mult: 5 }')).params.map(({ lrMult }) => lrMult)).toEqual([
      0, 0, 0,
    ]);
  });

  it('normalize: false is BATCH_SIZE, and normalization wins', () => {
    const loss = (param: string) =>
      only(
        `layer { name: "l" type: "SoftmaxWithLoss" bottom: "data" bottom: "label" top: "l" loss_param { ${param} } }`,
      );
    expect(loss('')).toMatchObject({ normalization: 'VALID', lossWeight: 1, ignoreLabel: null });
    expect(loss('normalize: false')).toMatchObject({ normalization: 'BATCH_SIZE' });
    expect(loss('normalize: false normalization: FULL')).toMatchObject({ normalization: 'FULL' });
  });
});

describe('shapes of every kind', () => {
  it.each<[string, string, number[][]]>([
    ['InnerProduct', 'inner_product_param { num_output: 5 }', [[1, 5]]],
    ['InnerProduct', 'inner_product_param { num_output: 5 axis: -1 }', [[1, 3, 12, 5]]],
    ['Pooling', 'pooling_param { pool: AVE global_pooling: true }', [[1, 3, 1, 1]]],
    ['Pooling', 'pooling_param { kernel_size: 3 stride: 2 }', [[1, 3, 6, 8]]],
    ['Pooling', 'pooling_param { kernel_size: 3 stride: 2 round_mode: FLOOR }', [[1, 3, 5, 7]]],
    [
      'Convolution',
      'convolution_param { num_output: 2 kernel_h: 3 kernel_w: 5 dilation: 2 pad_w: 4 }',
      [[1, 2, 8, 16]],
    ],
    ['Flatten', '', [[1, 576]]],
    ['Flatten', 'flatten_param { axis: 2 }', [[1, 3, 192]]],
    ['Reshape', 'reshape_param { shape { dim: 0 dim: -1 dim: 4 } }', [[1, 144, 4]]],
    ['Reshape', 'reshape_param { shape { dim: 2 dim: 6 } axis: 2 num_axes: 1 }', []],
    ['LRN', 'lrn_param { norm_region: WITHIN_CHANNEL }', [[1, 3, 12, 16]]],
  ])('%s %s', (type, body, expected) => {
    if (expected.length) expect(shapesOf(layer(type, body))[0]).toEqual(expected);
    else expect(() => shapesOf(layer(type, body))).toThrow(/up to four/);
  });

  it('Slice, Split and Concat', () => {
    const cut = `layer { name: "s" type: "Slice" bottom: "data" top: "a" top: "b" slice_param { slice_point: 1 } }`;
    const join = `layer { name: "c" type: "Concat" bottom: "b" bottom: "a" bottom: "b" top: "c" }`;
    const split = `layer { name: "p" type: "Split" bottom: "c" top: "p1" top: "p2" }`;
    expect(shapesOf(`${cut} ${join} ${split}`)).toEqual([
      [
        [1, 1, 12, 16],
        [1, 2, 12, 16],
      ],
      [[1, 5, 12, 16]],
      [
        [1, 5, 12, 16],
        [1, 5, 12, 16],
      ],
    ]);
    expect(() => shapesOf(cut.replace('slice_point: 1', 'slice_point: 4'))).toThrow(/do not cut the 3/);
    expect(() => shapesOf(cut.replace('slice_param { slice_point: 1 }', ''))).toThrow(/not 2 equal parts/);
  });

  it.each([
    [
      'sums of unlike blobs',
      `${layer('Convolution', 'convolution_param { num_output: 2 kernel_size: 3 }')}
layer { name: "e" type: "Eltwise" bottom: "data" bottom: "l" top: "e" }`,
      /Line 2.*one shape.*data is 1 x 3 x 12 x 16 and l is 1 x 2 x 10 x 14/,
    ],
    [
      'a crop out of bounds',
      `${layer('ReLU')}
layer { name: "c" type: "Crop" bottom: "l" bottom: "data" top: "c" crop_param { offset: 1 } }`,
      /Line 2.*out of bounds/,
    ],
    ['an axis that is not there', layer('Softmax', 'softmax_param { axis: 4 }'), /axis 4 does not exist/],
    [
      'scores that have no label each',
      `${layer('Convolution', 'convolution_param { num_output: 2 kernel_size: 3 }')}
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "l" bottom: "label" top: "loss" }`,
      /scores are 14 x 10, the labels 16 x 12/,
    ],
  ])('refuses %s with its line', (_what, text, message) => expect(() => shapesOf(text)).toThrow(message));

  it('a pooling that would pool over nothing', () => {
    const pool = (rest: string) => layer('Pooling', `pooling_param { kernel_size: 1 stride: 3 ${rest} }`);
    expect(() => shapesOf(pool(''), 5, 5)).toThrow(/last window lies outside/);
    expect(shapesOf(pool('round_mode: FLOOR'), 5, 5)[0]).toEqual([[1, 3, 2, 2]]);
  });

  it('a factor from a second bottom has its own axes', () => {
    const scale = `layer { name: "s" type: "Scale" bottom: "data" bottom: "f" top: "s" scale_param { axis: 2 num_axes: 3 } }`;
    const factor = `layer { name: "f" type: "Input" top: "f" input_param { shape { dim: [12, 16] } } }`;
    expect(shapesOf(factor + scale)[0]).toEqual([[1, 3, 12, 16]]);
    expect(() => shapesOf(factor + scale.replace('axis: 2', 'axis: 1'))).toThrow(/does not lie in/);
  });

  it('learned blobs of every kind', () => {
    const spec = readNetwork(`
${layer('PReLU', '', 'prelu')} ${layer('PReLU', 'prelu_param { channel_shared: true }', 'shared')} ${layer('BatchNorm', '', 'bn')}
${layer('Scale', 'scale_param { bias_term: true }', 'scale')} ${layer('Scale', 'scale_param { axis: 0 num_axes: -1 }', 'all')} ${layer('Bias', '', 'bias')}
${layer('InnerProduct', 'inner_product_param { num_output: 2 transpose: true }', 'ip')}
${layer('Deconvolution', 'convolution_param { num_output: 6 kernel_size: 4 group: 3 }', 'up')}
input: "data" input_shape { dim: [1, 3, 2, 2] }`);
    expect(Object.fromEntries(expectedShapes(spec))).toEqual({
      'prelu/0': [3],
      'shared/0': [1],
      'bn/0': [3],
      'bn/1': [3],
      'bn/2': [1],
      'scale/0': [3],
      'scale/1': [3],
      'all/0': [1, 3, 2, 2],
      'bias/0': [3],
      'ip/0': [12, 2],
      'ip/1': [2],
      'up/0': [3, 2, 4, 4],
      'up/1': [6],
    });
  });
});

describe('what is wrong is said with its line', () => {
  it.each([
    [
      'a type that is not run',
      `# a comment\n${layer('Embed')}`,
      /^Line 2: layer "l" has the type "Embed".*It runs/,
    ],
    ['a type in the wrong case', layer('Relu'), /Did you mean "ReLU"/],
    ['a missing name', 'layer { type: "ReLU" bottom: "data" top: "a" }', /no name/],
    ['a missing type', 'layer { name: "a" bottom: "data" top: "a" }', /"a" has no type/],
    [
      'a blob nobody makes',
      layer('ReLU').replace('"data"', '"dat"'),
      /reads the blob "dat", which no layer before it makes/,
    ],
    [
      'a blob made twice',
      layer('ReLU') + layer('ReLU', '', 'm').replace('top: "m"', 'top: "l"'),
      /"l", which another layer made/,
    ],
    [
      'two layers of one name',
      layer('ReLU') + layer('ReLU').replace('top: "l"', 'top: "m"'),
      /two layers named "l"/,
    ],
    [
      'too many bottoms',
      layer('ReLU').replace('top', 'bottom: "label" top'),
      /"l" \(ReLU\) has 2 bottoms; it takes 1/,
    ],
    [
      'a missing kernel',
      layer('Convolution', 'convolution_param { num_output: 2 }'),
      /kernel_size is missing/,
    ],
    [
      'half a kernel',
      layer('Convolution', 'convolution_param { num_output: 2 kernel_h: 2 }'),
      /kernel_h and kernel_w belong together/,
    ],
    [
      'two kinds of kernel',
      layer('Convolution', 'convolution_param { num_output: 2 kernel_size: 2 kernel_h: 2 kernel_w: 2 }'),
      /not both/,
    ],
    [
      'a pad as large as the window',
      layer('Pooling', 'pooling_param { kernel_size: 2 pad: 2 }'),
      /smaller than the kernel/,
    ],
    [
      'stochastic pooling',
      layer('Pooling', 'pooling_param { pool: STOCHASTIC kernel_size: 2 }'),
      /STOCHASTIC is not supported/,
    ],
    [
      'uneven groups',
      layer('Convolution', 'convolution_param { num_output: 4 group: 3 kernel_size: 1 }'),
      /divided among 3 groups/,
    ],
    [
      'an unknown filler',
      layer('Convolution', 'convolution_param { num_output: 2 kernel_size: 1 weight_filler { type: "he" } }'),
      /filler "he" is not known/,
    ],
    [
      'coefficients for other bottoms',
      layer('Eltwise', 'eltwise_param { coeff: 1 }').replace('top', 'bottom: "data" top'),
      /1 coeff for 2 bottoms/,
    ],
    ['include and exclude', layer('ReLU', 'include { phase: TRAIN } exclude { phase: TEST }'), /not both/],
    ['a loss_weight on no loss', layer('ReLU', 'loss_weight: 1'), /only SoftmaxWithLoss is a loss/],
    ['a solver', 'net: "train_val.prototxt" base_lr: 0.1', /this is a solver, not a network/],
    ['nothing', '', /there is no "layer/],
  ])('%s', (_what, text, message) => expect(() => readNetwork(text)).toThrow(message));

  it('finds all mistakes at once, without blaming those who read from a broken layer', () => {
    const { spec, problems } = surveyNetwork(`
${layer('Convolution', 'convolution_param { num_output: 0 kernel_size: 3 }', 'a')}
layer { name: "b" type: "ReLU" bottom: "a" top: "b" }
layer { name: "c" type: "Wavelet" bottom: "b" top: "c" }
layer { name: "d" type: "ReLU" bottom: "e" top: "d" }
layer { name: "f" type: "ReLU" bottom: "d" top: "d" }`);
    expect(spec).toBeNull();
    expect(problems.map(({ line, layer: name }) => [line, name])).toEqual([
      [2, 'a'],
      [4, 'c'],
      [5, 'd'],
    ]);
  });

  it('points at the very place', () => {
    const text = layer('Convolution', 'convolution_param { num_output: 2 kernel_size: 0.5 stride: "two" }');
    const { problems } = surveyNetwork(text.replace('kernel_size: 0.5', 'kernel_size: 3'));
    expect(
      text.replace('kernel_size: 0.5', 'kernel_size: 3').slice(problems[0]!.start, problems[0]!.end),
    ).toBe('stride: "two"');
  });
});
