// What Caffe's python/caffe/test/test_coord_map.py asserts of its coordinate maps, of ours.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compose, coordMapFromTo, cropFor, inverse, layerMap, type CoordMap } from './coord-map';
import { readNetwork } from './read-network';

interface Chain {
  kernel?: number | number[];
  stride?: number | number[];
  pad?: number | number[];
  /** Kernel and stride of the pooling. */
  pool?: number;
  upStride?: number;
  upPad?: number;
  /** More layers. */
  rest?: string;
}

const times = (name: string, value: number | number[]) =>
  [value]
    .flat()
    .map((v) => `${name}: ${v}`)
    .join(' ');

/** data, convolution, pooling, deconvolution with twice its stride as the kernel: the pattern of all these tests. */
function chain({
  kernel = 3,
  stride = 1,
  pad = 0,
  pool = 2,
  upStride = 2,
  upPad = 0,
  rest = '',
}: Chain = {}) {
  return readNetwork(`
    layer { name: "data" type: "Input" top: "data" input_param { shape { dim: [2, 1, 100, 100] } } }
    layer { name: "aux" type: "Input" top: "aux" input_param { shape { dim: [2, 1, 20, 20] } } }
    layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param {
      num_output: 10 ${times('kernel_size', kernel)} ${times('stride', stride)} ${times('pad', pad)} } }
    layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool" pooling_param { pool: MAX kernel_size: ${pool} stride: ${pool} } }
    layer { name: "deconv" type: "Deconvolution" bottom: "pool" top: "deconv" convolution_param {
      num_output: 10 kernel_size: ${2 * upStride} stride: ${upStride} pad: ${upPad} } }
    ${rest}`);
}

/** Both axes of a map. */
const spread = ({ axis, scale, shift }: CoordMap) => ({
  axis,
  scale: [scale[0]!, scale[1] ?? scale[0]!],
  shift: [shift[0]!, shift[1] ?? shift[0]!],
});
const upToData = (options: Chain = {}) => spread(coordMapFromTo(chain(options), 'deconv', 'data'));

describe('coordMapFromTo', () => {
  it('goes through convolution, pooling and deconvolution', () => {
    expect(upToData()).toEqual({ axis: 1, scale: [1, 1], shift: [0, 0] });
    expect(upToData({ pool: 4, upStride: 4 })).toEqual({ axis: 1, scale: [1, 1], shift: [-1, -1] });
  });

  it('is not changed by layers that keep places, nor by a convolution of one pixel', () => {
    const rest = `
      layer { name: "relu" type: "ReLU" bottom: "deconv" top: "relu" }
      layer { name: "conv1x1" type: "Convolution" bottom: "relu" top: "conv1x1" convolution_param { num_output: 10 kernel_size: 1 } }`;
    const spec = chain({ rest });
    for (const top of ['relu', 'conv1x1'])
      expect(spread(coordMapFromTo(spec, top, 'data'))).toEqual(upToData());
  });

  it.each([0, 1, 4, 10])(
    'gains an offset by padding a convolution and loses it by padding a deconvolution: %i',
    (pad) => {
      const plain = upToData();
      expect(upToData({ pad }).scale).toEqual(plain.scale);
      expect(upToData({ pad }).shift).toEqual(plain.shift.map((b) => b - pad));
      expect(upToData({ upPad: pad }).scale).toEqual(plain.scale);
      expect(upToData({ upPad: pad }).shift).toEqual(plain.shift.map((b) => b + pad));
      expect(upToData({ pad, upPad: pad })).toEqual(plain);
    },
  );

  it('maps each bottom of a layer to its own top alike', () => {
    const spec = chain({
      rest: `layer { name: "two" type: "Convolution" bottom: "data" bottom: "aux" top: "conv_data" top: "conv_aux"
        convolution_param { num_output: 10 kernel_size: 5 stride: 2 } }`,
    });
    expect(coordMapFromTo(spec, 'conv_data', 'data')).toEqual(coordMapFromTo(spec, 'conv_aux', 'aux'));
    expect(() => coordMapFromTo(spec, 'conv_data', 'aux')).toThrow(/common origin/);
  });

  it('treats the axes of a rectangle as two squares', () => {
    const high = upToData({ kernel: 3, stride: 1, pad: 0 });
    const wide = upToData({ kernel: 5, stride: 2, pad: 10 });
    const both = upToData({ kernel: [3, 5], stride: [1, 2], pad: [0, 10] });
    expect([both.axis, both.scale, both.shift]).toEqual([
      high.axis,
      [high.scale[0], wide.scale[1]],
      [high.shift[0], wide.shift[1]],
    ]);
  });

  it('serves any number of axes', () => {
    const spec = readNetwork(`
      input: "data" input_shape { dim: 3 dim: 3 dim: 100 dim: 100 }
      layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param {
        num_output: 10 kernel_size: [3, 3, 3] stride: [1, 1, 1] pad: [0, 1, 2] } }
      layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool" pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
      layer { name: "deconv" type: "Deconvolution" bottom: "pool" top: "deconv" convolution_param { num_output: 10 kernel_size: 4 stride: 2 } }`);
    const { axis, scale, shift } = coordMapFromTo(spec, 'deconv', 'data');
    expect(axis).toBe(1);
    expect(scale).toEqual([1, 1, 1]);
    expect(shift.map((b, i) => b + i)).toEqual([shift[0], shift[0], shift[0]]);
  });

  it.each([0, 3, 10])('moves a map through a crop by its offset: %i', (offset) => {
    const rest = `layer { name: "crop" type: "Crop" bottom: "deconv" bottom: "data" top: "crop" crop_param { axis: 2 offset: ${offset} } }`;
    const { axis, scale, shift } = upToData();
    expect(spread(coordMapFromTo(chain({ rest }), 'crop', 'data'))).toEqual({
      axis,
      scale,
      shift: shift.map((b) => b + offset),
    });
  });

  it('finds no map through an inner product', () => {
    const rest =
      'layer { name: "ip" type: "InnerProduct" bottom: "deconv" top: "ip" inner_product_param { num_output: 10 } }';
    expect(() => coordMapFromTo(chain({ rest }), 'ip', 'data')).toThrow(/no common origin/);
  });

  it('names what it does not find', () => {
    expect(() => coordMapFromTo(chain(), 'decon', 'data')).toThrow(/no blob "decon".*deconv/);
  });
});

describe('cropFor', () => {
  it('gives the crop that lays one blob over another', () => {
    expect(cropFor(chain(), 'deconv', 'data')).toEqual({ axis: 2, offset: [0, 0] });
    expect(cropFor(chain({ pad: 7 }), 'deconv', 'data')).toEqual({ axis: 2, offset: [7, 7] });
  });

  it('refuses another scale', () => {
    expect(() => cropFor(chain({ pool: 3, upStride: 2 }), 'deconv', 'data')).toThrow(
      /stride of the upsampling/,
    );
  });

  it('refuses an offset before the first pixel', () => {
    expect(() => cropFor(chain({ upPad: 10 }), 'deconv', 'data')).toThrow(/10 pixels inside.*padding/);
  });

  it('refuses half a pixel', () => {
    expect(() => cropFor(chain({ kernel: 4 }), 'deconv', 'data')).toThrow(/0\.5/);
    expect(() => cropFor(chain({ kernel: 4, pad: 3 }), 'deconv', 'data')).toThrow(/not a whole number/);
  });
});

describe('maps', () => {
  const map = fc.record({
    axis: fc.constantFrom<(number | null)[]>(null, 1),
    scale: fc.array(fc.constantFrom(0.25, 0.5, 1, 2, 8), { minLength: 2, maxLength: 2 }),
    shift: fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 2, maxLength: 2 }),
  });

  it('composed with their inverse move nothing', () => {
    fc.assert(
      fc.property(map, (given) => {
        const { scale, shift } = compose(given, inverse(given));
        expect(scale).toEqual([1, 1]);
        shift.forEach((b) => expect(b).toBeCloseTo(0, 9));
      }),
    );
  });

  it('compose in any grouping', () => {
    fc.assert(
      fc.property(map, map, map, (a, b, c) => {
        expect(compose(compose(a, b), c)).toEqual(compose(a, compose(b, c)));
      }),
    );
  });

  it('of different axes do not follow each other', () => {
    const at = (axis: number) => ({ axis, scale: [1], shift: [0] });
    expect(() => compose(at(1), at(2))).toThrow(/axis 1.*axis 2/);
  });

  it('of FCN-AlexNet are those of the article: conv1 is shifted by (100 - 5) / 4', () => {
    const conv1 = readNetwork(
      'layer { name: "c" type: "Convolution" bottom: "data" top: "c" convolution_param { num_output: 96 kernel_size: 11 stride: 4 pad: 100 } }',
    ).layers[0]!;
    expect(layerMap(conv1)).toEqual({ axis: 1, scale: [0.25, 0.25], shift: [23.75, 23.75] });
  });
});
