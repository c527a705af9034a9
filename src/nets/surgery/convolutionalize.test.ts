import { describe, expect, it } from 'vitest';
import { initialWeights } from '../fillers';
import { readNetwork } from '../read-network';
import { resizeNetwork } from '../resize-network';
import { dataShape, expectedShapes, placeLayers } from '../place-layers';
import { zooPrototxt } from '../zoo';
import { convolutionalize, convolutionalizeWeights } from './convolutionalize';

const input = (height = 6, width = 6) =>
  `layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: ${height} dim: ${width} } } }`;

const head = `${input()}
layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1" convolution_param { num_output: 4 kernel_size: 3 } }`;

/** conv1 is 4 x 4 x 4. */
const net = (...layers: string[]) => [head, ...layers].join('\n');
const product = (name: string, bottom: string, more = '') =>
  `layer { name: "${name}" type: "InnerProduct" bottom: "${bottom}" top: "${name}" inner_product_param { num_output: 5${more} } }`;

const types = (prototxt: string) => readNetwork(prototxt).layers.map(({ type }) => type);

describe('convolutionalize', () => {
  it("gives AlexNet's fc6 the kernel that the article gives it, and lays both definitions side by side", () => {
    const before = zooPrototxt('alexnet');
    const { prototxt, changes, others } = convolutionalize(before, null);
    expect(changes.map(({ layer, kernel }) => [layer, ...kernel])).toEqual([
      ['fc6', 6, 6],
      ['fc7', 1, 1],
      ['fc8', 1, 1],
    ]);
    expect(others).toEqual([]);
    const [fc6] = changes as [(typeof changes)[0]];
    expect(fc6.before).toContain('type: "InnerProduct"');
    expect(fc6.after.split('\n')).toEqual(
      fc6.before
        .replace('"InnerProduct"', '"Convolution"')
        .replace('inner_product_param', 'convolution_param')
        .replace('num_output: 4096', 'num_output: 4096\n    kernel_size: 6')
        .split('\n'),
    );
    for (const { before: old, after, lineBefore, lineAfter } of changes) {
      const from = (text: string, line: number) =>
        text
          .split('\n')
          .slice(line - 1)
          .join('\n');
      expect(from(before, lineBefore).startsWith(old)).toBe(true);
      expect(from(prototxt, lineAfter).startsWith(after)).toBe(true);
    }
    const shapes = expectedShapes(readNetwork(prototxt));
    expect(shapes.get('fc6/0')).toEqual([4096, 256, 6, 6]);
    expect(shapes.get('fc8/0')).toEqual([1000, 4096, 1, 1]);
  });

  it.each(['caffenet', 'vgg-16', 'googlenet'])('turns every view of %s', (id) => {
    const { prototxt } = convolutionalize(zooPrototxt(id), null);
    for (const view of ['train', 'val', 'deploy'] as const) {
      const before = placeLayers(
        readNetwork(zooPrototxt(id), view),
        dataShape(readNetwork(zooPrototxt(id)), null),
      );
      const spec = readNetwork(prototxt, view);
      const after = placeLayers(spec, dataShape(spec, null));
      expect(spec.layers.some(({ type }) => type === 'InnerProduct')).toBe(false);
      expect(after.map(({ parameters }) => parameters.map((shape) => shape.reduce((a, b) => a * b)))).toEqual(
        before.map(({ parameters }) => parameters.map((shape) => shape.reduce((a, b) => a * b))),
      );
    }
  });

  it('changes nothing but what it must: comments, indentation and the rest of the line stay', () => {
    const before = net(
      '# the classifier',
      'layer {\r',
      "\ttype: 'InnerProduct' # all to all\r",
      '\tname: "ip"  bottom: "conv1"  top: "ip"\r',
      '\tinner_product_param {\r',
      '\t\tnum_output: 5 # outputs\r',
      '\t\taxis: 1\r',
      '\t\ttranspose: true, bias_term: false\r',
      '\t}\r',
      '}\r',
    );
    const { prototxt, changes } = convolutionalize(before, null);
    expect(prototxt).toBe(
      before
        .replace("'InnerProduct'", '"Convolution"')
        .replace('inner_product_param', 'convolution_param')
        .replace('5 # outputs\r\n', '5 # outputs\r\n\t\tkernel_size: 4\r\n')
        .replace('\t\taxis: 1\r\n', '')
        .replace('transpose: true, ', ''),
    );
    expect(changes[0]).toMatchObject({ lineBefore: 4, lineAfter: 4 });
  });

  it('reads the old form', () => {
    const before = `name: "old" input: "data" input_dim: 1 input_dim: 3 input_dim: 6 input_dim: 5
layers { name: "ip" type: INNER_PRODUCT bottom: "data" top: "ip" blobs_lr: 1 blobs_lr: 2 inner_product_param { num_output: 2 } }`;
    const { prototxt, changes } = convolutionalize(before, null);
    expect(changes[0]!.after).toBe(
      'layers { name: "ip" type: CONVOLUTION bottom: "data" top: "ip" blobs_lr: 1 blobs_lr: 2 ' +
        'convolution_param { num_output: 2 kernel_h: 6 kernel_w: 5 } }',
    );
    expect(readNetwork(prototxt).layers[0]).toMatchObject({
      kernel: [6, 5],
      params: [{ lrMult: 1 }, { lrMult: 2 }],
    });
  });

  it('leaves out what put the values in one row, and what reads it reads the blob', () => {
    const { prototxt, others } = convolutionalize(
      net(
        'layer { name: "flat" type: "Flatten" bottom: "conv1" top: "flat" }',
        'layer { name: "relu" type: "ReLU" bottom: "flat" top: "flat" }',
        'layer { name: "shape" type: "Reshape" bottom: "flat" top: "row" reshape_param { shape { dim: 0 dim: -1 } } }',
        product('ip1', 'row'),
        product('ip2', 'ip1', ' axis: -1'),
        'layer { name: "row2" type: "Flatten" bottom: "ip2" top: "row2" }',
        'layer { name: "prob" type: "Softmax" bottom: "row2" top: "prob" }',
      ),
      null,
    );
    const { layers } = readNetwork(prototxt);
    expect(layers.map(({ type, bottoms, tops }) => [type, ...bottoms, ...tops])).toEqual([
      ['Convolution', 'data', 'conv1'],
      ['ReLU', 'conv1', 'flat'],
      ['Convolution', 'flat', 'ip1'],
      ['Convolution', 'ip1', 'ip2'],
      ['Softmax', 'ip2', 'prob'],
    ]);
    expect(layers[2]).toMatchObject({ kernel: [4, 4] });
    expect(others.map(({ layer, after }) => [layer, after === null])).toEqual([
      ['flat', true],
      ['relu', false],
      ['shape', true],
      ['row2', true],
      ['prob', false],
    ]);
  });

  it('makes a window of a pooling of the whole blob before a product', () => {
    const { prototxt } = convolutionalize(
      net(
        'layer { name: "pool" type: "Pooling" bottom: "conv1" top: "pool" pooling_param { pool: AVE global_pooling: true } }',
        product('ip', 'pool'),
      ),
      null,
    );
    expect(readNetwork(prototxt).layers[1]).toMatchObject({
      global: false,
      kernel: [4, 4],
      stride: [1, 1],
      pool: 'AVE',
    });
    expect(readNetwork(prototxt).layers[2]).toMatchObject({ kernel: [1, 1] });
  });

  it('says how many outputs, where the file leaves that to DIGITS', () => {
    const bare = net(
      'layer { name: "a" type: "InnerProduct" bottom: "conv1" top: "a" inner_product_param { bias_term: false } }',
      'layer { name: "b" type: "InnerProduct" bottom: "a" top: "b" }',
    );
    const { changes } = convolutionalize(bare, null);
    expect(changes[0]!.after).toContain(
      'convolution_param { num_output: 1000 kernel_size: 4 bias_term: false }',
    );
    expect(changes[1]!.after).toContain('top: "b"  convolution_param { num_output: 1000 kernel_size: 1 } }');
  });

  it('takes the kernel from the size it is told', () => {
    const { changes } = convolutionalize(net(product('ip', 'conv1')), { width: 9, height: 7 });
    expect(changes[0]!.kernel).toEqual([5, 7]);
  });

  it.each([
    [
      'an inner product over the batch',
      net(product('ip', 'conv1', ' axis: 0')),
      /Line 3: layer "ip" cannot be made convolutional: its axis is 0/,
    ],
    [
      'one along another axis',
      net(product('ip', 'conv1', ' axis: 2')),
      /Line 3: layer "ip" cannot be made convolutional: its axis is 2/,
    ],
    ['a network without any', net(), /^Line 1: .* fully convolutional already/],
    [
      'rows as input',
      `input: "data" input_shape { dim: 1 dim: 8 }\n${product('ip', 'data')}`,
      /Line 2: layer "ip" .*: it reads "data", which is 1 x 8/,
    ],
    [
      'another reader of the row',
      net(
        'layer { name: "flat" type: "Flatten" bottom: "conv1" top: "flat" }',
        product('ip', 'flat'),
        'layer { name: "lrn" type: "LRN" bottom: "flat" top: "lrn" }',
      ),
      /Line 5: layer "lrn" .*: it reads "conv1", which becomes 1 x 4 x 4 x 4 instead of 1 x 64/,
    ],
    [
      'an axis counted from the end',
      net(
        product('ip', 'conv1'),
        'layer { name: "p" type: "Softmax" bottom: "ip" top: "p" softmax_param { axis: -1 } }',
      ),
      /Line 4: layer "p" .* its axis -1 would mean another one/,
    ],
  ])('refuses %s by name and line', (_, prototxt, message) => {
    expect(() => convolutionalize(prototxt, null)).toThrow(message);
  });

  it('keeps the names of a shared weight', () => {
    const shared = 'param { name: "w" }';
    const text = net(product('a', 'conv1'), product('b', 'conv1')).replaceAll(
      'inner_product_param',
      `${shared} inner_product_param`,
    );
    const { prototxt } = convolutionalize(text, null);
    expect([...expectedShapes(readNetwork(prototxt)).keys()]).not.toContain('b/0');
    expect(types(prototxt)).toEqual(['Convolution', 'Convolution', 'Convolution']);
  });
});

describe('convolutionalizeWeights', () => {
  it('reshapes, and turns transposed weights round', () => {
    const before = net(product('a', 'conv1', ' transpose: true'), product('b', 'a'));
    const weights = initialWeights(readNetwork(before), 3);
    weights.get('a/0')!.data.forEach((_, i, data) => (data[i] = i));
    const after = readNetwork(convolutionalize(before, null).prototxt);
    const turned = convolutionalizeWeights(weights, readNetwork(before), after);
    expect(turned.get('a/0')!.shape).toEqual([5, 4, 4, 4]);
    // Output 1, input 2: row 2 of the transposed weights, column 1.
    expect(turned.get('a/0')!.data[64 + 2]).toBe(2 * 5 + 1);
    expect(turned.get('b/0')).toEqual({ shape: [5, 5, 1, 1], data: weights.get('b/0')!.data });
    expect(turned.get('conv1/0')).toBe(weights.get('conv1/0'));
  });

  it('says when the size was another one', () => {
    const before = resizeNetwork(zooPrototxt('alexnet'), { width: 1 / 32, classes: null });
    const { prototxt } = convolutionalize(before, { width: 259, height: 259 });
    const weights = initialWeights(readNetwork(before), 1);
    expect(() => convolutionalizeWeights(weights, readNetwork(before), readNetwork(prototxt))).toThrow(
      /fc6\/0 has/,
    );
  });
});
