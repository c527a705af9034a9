// The loss of upsampled scores by its definition: a deconvolution, then the loss pixel by pixel.
import fc from 'fast-check';
import { random32 } from '../../core/random';
import type { KernelCase } from './check-kernel';
import { naiveLoss } from './naive-loss';
import { drawValues } from './run-kernel';

export interface Upsampling {
  batch: number;
  coarse: readonly [number, number];
  classes: number;
  kernel: readonly [number, number];
  stride: readonly [number, number];
  pad: readonly [number, number];
  /** How much smaller than the whole the labels are. */
  cut: readonly [number, number];
  loss: Objective;
}

/** What is added up; `weights` says whether classes have them. */
interface Objective {
  scale: number;
  gamma: number;
  dice: number;
  weights: boolean;
}

const IGNORED = 255;
const same = (values: Float32Array) => values;

const wholeOf = ({ coarse, kernel, stride, pad, cut }: Upsampling) =>
  [0, 1].map((i) => (coarse[i]! - 1) * stride[i]! + kernel[i]! - pad[i]! - cut[i]!) as [number, number];

/** Upsamples by the definition of a deconvolution, then takes the loss pixel by pixel. */
export function upsampledCase(shape: Upsampling, change = same): KernelCase {
  const { batch, coarse, classes, kernel, stride, pad } = shape;
  const [ch, cw] = coarse;
  const [kh, kw] = kernel;
  const outSize = wholeOf(shape);
  const [height, width] = outSize;
  const scores = change(drawValues([batch, ch, cw, classes], 'scores'));
  const weight = drawValues([classes, 1, kh, kw], 'weight');
  const places = batch * height * width;
  const labels = Uint8Array.from({ length: places }, (_, i) => {
    const draw = random32(1, 'label', i) % (classes + 1);
    return draw === classes ? IGNORED : draw;
  });
  const up = new Float64Array(places * classes);
  const each = (visit: (from: number, to: number, tap: number) => void) => {
    for (let n = 0; n < batch; n++)
      for (let h = 0; h < ch; h++)
        for (let w = 0; w < cw; w++)
          for (let r = 0; r < kh; r++)
            for (let s = 0; s < kw; s++) {
              const [y, x] = [h * stride[0] + r - pad[0], w * stride[1] + s - pad[1]];
              if (y < 0 || y >= height || x < 0 || x >= width) continue;
              for (let c = 0; c < classes; c++)
                visit(
                  ((n * ch + h) * cw + w) * classes + c,
                  ((n * height + y) * width + x) * classes + c,
                  (c * kh + r) * kw + s,
                );
            }
  };
  each((from, to, tap) => (up[to]! += scores[from]! * weight[tap]!));
  const { weights, ...objective } = shape.loss;
  // The first class is not to be learned, unless it is the only one.
  const classWeights = weights
    ? Array.from({ length: classes }, (_, c) => (c || classes === 1 ? 0.5 + c : 0))
    : null;
  const rowOf = (i: number) => [...up.subarray(i * classes, (i + 1) * classes)];
  const counted = [...labels.keys()].filter((i) => labels[i] !== IGNORED);
  const naive = naiveLoss(
    counted.map((i) => ({ scores: rowOf(i), label: labels[i]! })),
    { ...objective, classWeights },
  );
  const dUp = new Float64Array(up.length);
  counted.forEach((i, at) => dUp.set(naive.gradient[at]!, i * classes));
  const predictions = labels.map((_, i) => rowOf(i).indexOf(Math.max(...rowOf(i))));
  const gradient = new Float64Array(scores.length);
  each((from, to, tap) => (gradient[from]! += dUp[to]! * weight[tap]!));
  return {
    inputs: {
      scores: { shape: [batch, ch, cw, classes], data: scores },
      weight: { shape: [classes, 1, kh, kw], data: weight },
    },
    attrs: { labels, ignoreLabel: IGNORED, ...objective, classWeights, stride, pad, outSize, predict: true },
    expected: [[naive.loss], gradient, Float64Array.from(predictions)],
    // Dice's gradient is the difference of sums over all pixels.
    ...(objective.dice ? { bound: 1e-5 } : {}),
  };
}

const fcn32s: Upsampling = {
  batch: 1,
  coarse: [3, 4],
  classes: 5,
  kernel: [63, 63],
  stride: [32, 32],
  pad: [18, 18],
  cut: [20, 9],
  loss: { scale: 1 / 7, gamma: 0, dice: 0, weights: false },
};

const fcn8s: Upsampling = { ...fcn32s, batch: 2, kernel: [16, 16], stride: [8, 8], pad: [9, 5] };

export const fixedUpsamplings: [string, Upsampling][] = [
  ['FCN-AlexNet’s upsampling', fcn32s],
  ['FCN-8s’ upsampling of two images', fcn8s],
  ['class weights', { ...fcn8s, loss: { scale: 1 / 7, gamma: 0, dice: 0, weights: true } }],
  ['a focal loss', { ...fcn8s, loss: { scale: 1 / 7, gamma: 2, dice: 0, weights: true } }],
  [
    'a focal loss of a small exponent',
    { ...fcn8s, loss: { scale: 1 / 7, gamma: 0.5, dice: 0, weights: false } },
  ],
  ['a Dice loss', { ...fcn8s, loss: { scale: 0, gamma: 0, dice: 3, weights: false } }],
  ['cross-entropy and Dice', { ...fcn8s, loss: { scale: 1 / 700, gamma: 0, dice: 1, weights: true } }],
  ['focal loss and Dice', { ...fcn8s, loss: { scale: 1 / 700, gamma: 3, dice: 1, weights: true } }],
  [
    'a kernel that leaves pixels out',
    { ...fcn32s, kernel: [2, 3], stride: [4, 5], pad: [0, 1], cut: [0, 0] },
  ],
  [
    'one coarse pixel',
    { ...fcn32s, coarse: [1, 1], kernel: [9, 7], stride: [3, 2], pad: [4, 3], cut: [1, 1] },
  ],
];

const upTo = (max: number) => fc.integer({ min: 1, max });
const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));

export const anyUpsampling: fc.Arbitrary<Upsampling> = fc
  .record({
    batch: upTo(5),
    coarse: pair(1, 5),
    classes: upTo(9),
    kernel: pair(1, 12),
    stride: pair(1, 6),
    pad: pair(0, 8),
    cut: pair(0, 8),
    loss: fc.constantFrom<Objective>(
      { scale: 1 / 7, gamma: 0, dice: 0, weights: false },
      { scale: 1 / 7, gamma: 0, dice: 0, weights: true },
      { scale: 1 / 7, gamma: 1.5, dice: 0, weights: true },
      { scale: 0, gamma: 0, dice: 1, weights: true },
      { scale: 1 / 70, gamma: 2, dice: 1, weights: false },
    ),
  })
  .filter((shape) => wholeOf(shape).every((length) => length > 0))
  // With one class the gradient is 0, and Dice's two parts of it leave their rounding.
  .filter(({ classes, loss }) => classes > 1 || !loss.dice);

/** A case that a NaN among the scores is set into; what is best among NaN is nobody's business. */
export function upsampledNaNCase(change: (values: Float32Array) => Float32Array): KernelCase {
  const shape = { ...fcn32s, kernel: [8, 8], stride: [4, 4], cut: [0, 0], pad: [2, 2] } as const;
  const { expected, inputs, attrs } = upsampledCase(shape, change);
  return { inputs, attrs: { ...attrs, predict: false }, expected: expected.slice(0, 2) };
}
