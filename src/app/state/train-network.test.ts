import { expect, test } from 'vitest';
import { starterPrototxt } from '../../nets/starter';
import { zooPrototxt } from '../../nets/zoo';
import { trainNetwork } from './train-network';

const size = { width: 64, height: 48 };

test('a network is described as it will be trained', () => {
  const { problem, description } = trainNetwork(starterPrototxt, 0.5, size, 4);
  expect(problem).toBeNull();
  expect(description?.input).toEqual([1, 3, 48, 64]);
  expect(description?.layers.find(({ name }) => name === 'crop')?.shape).toEqual([1, 4, 48, 64]);
  expect(description?.layers.find(({ name }) => name === 'conv1')?.shape[1]).toBe(16);
});

test.each([
  ['a classifier', zooPrototxt('alexnet'), /^This network names the whole image/],
  ['no loss', starterPrototxt.replace(/\n# How wrong[\s\S]*/, '\n'), /no SoftmaxWithLoss/],
  [
    'an error',
    starterPrototxt.replace('bottom: "conv3"\n  top: "score"', 'top: "score"'),
    /^This network has/,
  ],
  ['not even text format', 'layer {', /Line 1/],
])('%s is refused with the reason', (_what, prototxt, reason) => {
  const { problem, description } = trainNetwork(prototxt, 1, size, 4);
  expect(problem).toMatch(reason);
  expect(description).toBeNull();
});
