import { describe, expect, it } from 'vitest';
import { readNetwork } from '../read-network';
import { dataShape, placeLayers } from '../place-layers';
import type { NetSpec } from '../spec';
import { zooPrototxt } from '../zoo';
import { convolutionalize } from './convolutionalize';
import { addDenseHead } from './dense-head';
import { addSkips, skipCandidates } from './skips';

/** A network without the places of its layers in the text. */
const plain = ({ inputs, layers }: NetSpec) => ({
  inputs: inputs.map(({ line: _, ...input }) => input),
  layers: layers.map(({ line: _, ...layer }) => layer),
});

const expectZoo = (prototxt: string, id: string) => {
  for (const view of ['train', 'val', 'deploy'] as const)
    expect(plain(readNetwork(prototxt, view))).toEqual(plain(readNetwork(zooPrototxt(id), view)));
};

/** Runs at every size without a crop out of bounds. */
function runsEverywhere(prototxt: string): void {
  const spec = readNetwork(prototxt);
  for (let size = 1; size < 140; size++)
    placeLayers(spec, dataShape(spec, { width: size, height: 141 - size }));
}

describe('addSkips', () => {
  it('makes of FCN-32s the built-in FCN-16s and FCN-8s, with the offsets of the paper', () => {
    const fcn16s = addSkips(zooPrototxt('fcn-32s'), ['pool4']);
    expect(fcn16s).toMatchObject({
      skips: [{ blob: 'pool4', stride: 2, kernel: 4, cropped: 'skip', offset: 5 }],
      final: { stride: 16, kernel: 32, offset: 27 },
    });
    expectZoo(fcn16s.prototxt, 'fcn-16s');
    for (const order of [
      ['pool4', 'pool3'],
      ['pool3', 'pool4'],
    ]) {
      const fcn8s = addSkips(zooPrototxt('fcn-32s'), order);
      expect(fcn8s.skips.map(({ offset }) => offset)).toEqual([5, 9]);
      expect(fcn8s.final).toEqual({ stride: 8, kernel: 16, offset: 31 });
      expectZoo(fcn8s.prototxt, 'fcn-8s');
    }
    expectZoo(addSkips(fcn16s.prototxt, ['pool3']).prototxt, 'fcn-8s');
  });

  it('works for FCN-AlexNet, whose kernels are odd', () => {
    const result = addSkips(zooPrototxt('fcn-alexnet'), ['pool1', 'pool2']);
    expect(result.skips).toEqual([
      { blob: 'pool2', stride: 2, kernel: 3, cropped: 'skip', offset: 5 },
      { blob: 'pool1', stride: 2, kernel: 3, cropped: 'skip', offset: 10 },
    ]);
    expect(result.final).toEqual({ stride: 8, kernel: 15, offset: 18 });
    runsEverywhere(result.prototxt);
  });

  it('leaps over strides, and takes any blob', () => {
    const result = addSkips(zooPrototxt('fcn-32s'), ['relu3_2']);
    expect(result.skips).toMatchObject([{ blob: 'conv3_2', stride: 8, kernel: 16 }]);
    expect(readNetwork(result.prototxt).layers.map(({ name }) => name)).toContain('fuse_conv3_2');
    runsEverywhere(result.prototxt);
  });

  it('works for GoogLeNet, whose poolings leave less than the enlarged scores cover', () => {
    const head = addDenseHead(convolutionalize(zooPrototxt('googlenet'), null).prototxt, {
      classes: 5,
      size: { width: 64, height: 64 },
    });
    const fits = skipCandidates(head.prototxt).map(({ layer, why }) => [layer, why === null]);
    expect(fits).toContainEqual(['pool3/3x3_s2', true]);
    const { prototxt, skips } = addSkips(head.prototxt, ['pool2/3x3_s2', 'pool3/3x3_s2']);
    expect(skips.map(({ cropped }) => cropped)).toEqual(['scores', 'scores']);
    runsEverywhere(prototxt);
  });

  it('says where the text changed', () => {
    const before = zooPrototxt('fcn-32s');
    const { prototxt, changes } = addSkips(before, ['pool4']);
    const lines = prototxt.split('\n');
    for (const { after, lineAfter } of changes)
      if (after !== null)
        expect(
          lines
            .slice(lineAfter! - 1)
            .join('\n')
            .startsWith(after),
        ).toBe(true);
    expect(changes.map(({ layer, before: old, after }) => [layer, old !== null, after !== null])).toEqual([
      ['upscore2', false, true],
      ['score_pool4', false, true],
      ['score_pool4c', false, true],
      ['fuse_pool4', false, true],
      ['upscore16', false, true],
      ['upscore', true, false],
      ['score', true, true],
    ]);
  });

  it.each([
    [
      ['pool5'],
      /Line \d+: "pool5" cannot be joined: it has one value for every 32 pixels.*: it adds no detail/,
    ],
    [['pool4', 'pool4'], /"pool4" cannot be joined.*it adds no detail/],
    [['nothing'], /No layer or blob before "upscore" is called "nothing"/],
    [[], /Name a layer/],
  ])('refuses %j', (layers, message) => {
    expect(() => addSkips(zooPrototxt('fcn-32s'), layers)).toThrow(message);
  });

  it('refuses a classifier', () => {
    expect(() => addSkips(convolutionalize(zooPrototxt('vgg-16'), null).prototxt, ['pool4'])).toThrow(
      /Line \d+: layer "fc8" makes the scores, and is no Crop/,
    );
  });
});

describe('skipCandidates', () => {
  it('lists poolings with their strides, and why one does not fit', () => {
    const found = skipCandidates(zooPrototxt('fcn-32s'));
    expect(
      found
        .filter(({ layer }) => layer.startsWith('pool'))
        .map(({ layer, stride, why }) => [layer, stride, why === null]),
    ).toEqual([
      ['pool1', 2, true],
      ['pool2', 4, true],
      ['pool3', 8, true],
      ['pool4', 16, true],
      ['pool5', 32, false],
    ]);
    expect(found.find(({ layer }) => layer === 'pool5')!.why).toMatch(/it adds no detail/);
  });

  it("lists a stride's last layer beside the poolings", () => {
    const found = skipCandidates(zooPrototxt('fcn-alexnet'));
    expect(found.map(({ layer, stride, why }) => [layer, stride, why === null])).toEqual([
      ['conv1', 4, true],
      ['pool1', 8, true],
      ['conv2', 8, true],
      ['pool2', 16, true],
      ['conv5', 16, true],
      ['pool5', 32, false],
      ['fc7', 32, false],
    ]);
  });
});
