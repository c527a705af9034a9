import { describe, expect, it } from 'vitest';
import { AppError } from '../core/errors';
import { readNetwork } from './read-network';
import { classCount, fitToWeights, resizeNetwork, scoreLayers } from './resize-network';
import { anySize, expectedShapes, placeLayers } from './place-layers';
import type { NetSpec } from './spec';
import type { WeightSet } from './weights';
import { zooNetworks, zooPrototxt } from './zoo';

const alexnet = zooPrototxt('fcn-alexnet');

/** What the losses of the built-in networks read. */
const scoring = new Set(['score', 'fc8', 'loss3/classifier']);

/** "name outputs" or "name outputs/groups" of every layer with num_output. */
function outputs({ layers }: NetSpec): string[] {
  return layers.flatMap((layer) => {
    if (!('numOutput' in layer)) return [];
    const group = 'group' in layer && layer.group > 1 ? `/${layer.group}` : '';
    return [`${layer.name} ${layer.numOutput}${group}`];
  });
}

/** Weights of the right shapes, without values. */
const weightsOf = (spec: NetSpec): WeightSet =>
  new Map([...expectedShapes(spec)].map(([name, shape]) => [name, { shape, data: new Float32Array() }]));

const resized = (text: string, width: number, classes: number | null = null) =>
  outputs(readNetwork(resizeNetwork(text, { width, classes })));

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    return (error as AppError).message;
  }
  throw new Error('nothing was thrown');
}

const conv = (name: string, bottom: string, numOutput: number, more = '') =>
  `layer { name: "${name}" type: "Convolution" bottom: "${bottom}" top: "${name}" ` +
  `convolution_param { num_output: ${numOutput} kernel_size: 1 ${more} } }\n`;

const loss = (bottom: string) =>
  `layer { name: "loss" type: "SoftmaxWithLoss" bottom: "${bottom}" bottom: "label" top: "loss" }\n`;

describe('built-in networks', () => {
  const widths = [0.0625, 0.125, 0.25, 0.5, 1, 2];
  const cases = zooNetworks.flatMap(({ id }) => widths.map((width) => ({ id, width })));
  it.each(cases)('$id is read at width $width for any number of classes', ({ id, width }) => {
    for (const classes of [2, 12, 21, 1000]) {
      const text = resizeNetwork(zooPrototxt(id), { width, classes });
      // Views share the text, so that one number of classes shows whether each of them can be read.
      for (const view of classes === 12 ? (['train', 'val', 'deploy'] as const) : (['train'] as const)) {
        const spec = readNetwork(text, view);
        const placed = placeLayers(spec, anySize(spec));
        const scores = placed.find(({ layer }) => scoring.has(layer.name))!.tops[0]!;
        expect(scores[1]).toBe(classes);
        if (view === 'train') expect(classCount(spec)).toBe(classes);
      }
    }
  });

  it.each([
    ['fcn-alexnet', ['score_fr', 'upscore']],
    ['fcn-16s', ['score_fr', 'score_pool4', 'upscore16', 'upscore2']],
    ['fcn-8s-voc', ['score_fr', 'score_pool3', 'score_pool4', 'upscore2', 'upscore8', 'upscore_pool4']],
    ['fcn-8s-atonce', ['score_fr', 'score_pool3', 'score_pool4', 'upscore2', 'upscore8', 'upscore_pool4']],
    ['vgg-16', ['fc8']],
    ['googlenet', ['loss1/classifier', 'loss2/classifier', 'loss3/classifier']],
  ])('of %s, the scores are known', (id, names) => {
    expect([...scoreLayers(readNetwork(zooPrototxt(id)))].sort()).toEqual(names);
  });

  it('become narrow but for their scores', () => {
    expect(resized(alexnet, 0.25, 11)).toEqual([
      'conv1 24',
      'conv2 64/2',
      'conv3 96',
      'conv4 96/2',
      'conv5 64/2',
      'fc6 1024',
      'fc7 1024',
      'score_fr 11',
      'upscore 11/11',
    ]);
    expect(resized(zooPrototxt('vgg-16'), 0.125, 10).slice(-4)).toEqual([
      'conv5_3 64',
      'fc6 512',
      'fc7 512',
      'fc8 10',
    ]);
    expect(resized(zooPrototxt('fcn-8s-voc'), 1, 12).slice(-6)).toEqual([
      'score_fr 12',
      'upscore2 12',
      'score_pool4 12',
      'upscore_pool4 12',
      'score_pool3 12',
      'upscore8 12',
    ]);
  });

  it('stay divisible by their groups at any width', () => {
    for (const width of [0.001, 0.01, 0.07, 1 / 3, 0.9, 1.5, 4]) {
      for (const name of resized(alexnet, width).slice(0, 5)) {
        const [, count, group = '1'] = /(\d+)(?:\/(\d+))?$/.exec(name)!;
        expect(Number(count) % Number(group)).toBe(0);
      }
    }
  });

  it('lose dropout where they are narrow, and keep it where they are not', () => {
    const ratios = (id: string, width: number) =>
      readNetwork(resizeNetwork(zooPrototxt(id), { width, classes: null })).layers.flatMap((layer) =>
        layer.type === 'Dropout' ? [layer.ratio] : [],
      );
    expect(ratios('fcn-alexnet', 0.25)).toEqual([0, 0]);
    expect(ratios('fcn-alexnet', 1)).toEqual([0.5, 0.5]);
    expect(ratios('fcn-alexnet', 2)).toEqual([0.5, 0.5]);
    expect(ratios('googlenet', 0.5)).toEqual([0, 0, 0]);
    expect(ratios('googlenet', 1)).toEqual([0.7, 0.7, 0.4]);
  });
});

describe('the text', () => {
  it('keeps its comments and layout', () => {
    const text = resizeNetwork(alexnet, { width: 0.5, classes: 5 });
    const [before, after] = [alexnet, text].map((whole) => whole.split('\n'));
    expect(after).toHaveLength(before!.length);
    const changed = before!.flatMap((line, i) =>
      line === after![i] ? [] : [`${line} -> ${after![i]!.trim()}`],
    );
    expect(changed).toEqual([
      '    num_output: 96 -> num_output: 48',
      '    num_output: 256 -> num_output: 128',
      '    num_output: 384 -> num_output: 192',
      '    num_output: 384 -> num_output: 192',
      '    num_output: 256 -> num_output: 128',
      '    num_output: 4096 -> num_output: 2048',
      '  dropout_param { dropout_ratio: 0.5 } -> dropout_param { dropout_ratio: 0 }',
      '    num_output: 4096 -> num_output: 2048',
      '  dropout_param { dropout_ratio: 0.5 } -> dropout_param { dropout_ratio: 0 }',
      '    num_output: 21 -> num_output: 5',
      '    num_output: 21 -> num_output: 5',
      '    group: 21 -> group: 5',
    ]);
    expect(resizeNetwork(alexnet, { width: 1, classes: null })).toBe(alexnet);
    expect(resizeNetwork(alexnet, { width: 1, classes: 21 })).toBe(alexnet);
  });

  it('is changed in every phase alike', () => {
    const text =
      conv('a', 'data', 8) +
      conv('s', 'a', 4).replace('bottom', 'include { phase: TRAIN } bottom') +
      conv('s', 'a', 4).replace('bottom', 'include { phase: TEST } bottom') +
      loss('s').replace('bottom', 'include { phase: TRAIN } bottom') +
      conv('t', 's', 6).replace('bottom', 'include { phase: TEST stage: "deploy" } bottom');
    const wide = resizeNetwork(text, { width: 2, classes: 3 });
    expect(outputs(readNetwork(wide, 'train'))).toEqual(['a 16', 's 3']);
    expect(outputs(readNetwork(wide, 'val'))).toEqual(['a 16', 's 3']);
    expect(outputs(readNetwork(wide, 'deploy'))).toEqual(['a 16', 's 3', 't 12']);
  });

  it('is understood in its old form, and gets the fields that it lacks', () => {
    const text = `
layers { name: "a" type: CONVOLUTION bottom: "data" top: "a" convolution_param { num_output: 8 kernel_size: 1 } }
layers { name: "d" type: DROPOUT bottom: "a" top: "a" }
layers {
  name: "s"
  type: INNER_PRODUCT
  bottom: "a"
  top: "s"
  inner_product_param { # classes
  }
}
layers { name: "l" type: SOFTMAX_LOSS bottom: "s" bottom: "label" }`;
    const narrow = resizeNetwork(text, { width: 0.5, classes: 7 });
    expect(outputs(readNetwork(narrow))).toEqual(['a 4', 's 7']);
    expect(narrow).toContain('# classes');
    expect(readNetwork(narrow).layers[1]).toMatchObject({ type: 'Dropout', ratio: 0 });
  });
});

describe('widths', () => {
  it('are equal where layers are summed, and divide where they are sliced or grouped', () => {
    const sum = (a: string, b: string, top: string) =>
      `layer { name: "${top}" type: "Eltwise" bottom: "${a}" bottom: "${b}" top: "${top}" }\n`;
    const text =
      conv('a', 'data', 6) +
      conv('b', 'data', 6) +
      sum('a', 'b', 'ab') +
      conv('c', 'b', 6, 'group: 3') +
      'layer { name: "cut" type: "Slice" bottom: "ab" top: "x" top: "y" }\n' +
      conv('d', 'x', 5) +
      conv('s', 'd', 2) +
      loss('s');
    // a and b are one width: a multiple of 2 for the slice and of 3 for c's groups.
    expect(resized(text, 0.5)).toEqual(['a 6', 'b 6', 'c 3/3', 'd 3', 's 2']);
    expect(resized(text, 2)).toEqual(['a 12', 'b 12', 'c 12/3', 'd 10', 's 2']);
  });

  it('follow the input where a layer works channel by channel', () => {
    const text =
      conv('a', 'data', 8) +
      conv('depthwise', 'a', 8, 'group: 8') +
      'layer { name: "up" type: "Deconvolution" bottom: "depthwise" top: "up" param { lr_mult: 0 } convolution_param ' +
      '{ num_output: 8 kernel_size: 4 stride: 2 bias_term: false weight_filler { type: "bilinear" } } }\n' +
      'layer { name: "pair" type: "Concat" bottom: "up" bottom: "up" top: "pair" }\n' +
      conv('each', 'pair', 32, 'group: 16') +
      conv('s', 'each', 3) +
      loss('s');
    expect(resized(text, 0.5, 5)).toEqual(['a 4', 'depthwise 4/4', 'up 4', 'each 16/8', 's 5']);
  });

  it('are left to frozen layers and to what is summed with the image', () => {
    const text =
      conv('frozen', 'data', 8).replace('top', 'param { lr_mult: 0 } top') +
      conv('same', 'frozen', 3) +
      'layer { name: "residual" type: "Eltwise" bottom: "same" bottom: "data" top: "residual" }\n' +
      conv('s', 'residual', 3) +
      loss('s');
    expect(resized(text, 2, 4)).toEqual(['frozen 8', 'same 3', 's 4']);
  });

  it('are one for layers that share weights', () => {
    const shared = (name: string) => conv(name, 'data', 6).replace('top', 'param { name: "w" } top');
    const text =
      shared('a') +
      shared('b') +
      conv('c', 'a', 4, 'group: 2') +
      'layer { name: "all" type: "Concat" bottom: "b" bottom: "c" top: "all" }\n' +
      conv('s', 'all', 2) +
      loss('s');
    expect(resized(text, 0.5)).toEqual(['a 4', 'b 4', 'c 2/2', 's 2']);
  });

  it('are refused where they are not positive or too large', () => {
    for (const width of [0, -1, 5, NaN])
      expect(refusal(() => resizeNetwork(alexnet, { width, classes: null }))).toContain('width multiplier');
  });

  it('are refused with the line where slice points or sums would not fit', () => {
    const sliced =
      conv('a', 'data', 8) +
      'layer { name: "cut" type: "Slice" bottom: "a" top: "x" top: "y" slice_param { slice_point: 2 } }\n' +
      conv('s', 'x', 2) +
      loss('s');
    expect(refusal(() => resizeNetwork(sliced, { width: 0.5, classes: null }))).toMatch(
      /^Line 2: layer "cut" .*slice points 2 .* 8 channels, .* 4\./,
    );
    expect(resized(sliced, 1, 5)).toEqual(['a 8', 's 5']);
    const summed =
      '\n\n' +
      conv('a', 'data', 3) +
      conv('b', 'data', 3) +
      'layer { name: "drop" type: "Dropout"\n bottom: "a" top: "a" }\n' +
      'layer { name: "ab" type: "Concat" bottom: "a" bottom: "b" top: "ab" }\n' +
      conv('c', 'data', 6) +
      'layer { name: "sum" type: "Eltwise" bottom: "ab" bottom: "c" top: "sum" }\n' +
      conv('s', 'sum', 2) +
      loss('s');
    expect(refusal(() => resizeNetwork(summed, { width: 0.45, classes: null }))).toMatch(
      /^Line 9: layer "sum" .*one shape/,
    );
  });
});

describe('scores', () => {
  it('are found through layers that keep channels, with or without a loss', () => {
    const body = conv('a', 'data', 8) + conv('s', 'a', 4);
    const pooled =
      'layer { name: "p" type: "Pooling" bottom: "s" top: "p" pooling_param { pool: AVE global_pooling: true } }\n' +
      'layer { name: "f" type: "Flatten" bottom: "p" top: "f" }\n';
    expect(resized(body + pooled + loss('f'), 2, 3)).toEqual(['a 16', 's 3']);
    expect(resized(body + pooled, 2, 3)).toEqual(['a 16', 's 3']);
    const soft = 'layer { name: "prob" type: "Softmax" bottom: "f" top: "prob" }\n';
    expect(resized(body + pooled + soft, 2, 3)).toEqual(['a 16', 's 3']);
    const accuracy = 'layer { name: "acc" type: "Accuracy" bottom: "prob" bottom: "label" top: "acc" }\n';
    expect(resized(body + pooled + soft + accuracy + conv('e', 'a', 8), 2, 3)).toEqual([
      'a 16',
      's 3',
      'e 16',
    ]);
  });

  it('end at a deconvolution that makes them of something else', () => {
    const text =
      conv('a', 'data', 8) +
      'layer { name: "up" type: "Deconvolution" bottom: "a" top: "up" convolution_param { num_output: 2 kernel_size: 2 stride: 2 } }\n' +
      loss('up');
    expect(resized(text, 0.5, 3)).toEqual(['a 4', 'up 3']);
  });

  it('are refused with the line where no layer scores classes, or several score different ones', () => {
    const joined =
      conv('a', 'data', 2) +
      conv('b', 'data', 2) +
      'layer { name: "ab" type: "Concat" bottom: "a" bottom: "b" top: "ab" }\n' +
      loss('ab');
    expect(refusal(() => resizeNetwork(joined, { width: 2, classes: null }))).toMatch(/^Line 3: layer "ab"/);
    const two =
      conv('a', 'data', 2) + conv('b', 'data', 3) + loss('a') + loss('b').replaceAll('"loss"', '"more"');
    expect(refusal(() => classCount(readNetwork(two)))).toBe(
      'Line 2: layer "b" scores 3 classes, but "a" scores 2.',
    );
    expect(refusal(() => resizeNetwork(two, { width: 1, classes: 4 }))).toContain('Line 2');
    expect(resized(two, 1)).toEqual(['a 2', 'b 3']);
    expect(refusal(() => classCount(readNetwork(loss('data'))))).toContain('No layer');
  });
});

describe('fitting to weights', () => {
  it.each(zooNetworks)('gives $id the widths and classes of its weights', ({ id }) => {
    for (const width of [1 / 32, 2]) {
      const narrow = readNetwork(resizeNetwork(zooPrototxt(id), { width, classes: 5 }));
      const fitted = readNetwork(fitToWeights(zooPrototxt(id), weightsOf(narrow)));
      expect(outputs(fitted)).toEqual(outputs(narrow));
    }
  });

  it('takes groups from the weights of deconvolutions', () => {
    const grouped = readNetwork(resizeNetwork(zooPrototxt('fcn-8s'), { width: 1 / 32, classes: 5 }));
    const plain = readNetwork(resizeNetwork(zooPrototxt('fcn-8s-voc'), { width: 1 / 32, classes: 5 }));
    const cross = [
      [zooPrototxt('fcn-8s-voc'), grouped],
      [zooPrototxt('fcn-8s'), plain],
    ] as const;
    for (const [text, spec] of cross) {
      const fitted = readNetwork(fitToWeights(text, weightsOf(spec)));
      expect(outputs(fitted)).toEqual(outputs(spec));
      expect([...expectedShapes(fitted)]).toEqual([...expectedShapes(spec)]);
    }
  });

  it('knows matrices of old files and leaves what it does not know', () => {
    const text = zooPrototxt('vgg-16');
    const blob = (shape: number[]) => ({ shape, data: new Float32Array() });
    const fitted = readNetwork(
      fitToWeights(
        text,
        new Map([
          ['fc8/0', blob([1, 1, 7, 4096])],
          ['fc7/0', blob([4096])],
          ['conv1_1/0', blob([64, 27])],
        ]),
      ),
    );
    expect(outputs(fitted)).toEqual(
      outputs(readNetwork(text)).map((line) => line.replace('fc8 1000', 'fc8 7')),
    );
  });
});
