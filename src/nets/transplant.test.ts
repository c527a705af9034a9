import { expect, it } from 'vitest';
import { initialWeights } from './fillers';
import { readNetwork } from './read-network';
import { transplant } from './transplant';
import type { WeightSet } from './weights';

const net = (outputs: number) =>
  readNetwork(`
layer { name: "a" type: "Convolution" bottom: "data" top: "a" convolution_param { num_output: 2 kernel_size: 2 } }
layer { name: "b" type: "Convolution" bottom: "a" top: "b" convolution_param { num_output: ${outputs} kernel_size: 1 weight_filler { type: "msra" } } }
`);

it('copies by name, reshapes, draws what is missing and says what it did', () => {
  const spec = net(3);
  const blob = (shape: number[], value: number) => ({
    shape,
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value),
  });
  const source: WeightSet = new Map([
    ['a/0', blob([2, 12], 1)],
    ['a/1', blob([2], 2)],
    ['b/0', blob([5, 2, 1, 1], 3)],
    ['fc8/0', blob([1], 4)],
  ]);
  const { weights, report } = transplant(source, spec, 7);
  expect(report).toEqual({ copied: ['a/1'], reshaped: ['a/0'], missing: ['b/0', 'b/1'], unused: ['fc8/0'] });
  expect(weights.get('a/0')).toEqual({ shape: [2, 3, 2, 2], data: new Float32Array(24).fill(1) });
  expect(weights.get('b/0')).toEqual(initialWeights(spec, 7).get('b/0'));
});
