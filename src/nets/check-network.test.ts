import { describe, expect, it } from 'vitest';
import { applyEdits } from '../formats/prototxt';
import { applyFix } from './apply-fix';
import { checkNetwork, type CheckSettings } from './check-network';
import { zooNetworks, zooPrototxt } from './zoo';

const settings: CheckSettings = { size: { width: 64, height: 48 }, classes: null };
const check = (text: string, given: Partial<CheckSettings> = {}) =>
  checkNetwork(text, { ...settings, ...given });
const said = (text: string, given: Partial<CheckSettings> = {}) =>
  check(text, given).problems.map(({ severity, line, message }) => `${severity} ${line}: ${message}`);

const good = `
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 4 kernel_size: 3 pad: 8 stride: 2 weight_filler { type: "msra" } } }
layer { name: "score" type: "Convolution" bottom: "conv" top: "score"
  convolution_param { num_output: 3 kernel_size: 1 weight_filler { type: "msra" } } }
layer { name: "up" type: "Deconvolution" bottom: "score" top: "up" param { lr_mult: 0 }
  convolution_param { num_output: 3 kernel_size: 3 stride: 2 group: 3 bias_term: false weight_filler { type: "bilinear" } } }
layer { name: "crop" type: "Crop" bottom: "up" bottom: "data" top: "crop" crop_param { axis: 2 offset: 8 } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "crop" bottom: "label" top: "loss" loss_param { ignore_label: 255 } }
`;
const changed = (from: string, to: string) => {
  expect(good).toContain(from);
  return good.replace(from, to);
};

/** Applies the first fix and returns the text. */
function fixed(text: string, given: Partial<CheckSettings> = {}): string {
  const fix = check(text, given).problems.find((problem) => problem.fix)?.fix;
  expect(fix).toBeDefined();
  return applyEdits(text, fix!.edits);
}

it('has nothing to say against a good network', () => {
  expect(said(good)).toEqual([]);
  expect(check(good).description?.offset).toBe(8);
});

it.each(zooNetworks.map(({ id }) => id))('finds no error in %s, and no weights at zero', (id) => {
  for (const view of ['train', 'val', 'deploy'] as const) {
    const { problems, description } = checkNetwork(zooPrototxt(id), { size: null, classes: null, view });
    expect(problems.filter(({ message }) => !message.includes('Caffe would mix'))).toEqual([]);
    expect(description).not.toBeNull();
  }
});

describe('warns, and can mend it', () => {
  it.each([
    [
      'weights that are all zero',
      ' weight_filler { type: "msra" } } }\nlayer { name: "score"',
      ' } }\nlayer { name: "score"',
      /^warning 2: "conv" has no filler/,
    ],
    [
      'a deconvolution without filler',
      ' weight_filler { type: "bilinear" }',
      '',
      /^warning 6: "up" has no filler.*stay zero/,
    ],
    [
      'a constant filler of zero',
      'weight_filler { type: "msra" } } }\nlayer { name: "up"',
      'weight_filler { type: "constant" } } }\nlayer { name: "up"',
      /"score" has no filler/,
    ],
    ['bilinear weights without groups', ' group: 3', '', /^warning 6: "up" is bilinear without groups/],
    [
      'a crop beside the point',
      'offset: 8',
      'offset: 7',
      /^warning 8: "crop" crops from 7 on, but "up" lies over "data" from 8 on/,
    ],
    [
      'a field that Caffe does not know',
      'stride: 2 weight',
      'strid: 2 stride: 2 weight',
      /^warning 3: Caffe knows no field "strid".*Did you mean "stride"/,
    ],
  ])('%s', (_what, from, to, message) => {
    const text = changed(from, to);
    expect(said(text)[0]).toMatch(message);
    const mended = fixed(text);
    expect(said(mended)).toEqual([]);
  });

  it('a score with another number of classes than the dataset', () => {
    expect(said(good, { classes: 12 })).toEqual([
      'warning 6: The network scores 3 classes, the dataset has 12.',
    ]);
    expect(said(fixed(good, { classes: 12 }), { classes: 12 })).toEqual([]);
  });

  it('a classifier that leaves its classes to DIGITS', () => {
    const text = `
layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" inner_product_param { weight_filler { type: "msra" } } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }`;
    expect(said(text)[0]).toMatch(/"ip" has no num_output.*1000/);
    expect(said(fixed(text))).toEqual([]);
  });
});

describe('warns of', () => {
  it('blobs and inputs that nobody reads', () => {
    const extra = 'layer { name: "side" type: "ReLU" bottom: "conv" top: "side" }';
    expect(said(good + extra)).toEqual([
      'warning 10: No layer reads the blob "side", so "side" works for nothing.',
    ]);
    const depth = 'layer { name: "depth" type: "Input" top: "depth" }';
    expect(said(good + depth)).toEqual(['warning 10: No layer reads the input "depth".']);
  });

  it('a softmax before the softmax loss', () => {
    const text = changed('bottom: "crop" bottom: "label"', 'bottom: "prob" bottom: "label"').replace(
      'layer { name: "loss"',
      'layer { name: "prob" type: "Softmax" bottom: "crop" top: "prob" }\nlayer { name: "loss"',
    );
    expect(said(text)).toEqual([expect.stringMatching(/^warning 10: "loss" applies the softmax itself/)]);
  });
});

describe('errors', () => {
  it.each([
    ['a misspelt bottom', 'bottom: "score"', 'bottom: "scor"', /^error 6: .*Did you mean "score"/],
    ['a misspelt type', 'type: "Crop"', 'type: "crop"', /^error 8: .*Did you mean "Crop"/],
  ])('offers the word that was meant for %s', (_what, from, to, message) => {
    const text = changed(from, to);
    expect(said(text)[0]).toMatch(message);
    const [problem] = check(text).problems;
    expect(text.slice(problem!.start, problem!.end)).toBe(to);
    expect(said(fixed(text))).toEqual([]);
  });

  it('come before warnings, at the line of the layer', () => {
    const text = changed('offset: 8', 'offset: 28').replace(' group: 3', '');
    expect(said(text)[0]).toMatch(/^error 8: .*out of bounds/);
    const { description, problems } = check(text);
    expect(description).toBeNull();
    expect(text.slice(problems[0]!.start, problems[0]!.end)).toMatch(/^layer \{ name: "crop"/);
  });

  it('of the text stop at the text', () => {
    expect(said('layer { name: "a"')).toEqual([expect.stringMatching(/^error 1: /)]);
  });

  it('appear in every broken prefix of a network, and none throws', () => {
    for (let end = 0; end < good.length; end += 7) {
      const { problems, spec } = check(good.slice(0, end));
      if (!spec) expect(problems.some(({ severity }) => severity === 'error')).toBe(true);
    }
  });
});

it('a misspelt field that is missing is one error, with its repair', () => {
  const text = zooPrototxt('fcn-alexnet').replace('kernel_size', 'kernal_size');
  const [problem, ...more] = checkNetwork(text, { size: null, classes: null }).problems;
  expect(more).toEqual([]);
  expect(problem).toMatchObject({ severity: 'error', layer: 'conv1', fix: { label: 'Write kernel_size' } });
  expect(problem!.message).toMatch(
    /"kernal_size".*Did you mean "kernel_size"\? Without it kernel_size is missing/,
  );
  const mended = applyFix(text, problem!.fix!);
  expect(mended).toBe(zooPrototxt('fcn-alexnet'));
});

it('outputs that do not fit the groups are one error, with its repair', () => {
  const text = zooPrototxt('fcn-8s').replace(/num_output: 21(?=[^}]*group: 21)/, 'num_output: 20');
  const [problem, ...more] = checkNetwork(text, { size: null, classes: null }).problems;
  expect(more).toEqual([]);
  expect(problem!.message).toContain('num_output 20 cannot be divided among 21 groups');
  expect(problem!.fix!.label).toBe('Write group: 20');
  const two = zooPrototxt('alexnet').replace('num_output: 256', 'num_output: 255');
  const [odd] = checkNetwork(two, { size: null, classes: null }).problems;
  expect(applyFix(two, odd!.fix!)).toBe(zooPrototxt('alexnet'));
});
