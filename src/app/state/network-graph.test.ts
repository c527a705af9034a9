// What is folded, what is a skip, and what is said: small networks written by hand.
import { expect, test } from 'vitest';
import type { Filler, InputSpec, LayerSpec, NetSpec } from '../../nets/spec';
import { surveyNetwork } from '../../nets/read-network';
import { layerDetail } from './layer-summary';
import { networkGraph, nodeOf, spokenNode, type NetworkGraph } from './network-graph';

const filler: Filler = { type: 'msra', value: 0, min: 0, max: 1, mean: 0, std: 1, varianceNorm: 'FAN_IN' };
const window = { kernel: [3, 3], stride: [1, 1], pad: [0, 0] };
const settings: Partial<Record<LayerSpec['type'], object>> = {
  Convolution: { ...window, numOutput: 8, dilation: [1, 1], group: 1, biasTerm: true },
  Deconvolution: { ...window, stride: [2, 2], numOutput: 8, dilation: [1, 1], group: 1, biasTerm: false },
  Pooling: { ...window, stride: [2, 2], pool: 'MAX', global: false },
  ReLU: { negativeSlope: 0 },
  Dropout: { ratio: 0.5 },
  LRN: { region: 'ACROSS_CHANNELS', localSize: 5 },
  Eltwise: { operation: 'SUM', coefficients: [] },
  Concat: { axis: 1 },
  Crop: { axis: 2, offset: [5] },
  SoftmaxWithLoss: { lossWeight: 1 },
  Accuracy: { topK: 1 },
  Slice: { axis: 1, slicePoints: [] },
  InnerProduct: { numOutput: 1000 },
  Power: { power: 1, scale: 1, shift: -116 },
};

/** "conv1 Convolution data > conv1": a layer's name, type, bottoms and tops, a layer a line, with the fields of `more`. */
function net(text: string, more: Record<string, object> = {}): NetSpec {
  const layers = text
    .trim()
    .split('\n')
    .map((row, i) => {
      const [left = '', right = ''] = row.trim().split(' > ');
      const [name = '', type = '', ...bottoms] = left.split(' ');
      const extra = { ...settings[type as LayerSpec['type']], ...more[name] };
      const fillers = { weightFiller: filler, biasFiller: filler };
      const tops = right.split(' ');
      return {
        name,
        type,
        line: 10 * (i + 1),
        bottoms,
        tops,
        params: [],
        propagateDown: [],
        ...fillers,
        ...extra,
      };
    });
  const input = (name: string, role: InputSpec['role']) => ({ name, line: 1, shape: null, role });
  return {
    name: 'test',
    inputs: [input('data', 'image'), input('label', 'label')],
    layers: layers as unknown as LayerSpec[],
  };
}

const rolesOf = (graph: NetworkGraph) =>
  Object.fromEntries(
    graph.edges.map(({ from, to, role }) => {
      const name = (id: string) => graph.nodes.find((node) => node.id === id)!.layers[0].name;
      return [`${name(from)} ${name(to)}`, role];
    }),
  );

const fcn = `
  conv1 Convolution data > conv1
  relu1 ReLU conv1 > conv1
  pool4 Pooling conv1 > pool4
  conv5 Convolution pool4 > conv5
  pool5 Pooling conv5 > pool5
  score5 Convolution pool5 > score5
  up5 Deconvolution score5 > up5
  score4 Convolution pool4 > score4
  crop4 Crop score4 up5 > crop4
  fuse Eltwise up5 crop4 > fuse
  up4 Deconvolution fuse > up4
  score Crop up4 data > score
  loss SoftmaxWithLoss score label > loss
  accuracy Accuracy score label > accuracy`;

test('layers that work in place are folded into the node before', () => {
  const graph = networkGraph(
    net(`
      conv1 Convolution data > conv1
      relu1 ReLU conv1 > conv1
      norm1 LRN conv1 > conv1
      drop1 Dropout conv1 > drop1
      relu2 ReLU drop1 > drop1`),
  );
  expect(graph.nodes.map(({ layers }) => layers.map(({ name }) => name).join(' '))).toEqual([
    'data',
    'label',
    'conv1 relu1 norm1',
    'drop1 relu2',
  ]);
  expect(graph.edges.map(({ blob }) => blob)).toEqual(['data', 'conv1']);
  expect(nodeOf(graph, 'norm1')?.layers[2]).toEqual({
    name: 'norm1',
    type: 'LRN',
    line: 30,
    detail: 'across 5 channels',
  });
  expect(nodeOf(graph, 'missing')).toBeNull();
  expect(nodeOf(graph, null)).toBeNull();
});

test('a layer in place after another reader stays a node of its own, and so do the parts of a Slice', () => {
  const graph = networkGraph(
    net(`
      conv1 Convolution data > conv1
      pool1 Pooling conv1 > pool1
      relu1 ReLU conv1 > conv1
      slice Slice pool1 > a b
      reluA ReLU a > a
      out Concat a b conv1 > out`),
  );
  expect(graph.nodes.map(({ layers }) => layers[0].name)).toEqual([
    'data',
    'label',
    'conv1',
    'pool1',
    'relu1',
    'slice',
    'reluA',
    'out',
  ]);
  expect(graph.nodes.every(({ layers }) => layers.length === 1)).toBe(true);
  expect(rolesOf(graph)).toMatchObject({ 'relu1 out': 'branch', 'conv1 relu1': 'branch' });
});

test('the path of an FCN, its skip, its crops and its labels', () => {
  const roles = rolesOf(networkGraph(net(fcn)));
  expect(roles).toEqual({
    'data conv1': 'main',
    'conv1 pool4': 'main',
    'pool4 conv5': 'main',
    'conv5 pool5': 'main',
    'pool5 score5': 'main',
    'score5 up5': 'main',
    'pool4 score4': 'skip',
    'score4 crop4': 'skip',
    'up5 crop4': 'size',
    'up5 fuse': 'main',
    'crop4 fuse': 'skip',
    'fuse up4': 'main',
    'up4 score': 'main',
    'data score': 'size',
    'score loss': 'main',
    'label loss': 'label',
    'score accuracy': 'branch',
    'label accuracy': 'label',
  });
});

test('the branches of an inception module are no skips', () => {
  const graph = networkGraph(
    net(`
      a Convolution data > a
      b_reduce Convolution data > b_reduce
      b Convolution b_reduce > b
      p Pooling data > p
      p_proj Convolution p > p_proj
      out Concat a b p_proj > out
      down Convolution out > down
      up Deconvolution down > up`),
  );
  expect(graph.edges.map(({ role }) => role)).not.toContain('skip');
});

test.each([
  ['a residual sum', 'sum Eltwise data b > sum', {}],
  ['a concatenation with what was before, as in a U-Net', 'sum Concat data b > sum', {}],
])('%s is a skip', (_name, last) => {
  const graph = networkGraph(net(`a Convolution data > a\nb Convolution a > b\n${last}`));
  expect(rolesOf(graph)).toMatchObject({ 'data a': 'main', 'b sum': 'main', 'data sum': 'skip' });
});

test('two towers that meet, each as long as the other, have no skip', () => {
  const graph = networkGraph(net('a Convolution data > a\nb Convolution data > b\nsum Eltwise a b > sum'));
  expect(Object.values(rolesOf(graph))).toEqual(['main', 'branch', 'main', 'branch']);
});

test('a network with nothing that fits together still has a graph', () => {
  const graph = networkGraph(net('a Convolution missing > a\nsum Eltwise nobody a > a\na ReLU sum > sum'));
  expect(graph.nodes).toHaveLength(5);
  expect(graph.edges).toHaveLength(1);
  expect(networkGraph({ inputs: [], layers: [] })).toEqual({ nodes: [], edges: [] });
});

test('what a screen reader says', () => {
  const graph = networkGraph(
    net(fcn),
    new Map([
      ['data', '3 × 224 × 224'],
      ['conv1', '8 × 222 × 222'],
    ]),
  );
  const said = (name: string) => spokenNode(graph, nodeOf(graph, name)!);
  expect(said('data')).toBe('data, input, 3 × 224 × 224');
  expect(said('conv1')).toBe('conv1, convolution 3 × 3, 8, then ReLU, 8 × 222 × 222, from data');
  expect(said('relu1')).toBe(said('conv1'));
  expect(said('crop4')).toBe('crop4, crop to up5, offset 5, by a skip from score4, from up5');
  expect(said('fuse')).toBe('fuse, join sum, from up5, by a skip from crop4');
  expect(nodeOf(graph, 'loss')).toMatchObject({ kind: 'loss', quiet: true });
});

test.each([
  ['Convolution', { kernel: [11, 11], stride: [4, 4], numOutput: 96 }, '11 × 11, stride 4, 96'],
  ['Convolution', { kernel: [1, 5], dilation: [2, 1], group: 2 }, '1 × 5, dilation 2 × 1, 2 groups, 8'],
  ['Deconvolution', { kernel: [64, 64], stride: [32, 32] }, '64 × 64, stride 32, 8'],
  ['Pooling', {}, 'max 3 × 3, stride 2'],
  ['Pooling', { pool: 'AVE', stride: [1, 1], pad: [1, 1] }, 'average 3 × 3, pad 1'],
  ['Pooling', { pool: 'AVE', global: true }, 'average of all'],
  ['InnerProduct', {}, '1000'],
  ['Power', {}, '− 116'],
  ['Power', { scale: 0.0039215686, shift: 1, power: -1 }, 'times 0.003922, + 1, to the power of −1'],
  ['Concat', {}, 'along channels'],
  ['Slice', { axis: -1 }, 'along axis −1'],
  ['Dropout', {}, '50 %'],
  ['ReLU', { negativeSlope: 0.1 }, 'slope 0.1'],
  ['Reshape', { dims: [0, -1] }, '0 × −1'],
  ['Split', {}, ''],
])('%s %j in a few words', (type, more, words) => {
  expect(layerDetail(net(`it ${type} data > it`, { it: more }).layers[0]!)).toBe(words);
});

test('a network with layers of unknown types is drawn as far as it is known', () => {
  const text = `
layer { name: "data" type: "DenseImageData" top: "data" top: "label" }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param { num_output: 4 kernel_size: 3 pad: 1 } }
layer { name: "bn" type: "BN" bottom: "conv" top: "conv" }
layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool" top: "mask" pooling_param { kernel_size: 2 stride: 2 } }
layer { name: "deep" type: "Convolution" bottom: "pool" top: "deep" convolution_param { num_output: 4 kernel_size: 1 } }
layer { name: "up" type: "Upsample" bottom: "deep" bottom: "mask" top: "up" }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "up" bottom: "label" top: "loss" }`;
  const { spec, sketch } = surveyNetwork(text);
  expect(spec).toBeNull();
  const graph = networkGraph(sketch!);
  expect(graph.nodes.map(({ kind, layers }) => `${kind} ${layers[0].name}: ${layers[0].detail}`)).toEqual([
    'unknown data: DenseImageData, line 2',
    'convolution conv: 3 × 3, 4',
    'pooling pool: Pooling, line 5',
    'convolution deep: 1 × 1, 4',
    'unknown up: Upsample, line 7',
    'loss loss: softmax',
  ]);
  expect(graph.nodes[1]!.layers[1]).toMatchObject({ name: 'bn', type: 'BN', detail: 'BN, line 4' });
  expect(rolesOf(graph)).toMatchObject({
    'data conv': 'main',
    'conv pool': 'main',
    'deep up': 'main',
    'pool up': 'skip',
    'data loss': 'label',
  });
  expect(spokenNode(graph, nodeOf(graph, 'up')!)).toContain('unknown type Upsample');
});
