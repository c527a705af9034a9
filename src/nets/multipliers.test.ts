import { describe, expect, it } from 'vitest';
import { isFrozen, learnedLayers, withMultipliers } from './multipliers';
import { readNetwork } from './read-network';
import { zooNetworks, zooPrototxt } from './zoo';

const of = (text: string, name: string) =>
  readNetwork(text).layers.find((layer) => layer.name === name)!.params;

const layer = (
  params: string,
) => `layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" ${params}
  # a comment
  convolution_param { num_output: 4 kernel_size: 3 } }
`;
const frozen = [
  { lrMult: 0, decayMult: 0 },
  { lrMult: 0, decayMult: 0.5 },
];

describe('withMultipliers', () => {
  it.each([
    ['no multipliers', ''],
    ['one of two', 'param { lr_mult: 3 }'],
    ['an empty one', 'param { }'],
    [
      'both, one with a name',
      'param { name: "w" lr_mult: 1 decay_mult: 1 } param { lr_mult: 2 decay_mult: 0 }',
    ],
  ])('writes them where there are %s', (_what, params) => {
    const text = withMultipliers(layer(params), { conv: frozen });
    expect(of(text, 'conv').map(({ lrMult, decayMult }) => ({ lrMult, decayMult }))).toEqual(frozen);
    expect(of(text, 'conv')[0]!.name).toBe(params.includes('"w"') ? 'w' : null);
    expect(text).toContain('# a comment');
  });

  it.each(['', 'blobs_lr: 1', 'blobs_lr: [1, 2] weight_decay: 1 weight_decay: 0'])(
    'writes the old form: %s',
    (params) => {
      const text = layer(params).replace('layer {', 'layers {').replace('"Convolution"', 'CONVOLUTION');
      expect(of(withMultipliers(text, { conv: frozen }), 'conv')).toEqual(
        frozen.map((one) => ({ ...one, name: null })),
      );
    },
  );

  it('changes nothing else of a built-in network', () => {
    const before = zooPrototxt('fcn-8s');
    const after = withMultipliers(before, { conv1_1: frozen });
    const rest = (text: string) => readNetwork(text).layers.filter(({ name }) => name !== 'conv1_1');
    expect(rest(after)).toEqual(rest(before));
    expect(of(after, 'conv1_1').map(({ lrMult }) => lrMult)).toEqual([0, 0]);
    expect(withMultipliers(before, {})).toBe(before);
  });

  it('writes none for a bias that is not there', () => {
    const text = layer('').replace('num_output: 4', 'num_output: 4 bias_term: false');
    expect(of(withMultipliers(text, { conv: frozen }), 'conv')).toHaveLength(1);
  });

  it('says what is wrong', () => {
    expect(() => withMultipliers(layer(''), { other: frozen })).toThrow(/no layer "other"/);
    const negative = [{ lrMult: -1, decayMult: 1 }];
    expect(() => withMultipliers(layer(''), { conv: negative })).toThrow(/"conv" is -1.*from 0/);
  });
});

describe('learnedLayers', () => {
  it.each(zooNetworks.map(({ id }) => id))('lists what %s learns', (id) => {
    const layers = learnedLayers(readNetwork(zooPrototxt(id)));
    expect(layers.length).toBeGreaterThan(5);
    expect(layers.find(({ name }) => name.startsWith('conv1'))!.blobs).toMatchObject([
      { lrMult: 1, decayMult: 1 },
      { lrMult: 2, decayMult: 0 },
    ]);
  });

  it('knows the fixed upsampling as frozen', () => {
    const layers = learnedLayers(readNetwork(zooPrototxt('fcn-alexnet')));
    expect(layers.filter(({ blobs }) => isFrozen(blobs)).map(({ type }) => type)).toEqual(['Deconvolution']);
  });
});
