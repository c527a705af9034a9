import { describe, expect, it } from 'vitest';
import { readNetwork } from '../read-network';
import { dataShape, placeLayers } from '../shapes';
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
});
