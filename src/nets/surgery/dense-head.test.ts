import { describe, expect, it } from 'vitest';
import { readNetwork } from '../read-network';
import type { NetSpec } from '../spec';
import { zooPrototxt } from '../zoo';
import { convolutionalize } from './convolutionalize';
import { addDenseHead } from './dense-head';

const voc = { classes: 21, size: { width: 500, height: 375 } };

const dense = (id: string, options: object = {}) =>
  addDenseHead(convolutionalize(zooPrototxt(id), null).prototxt, { ...voc, ...options });

/** A network without the places of its layers in the text. */
const plain = ({ inputs, layers }: NetSpec) => ({
  inputs: inputs.map(({ line: _, ...input }) => input),
  layers: layers.map(({ line: _, ...layer }) => layer),
});

describe('addDenseHead', () => {
  it.each([
    ['caffenet', 'fcn-alexnet', { stride: 32, kernel: 63, offset: 18 }],
    ['vgg-16', 'fcn-32s', { stride: 32, kernel: 64, offset: 19 }],
  ])('makes of %s the built-in %s', (classifier, fcn, head) => {
    const result = dense(classifier);
    expect(result.head).toEqual(head);
    expect(result.padding).toMatchObject({
      to: 100,
      why: expect.stringContaining('as in the FCN paper') as string,
    });
    for (const view of ['train', 'val', 'deploy'] as const) {
      expect(plain(readNetwork(result.prototxt, view))).toEqual(plain(readNetwork(zooPrototxt(fcn), view)));
    }
  });

  it('makes of GoogLeNet the built-in one, without its two other losses and its average', () => {
    const result = dense('googlenet');
    expect(result.head).toEqual({ stride: 32, kernel: 63, offset: 32 });
    const essence = (prototxt: string) =>
      plain(readNetwork(prototxt)).layers.map(({ name: _n, bottoms: _b, tops: _t, ...layer }) => layer);
    expect(essence(result.prototxt)).toEqual(essence(zooPrototxt('googlenet-fcn-32s')));
    const removed = result.changes.filter(({ after }) => after === null).map(({ layer }) => layer);
    expect(removed).toContain('loss1/fc');
    expect(removed).toContain('pool5/7x7_s1');
    expect(result.padding).toMatchObject({
      from: 3,
      to: 34,
      why: expect.stringContaining('fade out over') as string,
    });
  });

  const conv = (name: string, bottom: string, outputs: number, more = '') =>
    `layer { name: "${name}" type: "Convolution" bottom: "${bottom}" top: "${name}" convolution_param { num_output: ${outputs} ${more} } }`;
  const image = 'input: "data" input_dim: 2 input_dim: 3 input_dim: 16 input_dim: 16';

  it('writes the size that it is told into every declaration, and one label for every pixel', () => {
    const { prototxt } = dense('caffenet', { size: { width: 40, height: 30 } });
    expect(readNetwork(prototxt).inputs).toMatchObject([
      { shape: [1, 3, 30, 40] },
      { shape: [1, 1, 30, 40] },
    ]);
    const old = [
      image,
      conv('a', 'data', 4, 'kernel_size: 4 stride: 4'),
      conv('b', 'a', 7, 'kernel_size: 1'),
    ];
    const spec = readNetwork(
      addDenseHead(old.join('\n'), { classes: 2, size: { width: 9, height: 8 } }).prototxt,
    );
    expect(spec.inputs[0]).toMatchObject({ name: 'data', shape: [2, 3, 8, 9] });
    expect(spec.layers.map(({ name }) => name)).toEqual(['a', 'score_fr', 'upscore', 'score', 'loss']);
  });

  it('writes the old form anew, which has no Crop', () => {
    const old = `${image}
layers { bottom: "data" top: "a" name: "a" type: CONVOLUTION # the only one that stays
  blobs_lr: 1
  blobs_lr: 2
  weight_decay: 1
  weight_decay: 0
  convolution_param { num_output: 4 kernel_size: 3 stride: 2 } }
layers { name: "a_relu" type: RELU bottom: "a" top: "a" }
layers { name: "b" type: INNER_PRODUCT bottom: "a" top: "b" blobs_lr: [1, 2] param: "w" inner_product_param { num_output: 7 } }
layers { name: "prob" type: SOFTMAX bottom: "b" top: "prob" }`;
    const result = addDenseHead(convolutionalize(old, null).prototxt, voc);
    expect(result.base).toContain('layer { bottom: "data" top: "a" name: "a" type: "Convolution" # the only');
    expect(result.base).toContain(
      'param { lr_mult: 1 decay_mult: 1 }\n  param { lr_mult: 2 decay_mult: 0 }\n  convolution_param',
    );
    expect(result.base).toContain('param { name: "w" lr_mult: 1 } param { lr_mult: 2 } convolution_param');
    const { layers } = readNetwork(result.prototxt);
    expect(layers[0]).toMatchObject({
      params: [
        { lrMult: 1, decayMult: 1 },
        { lrMult: 2, decayMult: 0 },
      ],
    });
    // The classifier's window was 7 x 7; so is the score's.
    expect(layers.find(({ name }) => name === 'score_fr')).toMatchObject({ kernel: [7, 7], numOutput: 21 });
  });

  it('keeps names apart', () => {
    const text = [
      image,
      conv('score', 'data', 4, 'kernel_size: 1'),
      conv('fc', 'score', 9, 'kernel_size: 1'),
    ];
    const { layers } = readNetwork(addDenseHead(text.join('\n'), voc).prototxt);
    expect(layers.map(({ name }) => name)).toEqual(['score', 'score_fr', 'upscore', 'score_fcn', 'loss']);
  });

  it.each([
    [
      'an inner product',
      zooPrototxt('alexnet'),
      /Line \d+: layer "fc8" is an InnerProduct. Make the network fully/,
    ],
    [
      'a network that labels pixels',
      zooPrototxt('fcn-32s'),
      /layer "score" makes the scores, so this network labels/,
    ],
    [
      'two first layers',
      [
        image,
        conv('a', 'data', 2, 'kernel_size: 9'),
        conv('b', 'data', 2, 'kernel_size: 9'),
        'layer { name: "c" type: "Concat" bottom: "a" bottom: "b" top: "c" }',
        conv('d', 'c', 3, 'kernel_size: 1'),
      ].join('\n'),
      /Line 3: layer "b" reads the image, and so does "a"/,
    ],
    [
      'a single layer',
      [image, conv('a', 'data', 3, 'kernel_size: 16')].join('\n'),
      /Line 2: layer "a" is the only one that learns/,
    ],
  ])('refuses %s', (_, text, message) => {
    expect(() => addDenseHead(text, voc)).toThrow(message);
  });

  it('refuses numbers of classes that labels cannot have', () => {
    expect(() => dense('caffenet', { classes: 256 })).toThrow(/2 to 255 classes, not 256/);
  });
});
