import { describe, expect, it } from 'vitest';
import { bilinearKernel, initialWeights } from './fillers';
import { readNetwork } from './read-network';
import { convolutionalize } from './surgery/convolutionalize';
import { transplant } from './transplant';
import type { WeightSet } from './weights';
import { zooPrototxt } from './zoo';
import { resizeNetwork } from './resize-network';

const net = (outputs: number) =>
  readNetwork(`
layer { name: "a" type: "Convolution" bottom: "data" top: "a" convolution_param { num_output: 2 kernel_size: 2 } }
layer { name: "b" type: "Convolution" bottom: "a" top: "b" convolution_param { num_output: ${outputs} kernel_size: 1 weight_filler { type: "msra" } } }
`);

const blob = (shape: number[], value: number) => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value),
});

describe('transplant', () => {
  it('copies by name, reshapes, draws what is missing and says what it did', () => {
    const spec = net(3);
    const source: WeightSet = new Map([
      ['a/0', blob([2, 12], 1)],
      ['a/1', blob([2], 2)],
      ['b/0', blob([5, 2, 1, 1], 3)],
      ['fc8/0', blob([1], 4)],
    ]);
    const { weights, report } = transplant(source, spec, 7);
    expect(report).toEqual({
      copied: ['a/1'],
      reshaped: ['a/0'],
      missing: ['b/0', 'b/1'],
      unused: ['fc8/0'],
      shapes: {
        'a/0': { file: [2, 12], network: [2, 3, 2, 2] },
        'b/0': { file: [5, 2, 1, 1], network: [3, 2, 1, 1] },
      },
    });
    expect(weights.get('a/0')).toEqual({ shape: [2, 3, 2, 2], data: new Float32Array(24).fill(1) });
    expect(weights.get('b/0')).toEqual(initialWeights(spec, 7).get('b/0'));
    expect([...weights.keys()]).toEqual(['a/0', 'a/1', 'b/0', 'b/1']);
  });

  it('takes the four axes of old files for what they are', () => {
    const source: WeightSet = new Map([
      ['a/0', blob([2, 3, 2, 2], 1)],
      ['a/1', blob([1, 1, 1, 2], 2)],
      ['b/0', blob([1, 1, 3, 2], 3)],
      ['b/1', blob([1, 1, 1, 3], 3)],
    ]);
    const { report } = transplant(source, net(3), 1);
    expect(report).toMatchObject({
      copied: ['a/0', 'a/1', 'b/1'],
      reshaped: ['b/0'],
      missing: [],
      unused: [],
    });
  });

  it("brings a classifier's weights into its convolutional form", () => {
    const before = resizeNetwork(zooPrototxt('caffenet'), { width: 1 / 32, classes: null });
    const weights = initialWeights(readNetwork(before), 2);
    const spec = readNetwork(convolutionalize(before, null).prototxt);
    const { report } = transplant(weights, spec, 1);
    expect(report.reshaped).toEqual(['fc6/0', 'fc7/0', 'fc8/0']);
    expect(report.missing).toEqual([]);
    expect(report.copied).toHaveLength(weights.size - 3);
  });

  it('finds a shared blob under any of its names, and does not call the others unused', () => {
    const twice = (name: string) =>
      `layer { name: "${name}" type: "Convolution" bottom: "data" top: "${name}" param { name: "w" } convolution_param { num_output: 2 kernel_size: 1 bias_term: false } }`;
    const spec = readNetwork(twice('a') + twice('b'));
    const shared = blob([2, 3, 1, 1], 5);
    expect(transplant(new Map([['b/0', shared]]), spec, 1)).toMatchObject({
      weights: new Map([['a/0', shared]]),
      report: { copied: ['a/0'], missing: [], unused: [] },
    });
    const all = new Map([
      ['a/0', shared],
      ['b/0', shared],
    ]);
    expect(transplant(all, spec, 1).report).toMatchObject({ copied: ['a/0'], unused: [] });
  });

  describe('of a deconvolution that enlarges class by class', () => {
    const up = (group: number) =>
      readNetwork(`input: "data" input_dim: 1 input_dim: 2 input_dim: 4 input_dim: 4
layer { name: "up" type: "Deconvolution" bottom: "data" top: "up" convolution_param { num_output: 2 kernel_size: 4 stride: 2 group: ${group} bias_term: false weight_filler { type: "bilinear" } } }`);
    const grouped = initialWeights(up(2), 1);
    const whole = initialWeights(up(1), 1);

    it('leaves out the zeros between classes, or puts them in', () => {
      expect(whole.get('up/0')!.data.slice(0, 16)).toEqual(bilinearKernel(4));
      expect(transplant(whole, up(2), 1)).toMatchObject({ weights: grouped, report: { reshaped: ['up/0'] } });
      expect(transplant(grouped, up(1), 1)).toMatchObject({ weights: whole, report: { reshaped: ['up/0'] } });
    });

    it('does not throw away what leads from one class to another', () => {
      const mixed: WeightSet = new Map([['up/0', blob([2, 2, 4, 4], 0.5)]]);
      expect(transplant(mixed, up(2), 1).report).toMatchObject({
        missing: ['up/0'],
        shapes: { 'up/0': { file: [2, 2, 4, 4], network: [2, 1, 4, 4] } },
      });
    });
  });
});
