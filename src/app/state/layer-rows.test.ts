import { expect, test } from 'vitest';
import { checkNetwork } from '../../nets/check-network';
import { zooPrototxt } from '../../nets/zoo';
import { alignDecimals, decimal, fraction, large, layerRow, shapeTexts } from './layer-rows';

function described(id: string) {
  const { spec, description } = checkNetwork(zooPrototxt(id), { size: null, classes: null });
  return { spec: spec!, description: description! };
}

test('the rows of FCN-AlexNet are those of the article', () => {
  const rows = described('fcn-alexnet').description.layers.map(layerRow);
  const wanted = (name: string) => {
    const row = rows.find((one) => one.name === name)!;
    return [row.scale, row.totalScale, row.offset, row.totalOffset];
  };
  expect(wanted('conv1')).toEqual(['1/4', '1/4', '23.75', '18']);
  expect(wanted('pool1')).toEqual(['1/2', '1/8', '−0.5', '−77']);
  expect(wanted('conv2')).toEqual(['1', '1/8', '0', '−73']);
  expect(wanted('fc6')).toEqual(['1', '1/32', '−2.5', '−49']);
  expect(wanted('upscore')).toEqual(['32', '1', '31', '31']);
  expect(rows.find(({ name }) => name === 'fc6')!.parameters).toBe('37,752,832');
  expect(rows.find(({ name }) => name === 'loss')).toMatchObject({
    shape: '1',
    totalScale: '',
    parameters: '',
  });
});

test('scales are fractions where they are', () => {
  expect([1 / 32, 0.5, 1, 8, 2 / 3, 1 / 48.000000768].map(fraction)).toEqual([
    '1/32',
    '1/2',
    '1',
    '8',
    '2/3',
    '1/48',
  ]);
  expect([-0.00001, -1.5, 23.75].map((value) => decimal(value))).toEqual(['0', '−1.5', '23.75']);
});

test('large numbers have three digits', () => {
  expect([12, 999, 1000, 36_864, 691_120_512, 14_743_904_256, 999_600].map(large)).toEqual([
    '12',
    '999',
    '1.00 k',
    '36.9 k',
    '691 M',
    '14.7 G',
    '1.00 M',
  ]);
});

test('decimal points stand one below the other', () => {
  expect(alignDecimals(['23.75', '18', '−0.5', ''])).toEqual([
    '23.75',
    '18\u2008\u2007\u2007',
    '−0.5\u2007',
    '',
  ]);
  expect(alignDecimals(['1', '20'])).toEqual(['1', '20']);
});

test('the graph is told the shapes of images, labels and layers', () => {
  const { spec, description } = described('fcn-8s');
  const shapes = shapeTexts(spec, description);
  expect(shapes.get('data')).toBe('3 × 375 × 500');
  expect(shapes.get('label')).toBe('375 × 500');
  expect(shapes.get('score')).toBe('21 × 375 × 500');
  expect(shapes.has('loss')).toBe(false);
});
