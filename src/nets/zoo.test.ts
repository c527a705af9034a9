import { describe, expect, it } from 'vitest';
import { checkNetwork } from './check-network';
import { describeNetwork } from './describe';
import { fill, initialWeights, layerFillers } from './fillers';
import { readNetwork } from './read-network';
import { resizeNetwork } from './resize-network';
import { dataShape, placeLayers } from './place-layers';
import type { ConvolutionSpec, PowerSpec } from './spec';
import { networkText, zooNetworks, zooPrototxt } from './zoo';

const ids = zooNetworks.map(({ id }) => id);
const views = ['train', 'val', 'deploy'] as const;
const segmenting = zooNetworks.filter(({ kind }) => kind === 'segmentation').map(({ id }) => id);

/** Counts of the layers of one view, at a number of classes. */
function counted(id: string, classes: number, view: (typeof views)[number] = 'train') {
  const spec = readNetwork(resizeNetwork(zooPrototxt(id), { width: 1, classes }), view);
  const { layers, parameters, trainable } = describeNetwork(spec, dataShape(spec, null));
  return { layers, parameters, trainable };
}

/** Parameters of a convolution of `i` channels to `o` with a window of side `k`, in `g` groups, with bias. */
const convolution = (i: number, o: number, k: number, g = 1) => (i / g) * o * k * k + o;

describe('the list', () => {
  it('begins with networks that segment', () => {
    expect(ids).toEqual([
      'fcn-alexnet',
      'fcn-alexnet-scaled',
      'fcn-8s',
      'fcn-8s-scaled',
      'fcn-16s',
      'fcn-32s',
      'fcn-8s-atonce',
      'googlenet-fcn-32s',
      'fcn-8s-voc',
      'alexnet',
      'caffenet',
      'googlenet',
      'vgg-16',
    ]);
    expect(segmenting).toEqual(ids.slice(0, 9));
  });

  it.each(zooNetworks)('says what $id is', ({ id, name, summary }) => {
    expect(zooNetworks.filter((other) => other.name === name)).toHaveLength(1);
    expect(readNetwork(zooPrototxt(id)).name).toBe(name);
    expect(summary).toMatch(/^[A-Z][^#]{30,130}\(\w.* \d{4}\)\.$/);
  });

  it('names the networks there are where one is unknown', () => {
    expect(() => zooPrototxt('resnet')).toThrow(/"resnet".*fcn-alexnet, fcn-alexnet-scaled, fcn-8s/);
    expect(networkText({ kind: 'zoo', id: 'fcn-8s' })).toBe(zooPrototxt('fcn-8s'));
    expect(networkText({ kind: 'prototxt', text: 'x' })).toBe('x');
  });
});

describe.each(zooNetworks)('$id', ({ id, kind }) => {
  it.each(views)('has an image, and labels where it needs them, for %s', (view) => {
    const spec = readNetwork(zooPrototxt(id), view);
    const inputs = spec.inputs.map(({ name, role }) => [name, role]);
    const labels = view === 'deploy' ? [] : [['label', 'label']];
    expect(inputs).toEqual([['data', 'image'], ...labels]);
    expect(spec.inputs[0]!.shape!.slice(0, 2)).toEqual([1, 3]);
    const types = spec.layers.map(({ type }) => type);
    expect(types.filter((type) => type === 'SoftmaxWithLoss')).toHaveLength(
      view === 'deploy' ? 0 : id === 'googlenet' ? 3 : 1,
    );
    expect(types.includes('Accuracy')).toBe(view === 'val');
    expect(types.includes('Softmax')).toBe(view === 'deploy' && kind === 'classification');
    expect(types.includes('Dropout')).toBe(true);
  });

  it('is of the kind that its scores say', () => {
    const spec = readNetwork(zooPrototxt(id), 'deploy');
    const placed = placeLayers(spec, dataShape(spec, null));
    const scores = placed.at(-1)!.tops[0]!;
    expect(scores).toEqual(kind === 'segmentation' ? [1, 21, ...spec.inputs[0]!.shape!.slice(2)] : [1, 1000]);
  });

  it.each(views)('gives an editor nothing to say for %s', (view) => {
    const { problems, description } = checkNetwork(zooPrototxt(id), { size: null, classes: null, view });
    const texts = problems.map(({ layer, message }) => `${layer}: ${message}`);
    // In Caffe, these three need Berkeley's weights.
    const expected = id === 'fcn-8s-voc' ? ['upscore2', 'upscore_pool4', 'upscore8'] : [];
    expect(texts).toEqual(
      expected.map((name) => expect.stringMatching(`${name}: .* is bilinear without groups`) as string),
    );
    expect(description!.disagreements).toEqual([]);
    for (const { given, computed } of description!.crops) expect(computed).toEqual([...given, ...given]);
  });

  it('starts with nothing at zero but the biases', () => {
    for (const layer of readNetwork(zooPrototxt(id)).layers) {
      const [weight] = layerFillers(layer);
      if (weight) expect(weight.type, layer.name).toBe(fillerOf(layer, inputScale(id)));
    }
    const narrow = readNetwork(resizeNetwork(zooPrototxt(id), { width: 1 / 32, classes: 3 }));
    const weights = initialWeights(narrow, 1);
    expect(weights.size).toBeGreaterThan(15);
    for (const [name, { data }] of weights) {
      expect(
        data.some((value) => value !== 0),
        name,
      ).toBe(name.endsWith('/0'));
    }
  });

  it('begins with msra for bytes, or for what they are scaled to', () => {
    const spec = readNetwork(zooPrototxt(id));
    const first = spec.layers.find((layer): layer is ConvolutionSpec => layer.type === 'Convolution')!;
    const shape = [64, 3, ...first.kernel];
    const deviation = (filler: typeof first.weightFiller) => {
      const values = fill(filler, shape, 1, 'a');
      return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    };
    const msra = deviation({ ...first.weightFiller, type: 'msra' });
    expect(deviation(first.weightFiller) / (msra / 58 / inputScale(id))).toBeCloseTo(1, 2);
  });

  it('lets biases learn twice as fast and without decay', () => {
    const convolutions = readNetwork(zooPrototxt(id)).layers.filter(
      ({ type }) => type === 'Convolution' || type === 'InnerProduct',
    );
    for (const { params } of convolutions) {
      expect(params).toMatchObject([
        { lrMult: 1, decayMult: 1 },
        { lrMult: 2, decayMult: 0 },
      ]);
    }
  });
});

/** What a network multiplies bytes by before its first convolution. */
function inputScale(id: string): number {
  const first = readNetwork(zooPrototxt(id)).layers.find(({ type }) => type === 'Power') as
    PowerSpec | undefined;
  return first?.scale ?? 1;
}

/** What this project gives the layers: scores a small deviation, factors a constant, enlargements a kernel, all else msra. */
function fillerOf({ name, type }: { name: string; type: string }, scale: number): string {
  if (type === 'Deconvolution') return 'bilinear';
  if (type === 'Scale') return 'constant';
  if (/^conv1(_1)?$/.test(name) && scale !== 1) return 'msra';
  return /^(conv1|conv1_1|conv1\/7x7_s2|score_\w+|fc8|loss\d\/classifier)$/.test(name) ? 'gaussian' : 'msra';
}

describe('parameters', () => {
  it.each([
    // Published: Caffe's models, the article, and Berkeley's networks (ungrouped deconvolutions).
    ['fcn-alexnet', 12, 56_965_016, 56_917_388],
    ['fcn-alexnet', 21, 57_037_610, 56_954_261],
    ['fcn-alexnet-scaled', 12, 56_965_016, 56_917_388],
    ['fcn-8s-voc', 21, 134_489_759, 134_362_751],
    ['fcn-8s-voc', 12, 134_360_420, 134_318_948],
    ['alexnet', 1000, 60_965_224, 60_965_224],
    ['caffenet', 1000, 60_965_224, 60_965_224],
    ['vgg-16', 1000, 138_357_544, 138_357_544],
    ['googlenet', 1000, 13_378_280, 13_378_280],
    // Grouped: K * K for each class, not for each pair of classes.
    ['fcn-8s', 21, 134_489_759 - 288 * 21 * 20, 134_362_751],
    ['fcn-8s', 12, 134_322_404, 134_318_948],
    ['fcn-8s-scaled', 12, 134_322_404, 134_318_948],
    // Without pool3's score and both kernels, with one of side 32.
    ['fcn-16s', 21, 134_379_194, 134_362_751 - 257 * 21],
    ['fcn-32s', 21, 134_432_597, 134_362_751 - 770 * 21],
    // With a factor for each of pool3's 256 and pool4's 512 channels.
    ['fcn-8s-atonce', 21, 134_368_799 + 768, 134_362_751],
    ['googlenet-fcn-32s', 21, 6_078_426, 6_078_426 - 63 * 63 * 21],
  ])('%s with %i classes: %i, of which %i learn', (id, classes, parameters, trainable) => {
    expect(counted(id, classes)).toMatchObject({ parameters, trainable });
  });

  it('are those of the layers', () => {
    const of = (id: string, classes: number, name: string) =>
      counted(id, classes).layers.find((layer) => layer.name === name)!.parameters;
    expect(of('fcn-alexnet', 12, 'fc6')).toBe(37_752_832);
    expect(of('alexnet', 1000, 'fc6')).toBe(37_752_832);
    expect(of('fcn-8s', 12, 'fc6')).toBe(102_764_544);
    expect(of('fcn-8s', 12, 'upscore8')).toBe(256 * 12);
    expect(of('fcn-8s-voc', 12, 'upscore8')).toBe(256 * 12 * 12);
  });

  it('are those of table 1 of the GoogLeNet paper', () => {
    // 1x1, 3x3 reduced, 3x3, 5x5 reduced, 5x5, projected pool.
    const modules = [
      [64, 96, 128, 16, 32, 32],
      [128, 128, 192, 32, 96, 64],
      [192, 96, 208, 16, 48, 64],
      [160, 112, 224, 24, 64, 64],
      [128, 128, 256, 24, 64, 64],
      [112, 144, 288, 32, 64, 64],
      [256, 160, 320, 32, 128, 128],
      [256, 160, 320, 32, 128, 128],
      [384, 192, 384, 48, 128, 128],
    ] as const;
    let channels = 192;
    let total = convolution(3, 64, 7) + convolution(64, 64, 1) + convolution(64, 192, 3);
    for (const [one, reduce3, three, reduce5, five, pool] of modules) {
      for (const outputs of [one, reduce3, reduce5, pool]) total += convolution(channels, outputs, 1);
      total += convolution(reduce3, three, 3) + convolution(reduce5, five, 5);
      channels = one + three + five + pool;
    }
    expect(channels).toBe(1024);
    expect(counted('googlenet', 1000, 'deploy').parameters).toBe(total + convolution(1024, 1000, 1));
    expect(total + convolution(1024, 1000, 1)).toBe(6_998_552);
    expect(counted('googlenet-fcn-32s', 21).parameters).toBe(total + convolution(1024, 21, 1) + 63 * 63 * 21);
  });
});

/** The heights and widths of the blobs of some layers. */
function sizesOf(id: string, width: number, height: number): Record<string, string> {
  const spec = readNetwork(zooPrototxt(id));
  const placed = placeLayers(spec, dataShape(spec, { width, height }));
  return Object.fromEntries(placed.map(({ layer, tops }) => [layer.name, tops[0]!.slice(1).join(' ')]));
}

/** A line: layer, channels, and rows x columns at 500 x 375, 960 x 720 and 256 x 256 (digits.md, computed from Caffe's rounding). */
function tableOf(text: string): [names: string[], channels: string, sizes: string[]][] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [names, channels, ...sizes] = line.trim().split(/ +/);
      return [names!.split(','), channels!, sizes.map((size) => size.replace('x', ' '))];
    });
}

describe('shapes', () => {
  const alexnet = `
    shift               3    375x500 720x960  256x256
    conv1               96   142x173 228x288  112x112
    pool1,norm1         96   71x86   114x144  56x56
    conv2               256  71x86   114x144  56x56
    pool2,norm2         256  35x43   57x72    28x28
    conv3,conv4         384  35x43   57x72    28x28
    conv5               256  35x43   57x72    28x28
    pool5               256  17x21   28x36    14x14
    fc6,fc7             4096 12x16   23x31    9x9
    score_fr            21   12x16   23x31    9x9
    upscore             21   415x543 767x1023 319x319
    score               21   375x500 720x960  256x256`;
  const vgg = `
    conv1_1,conv1_2         64   573x698 918x1158 454x454
    pool1                   64   287x349 459x579  227x227
    conv2_1,conv2_2         128  287x349 459x579  227x227
    pool2                   128  144x175 230x290  114x114
    conv3_1,conv3_2,conv3_3 256  144x175 230x290  114x114
    pool3                   256  72x88   115x145  57x57
    conv4_1,conv4_2,conv4_3 512  72x88   115x145  57x57
    pool4                   512  36x44   58x73    29x29
    conv5_1,conv5_2,conv5_3 512  36x44   58x73    29x29
    pool5                   512  18x22   29x37    15x15
    fc6,fc7                 4096 12x16   23x31    9x9
    score_fr                21   12x16   23x31    9x9
    score                   21   375x500 720x960  256x256`;
  const skip = `
    upscore2                            21 26x34 48x64 20x20
    score_pool4                         21 36x44 58x73 29x29
    score_pool4c,fuse_pool4             21 26x34 48x64 20x20`;
  const eight = `${skip}
    upscore_pool4                       21 54x70   98x130   42x42
    score_pool3                         21 72x88   115x145  57x57
    score_pool3c,fuse_pool3             21 54x70   98x130   42x42
    upscore8                            21 440x568 792x1048 344x344`;
  it.each([
    ['fcn-alexnet', alexnet],
    ['fcn-alexnet-scaled', alexnet],
    ['fcn-8s', vgg + eight],
    ['fcn-8s-scaled', vgg + eight],
    ['fcn-8s-voc', vgg + eight],
    [
      'fcn-8s-atonce',
      `${vgg}${eight}\n scale_pool4 512 36x44 58x73 29x29\n scale_pool3 256 72x88 115x145 57x57`,
    ],
    ['fcn-16s', `${vgg}${skip}\n upscore16 21 432x560 784x1040 336x336`],
    ['fcn-32s', `${vgg}\n upscore 21 416x544 768x1024 320x320`],
  ])('%s has the published ones', (id, text) => {
    const found = [sizesOf(id, 500, 375), sizesOf(id, 960, 720), sizesOf(id, 256, 256)];
    for (const [names, channels, sizes] of tableOf(text)) {
      for (const name of names) {
        expect([name, ...found.map((blobs) => blobs[name])]).toEqual([
          name,
          ...sizes.map((size) => `${channels} ${size}`),
        ]);
      }
    }
  });

  it.each([
    [
      'alexnet',
      227,
      { conv1: '96 55 55', pool1: '96 27 27', pool2: '256 13 13', pool5: '256 6 6', fc8: '1000' },
    ],
    [
      'caffenet',
      227,
      { conv1: '96 55 55', norm1: '96 27 27', norm2: '256 13 13', pool5: '256 6 6', fc8: '1000' },
    ],
    [
      'vgg-16',
      224,
      { conv1_2: '64 224 224', pool3: '256 28 28', pool5: '512 7 7', fc6: '4096', fc8: '1000' },
    ],
    [
      'googlenet',
      224,
      {
        'conv1/7x7_s2': '64 112 112',
        'pool2/3x3_s2': '192 28 28',
        'inception_3a/output': '256 28 28',
        'inception_3b/output': '480 28 28',
        'inception_4a/output': '512 14 14',
        'loss1/ave_pool': '512 4 4',
        'inception_4d/output': '528 14 14',
        'inception_4e/output': '832 14 14',
        'inception_5b/output': '1024 7 7',
        'pool5/7x7_s1': '1024 1 1',
        'loss3/classifier': '1000',
      },
    ],
  ])('%s has the published ones in its window of %i', (id, side, blobs) => {
    expect(sizesOf(id, side, side)).toMatchObject(blobs);
    expect(readNetwork(zooPrototxt(id)).inputs[0]!.shape).toEqual([1, 3, side, side]);
  });
});

describe('places', () => {
  it.each([
    ['fcn-alexnet', 32, 18, 355],
    ['fcn-32s', 32, 19, 404],
    ['fcn-16s', 32, 27, 404],
    ['fcn-8s', 32, 31, 404],
    ['fcn-8s-atonce', 32, 31, 404],
    ['fcn-8s-voc', 32, 31, 404],
    // The paper's 907 counts the average pooling of 7 x 7 cells, which the fully convolutional form has not: 6 cells of 32.
    ['googlenet-fcn-32s', 32, 32, 907 - 6 * 32],
  ])('%s has stride %i, offset %i and sees %i pixels', (id, stride, offset, receptiveField) => {
    const spec = readNetwork(zooPrototxt(id));
    expect(describeNetwork(spec, dataShape(spec, null))).toMatchObject({ stride, offset, receptiveField });
  });

  it.each(segmenting)('%s crops within bounds at every size from 1 to 1400', (id) => {
    const spec = readNetwork(zooPrototxt(id), 'deploy');
    for (let side = 1; side <= 1400; side++) {
      const scores = placeLayers(spec, [1, 3, side, side]).at(-1)!.tops[0]!;
      if (scores.join() !== `1,21,${side},${side}`) expect(scores).toEqual([1, 21, side, side]);
    }
  });

  it("puts every pixel between two of GoogLeNet's scores, with no more padding than that takes", () => {
    const spec = readNetwork(zooPrototxt('googlenet-fcn-32s'), 'deploy');
    const first = spec.layers.find(({ name }) => name === 'conv1/7x7_s2')!;
    const padded = (pad: number) => ({
      ...spec,
      layers: spec.layers
        .slice(0, -1)
        .map((layer) => (layer === first ? ({ ...layer, pad: [pad, pad] } as typeof layer) : layer)),
    });
    /** Whether the first score lies at or before pixel 0, and the last at or after the last pixel. */
    const covers = (pad: number, side: number) => {
      const scores = placeLayers(padded(pad), [1, 3, side, side]).at(-2)!.tops[0]!;
      const start = 31 - (pad - 2);
      return start <= 0 && start + 32 * (scores[2]! - 1) >= side - 1;
    };
    const sides = Array.from({ length: 64 }, (_, i) => i + 200);
    expect(sides.every((side) => covers(34, side))).toBe(true);
    expect(sides.every((side) => covers(33, side))).toBe(false);
  });
});
