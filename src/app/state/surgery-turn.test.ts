import { expect, it } from 'vitest';
import { zooPrototxt } from '../../nets/zoo';
import { pairLines } from './definition-pair';
import { headNumbersTold } from './surgery-head';
import { fcnName } from './surgery-names';
import { hasInnerProduct, proofSize, scoreGrid, turnNetwork } from './surgery-turn';

it("explains AlexNet's layers with the article's numbers", () => {
  const turned = turnNetwork(zooPrototxt('alexnet'), null);
  expect(turned.layers.map(({ sentence }) => sentence)).toEqual([
    'fc6 sees pool5, 256 × 6 × 6. A 6\u00a0×\u00a06 kernel covers it.',
    'fc7 sees fc6, one place with 4,096 values. A 1\u00a0×\u00a01 kernel covers it.',
    'fc8 sees fc7, one place with 4,096 values. A 1\u00a0×\u00a01 kernel covers it.',
  ]);
  const [fc6] = turned.layers;
  expect(fc6!.arithmetic).toBe(
    '256 × 6 × 6 + 1 bias = 9,217 parameters for each of 4,096 outputs: 37,752,832 in all',
  );
  expect(fc6!.parameters).toEqual({ before: 37_752_832, after: 37_752_832 });
  expect(turned).toMatchObject({
    window: { width: 227, height: 227 },
    declared: true,
    stride: 32,
    channels: 3,
  });
  const image = proofSize(turned);
  expect(image).toEqual({ width: 451, height: 451 });
  expect(scoreGrid(turned.prototxt, image)).toEqual({ width: 8, height: 8 });
});

it.each(['caffenet', 'vgg-16', 'googlenet'])('counts the same parameters on both sides of %s', (id) => {
  expect(hasInnerProduct(zooPrototxt(id))).toBe(true);
  const turned = turnNetwork(zooPrototxt(id), null);
  for (const { parameters } of turned.layers) expect(parameters.after).toBe(parameters.before);
  expect(scoreGrid(turned.prototxt, proofSize(turned))).toEqual({ width: 8, height: 8 });
});

it("lays lines side by side as the article's Table 1 does", () => {
  const [fc6] = turnNetwork(zooPrototxt('caffenet'), null).layers;
  expect(pairLines(fc6!.before, fc6!.after).filter(({ changed }) => changed)).toEqual([
    { before: '  type: "InnerProduct"', after: '  type: "Convolution"', changed: true },
    { before: '  inner_product_param {', after: '  convolution_param {', changed: true },
    { before: null, after: '    kernel_size: 6', changed: true },
  ]);
  expect(pairLines('a\nb', 'b\nc').map(({ before, after }) => [before, after])).toEqual([
    ['a', null],
    ['b', 'b'],
    [null, 'c'],
  ]);
});

it('tells where the numbers of a head come from', () => {
  const numbers = { stride: 32, kernel: 63, offset: 18 };
  const told = headNumbersTold(zooPrototxt('fcn-alexnet'), numbers, { from: 0, to: 100 });
  expect(told.padding).toContain('from pixel 113 to 13.');
  expect(told.stride).toMatch(/^4 \(conv1\) × 2 \(pool1\) × 2 \(pool2\) × 2 \(pool5\) = 32: /);
  expect(told.offset).toContain('lies over pixel 13 of the image');
  expect(told.offset).toContain('31 − 13 = 18 pixels outside');
  expect(told.rows.map(({ layer, own, step, shift }) => [layer, own, step, shift])).toEqual([
    ['conv1', -95, 1, -95],
    ['pool1', 1, 4, 4],
    ['conv2', 0, 8, 0],
    ['pool2', 1, 8, 8],
    ['conv3', 0, 16, 0],
    ['conv4', 0, 16, 0],
    ['conv5', 0, 16, 0],
    ['pool5', 1, 16, 16],
    ['fc6', 2.5, 32, 80],
    ['fc7', 0, 32, 0],
    ['score_fr', 0, 32, 0],
  ]);
  const vgg = headNumbersTold(zooPrototxt('fcn-32s'), { stride: 32, kernel: 64, offset: 19 });
  expect(vgg.offset).toContain('31.5 − 12.5 = 19 pixels');
});

it('names the new network', () => {
  expect(fcnName('CaffeNet', null)).toBe('FCN-CaffeNet');
  expect(fcnName('VGG-16', 8)).toBe('FCN-VGG-16-8s');
  expect(fcnName('FCN-32s', 16)).toBe('FCN-16s');
  expect(fcnName('My FCN-16s', 8)).toBe('My FCN-8s');
});
