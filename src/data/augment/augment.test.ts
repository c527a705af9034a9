import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random32, randomUniform } from '../../core/random';
import { VOID } from '../types';
import { augment, type LabelledImage } from './augment';
import { blur } from './blur';
import { changeColours } from './colour';
import { drawAugmentation } from './draw';
import { addNoise } from './noise';
import { augmentationProblems, noAugmentation, type Augmentation } from './settings';

const outside = [120, 110, 100] as const;
const same = { brightness: 1, contrast: 1, saturation: 1, hue: 0 };

function tile(width: number, height: number): LabelledImage {
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => random32(1, 'rgb', i) % 256);
  const labels = Uint8Array.from({ length: width * height }, (_, i) => random32(1, 'label', i) % 5);
  return { image: { width, height, rgb }, labels };
}
const plain = (value: number, pixels = 10_000) => ({
  width: pixels / 100,
  height: 100,
  rgb: new Uint8Array(pixels * 3).fill(value),
});
const everything: Augmentation = {
  flip: true,
  crop: { width: 20, height: 16 },
  scale: [0.5, 2],
  rotation: 15,
  brightness: 0.3,
  contrast: 0.3,
  saturation: 0.3,
  hue: 20,
  noise: 8,
  blur: 1.5,
};

describe('augment', () => {
  it('without an operation gives the same arrays', () => {
    const one = tile(9, 7);
    const result = augment(one, drawAugmentation(noAugmentation, 3, 4, 5), outside);
    expect(result.image.rgb).toBe(one.image.rgb);
    expect(result.labels).toBe(one.labels);
  });

  it('gives the same bits for the same seed, epoch and index, whatever was drawn before, and others else', () => {
    const one = tile(24, 18);
    const of = (seed: number, epoch: number, index: number) =>
      augment(one, drawAugmentation(everything, seed, epoch, index), outside);
    const first = of(1, 2, 3);
    const others = [of(2, 2, 3), of(1, 3, 3), of(1, 2, 4)];
    expect(of(1, 2, 3)).toEqual(first);
    for (const other of others) expect(other.image.rgb).not.toEqual(first.image.rgb);
  });

  it('leaves the tile as it was', () => {
    const one = tile(24, 18);
    const before = structuredClone(one);
    for (let index = 0; index < 20; index++) augment(one, drawAugmentation(everything, 1, 0, index), outside);
    expect(one).toEqual(before);
  });

  it('gives what lies outside its own colour however colours change', () => {
    const colours = { ...noAugmentation, scale: [0.5, 0.5], brightness: 1, hue: 180 } as const;
    for (let index = 0; index < 10; index++) {
      const { image, labels } = augment(tile(16, 16), drawAugmentation(colours, 7, 0, index), outside);
      const voids = [...labels.keys()].filter((at) => labels[at] === VOID);
      expect(voids).toHaveLength(256 - 64);
      for (const at of voids) expect([...image.rgb.subarray(3 * at, 3 * at + 3)]).toEqual([...outside]);
    }
  });

  it('keeps size and classes for any settings that can be used', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const settings: fc.Arbitrary<Augmentation> = fc.record({
      flip: fc.boolean(),
      crop: fc.option(fc.record({ width: fc.integer({ min: 16, max: 30 }), height: fc.constant(17) })),
      scale: fc.tuple(
        fc.double({ min: 0.25, max: 1, noNaN: true }),
        fc.double({ min: 1, max: 4, noNaN: true }),
      ),
      rotation: fc.double({ min: 0, max: 180, noNaN: true }),
      brightness: share,
      contrast: share,
      saturation: share,
      hue: fc.double({ min: 0, max: 180, noNaN: true }),
      noise: fc.double({ min: 0, max: 128, noNaN: true }),
      blur: fc.double({ min: 0, max: 8, noNaN: true }),
    });
    const one = tile(21, 13);
    const known = new Set([...one.labels, VOID]);
    fc.assert(
      fc.property(settings, fc.nat(), (augmentation, seed) => {
        expect(augmentationProblems(augmentation)).toEqual({});
        const { image, labels } = augment(one, drawAugmentation(augmentation, seed, 0, 0), outside);
        const { width, height } = augmentation.crop ?? one.image;
        expect(image).toMatchObject({ width, height });
        expect([image.rgb.length, labels.length]).toEqual([3 * width * height, width * height]);
        expect(labels.every((label) => known.has(label))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('drawAugmentation', () => {
  it('mirrors as runs did before there were other operations', () => {
    const mirrored = (seed: number, epoch: number, index: number) =>
      drawAugmentation({ ...everything, flip: true }, seed, epoch, index).mirrored;
    for (let i = 0; i < 50; i++) expect(mirrored(3, i, 7)).toBe(randomUniform(3, 'flip', i, 7) < 0.5);
  });

  it('stays within its ranges and fills them', () => {
    const draws = Array.from({ length: 500 }, (_, i) => drawAugmentation(everything, 5, 0, i));
    const range = (values: number[]) => [Math.min(...values), Math.max(...values)] as [number, number];
    const check = (values: number[], least: number, most: number) => {
      const [low, high] = range(values);
      const reach = (most - least) / 20;
      expect(low >= least && low < least + reach && high <= most && high > most - reach).toBe(true);
    };
    check(
      draws.map(({ scale }) => scale),
      0.5,
      2,
    );
    check(
      draws.map(({ degrees }) => degrees),
      -15,
      15,
    );
    check(
      draws.map(({ brightness }) => brightness),
      0.7,
      1.3,
    );
    check(
      draws.map(({ hue }) => hue),
      -20,
      20,
    );
    check(
      draws.map(({ noise }) => noise),
      0,
      8,
    );
    check(
      draws.map(({ blur }) => blur),
      0,
      1.5,
    );
    const mirrored = draws.filter((draw) => draw.mirrored).length / draws.length;
    expect(mirrored).toBeGreaterThan(0.4);
    expect(mirrored).toBeLessThan(0.6);
  });
});

describe('changeColours', () => {
  const pixel = (rgb: number[], change: Partial<typeof same>) => [
    ...changeColours({ width: 1, height: rgb.length / 3, rgb: Uint8Array.from(rgb) }, { ...same, ...change })
      .rgb,
  ];

  it('gives the picture itself where nothing changes', () => {
    const { image } = tile(4, 4);
    expect(changeColours(image, same)).toBe(image);
  });

  it('multiplies by brightness, and cuts off', () => {
    expect(pixel([10, 100, 200], { brightness: 1.5 })).toEqual([15, 150, 255]);
  });

  it('without contrast is the mean grey, with twice as much twice as far from it', () => {
    // The mean grey of these two is 100.
    expect(pixel([60, 60, 60, 140, 140, 140], { contrast: 0 })).toEqual([100, 100, 100, 100, 100, 100]);
    expect(pixel([60, 60, 60, 140, 140, 140], { contrast: 2 })).toEqual([20, 20, 20, 180, 180, 180]);
  });

  it('without saturation is grey, and leaves greys alone whatever it is', () => {
    const grey = Math.round(0.213 * 200 + 0.715 * 100 + 0.072 * 50);
    expect(pixel([200, 100, 50], { saturation: 0 })).toEqual([grey, grey, grey]);
    expect(pixel([77, 77, 77], { saturation: 1.9, hue: 133 })).toEqual([77, 77, 77]);
  });

  it('turns red to what the filter of the standard gives, and a whole turn changes nothing', () => {
    // hueRotate 90 of (200, 0, 0): 200 * (0.213 - 0.213, 0.213 + 0.143, 0.213 - 0.787), cut off.
    expect(pixel([200, 0, 0], { hue: 90 })).toEqual([0, 71, 0]);
    expect(pixel([200, 40, 90], { hue: 360 })).toEqual([200, 40, 90]);
  });
});

describe('addNoise', () => {
  it('has mean 0 and the deviation that is given, in each channel, and is near to normal', () => {
    const { rgb } = addNoise(plain(128), 10, 12345);
    for (const channel of [0, 1, 2]) {
      const values = [...rgb].filter((_, i) => i % 3 === channel).map((value) => value - 128);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
      expect(Math.abs(mean)).toBeLessThan(0.4);
      // Rounding adds a twelfth.
      expect(Math.abs(Math.sqrt(variance - 1 / 12) - 10)).toBeLessThan(0.3);
      const within = values.filter((value) => Math.abs(value) <= 10).length / values.length;
      expect(Math.abs(within - 0.7)).toBeLessThan(0.03);
    }
  });

  it('of 0 is the picture itself, and another seed is other noise', () => {
    const grey = plain(128, 100);
    expect(addNoise(grey, 0, 1)).toBe(grey);
    expect(addNoise(grey, 5, 1).rgb).not.toEqual(addNoise(grey, 5, 2).rgb);
    expect(addNoise(plain(0, 100), 50, 1).rgb.every((value) => value <= 255)).toBe(true);
  });
});

describe('blur', () => {
  it('leaves an even picture as it is, to the border, and any picture for 0', () => {
    for (const value of [0, 1, 77, 255]) {
      for (const deviation of [0.2, 0.5, 1, 3.3, 8]) {
        expect(blur(plain(value, 200), deviation).rgb.every((blurred) => blurred === value)).toBe(true);
      }
    }
    const { image } = tile(5, 4);
    expect(blur(image, 0)).toBe(image);
  });

  it('spreads a point as a normal distribution, the same along rows and columns', () => {
    const point = { width: 21, height: 21, rgb: new Uint8Array(21 * 21 * 3) };
    point.rgb.fill(255, 3 * (10 * 21 + 10), 3 * (10 * 21 + 10) + 3);
    const { rgb } = blur(point, 1);
    const at = (x: number, y: number) => rgb[3 * (y * 21 + x) + 1]!;
    // 255 times the weights of the middle and its neighbours: 0.3991 and 0.2420 of a kernel that is cut at three deviations.
    const normal = [0, 1, 2, 3].map((x) => Math.exp((-x * x) / 2));
    const sum = normal[0]! + 2 * (normal[1]! + normal[2]! + normal[3]!);
    for (const [x, y] of [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
      [2, 1],
    ] as const) {
      const expected = (255 * normal[x]! * normal[y]!) / (sum * sum);
      expect(Math.abs(at(10 + x, 10 + y) - expected)).toBeLessThanOrEqual(1);
      expect(at(10 - x, 10 - y)).toBe(at(10 + x, 10 + y));
    }
    expect(at(14, 10)).toBe(0);
  });
});

describe('augmentationProblems', () => {
  it.each([
    ['rotation', { rotation: 181 }],
    ['noise', { noise: -1 }],
    ['hue', { hue: NaN }],
    ['scale', { scale: [2, 0.5] }],
    ['scale', { scale: [0.1, 1] }],
    ['scale', { scale: [NaN, 1] }],
    ['crop', { crop: { width: 8, height: 200 } }],
    ['crop', { crop: { width: 32.5, height: 32 } }],
  ] as const)('refuses a wrong %s, and only that', (key, change) => {
    expect(Object.keys(augmentationProblems({ ...noAugmentation, ...change }))).toEqual([key]);
  });

  it('takes none and everything', () => {
    expect(augmentationProblems(noAugmentation)).toEqual({});
    expect(augmentationProblems(everything)).toEqual({});
  });
});
