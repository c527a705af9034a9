// 'UpsampledLoss' against its definition in float64, on every backend that has a kernel of ours for it.
import fc from 'fast-check';
import { beforeAll, describe, it } from 'vitest';
import { random32 } from '../../core/random';
import { chooseBackend } from '../devices';
import {
  checkKernel,
  checkNaN,
  checkOnce,
  checkShapes,
  withNaN,
  type KernelCase,
} from '../testing/check-kernel';
import { drawValues } from '../testing/run-kernel';

interface Upsampling {
  batch: number;
  coarse: readonly [number, number];
  classes: number;
  kernel: readonly [number, number];
  stride: readonly [number, number];
  pad: readonly [number, number];
  /** How much smaller than the whole the labels are. */
  cut: readonly [number, number];
}

const IGNORED = 255;
const same = (values: Float32Array) => values;

const wholeOf = ({ coarse, kernel, stride, pad, cut }: Upsampling) =>
  [0, 1].map((i) => (coarse[i]! - 1) * stride[i]! + kernel[i]! - pad[i]! - cut[i]!) as [number, number];

/** Upsamples by the definition of a deconvolution, then takes the loss pixel by pixel. */
function toCase(shape: Upsampling, change = same): KernelCase {
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
  const normalizer = 7;
  let loss = 0;
  const dUp = new Float64Array(up.length);
  const predictions = labels.map((label, i) => {
    const values = [...up.subarray(i * classes, (i + 1) * classes)];
    const most = Math.max(...values);
    const logsum = most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
    if (label !== IGNORED) {
      loss += (logsum - values[label]!) / normalizer;
      values.forEach(
        (value, c) =>
          (dUp[i * classes + c] = (Math.exp(value - logsum) - (c === label ? 1 : 0)) / normalizer),
      );
    }
    return values.indexOf(most);
  });
  const gradient = new Float64Array(scores.length);
  each((from, to, tap) => (gradient[from]! += dUp[to]! * weight[tap]!));
  return {
    inputs: {
      scores: { shape: [batch, ch, cw, classes], data: scores },
      weight: { shape: [classes, 1, kh, kw], data: weight },
    },
    attrs: { labels, ignoreLabel: IGNORED, normalizer, stride, pad, outSize, predict: true },
    expected: [[loss], gradient, Float64Array.from(predictions)],
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
};

const cases: [string, Upsampling][] = [
  ['FCN-AlexNet’s upsampling', fcn32s],
  [
    'FCN-8s’ upsampling of two images',
    { ...fcn32s, batch: 2, kernel: [16, 16], stride: [8, 8], pad: [9, 5] },
  ],
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

const anyUpsampling: fc.Arbitrary<Upsampling> = fc
  .record({
    batch: upTo(5),
    coarse: pair(1, 5),
    classes: upTo(9),
    kernel: pair(1, 12),
    stride: pair(1, 6),
    pad: pair(0, 8),
    cut: pair(0, 8),
  })
  .filter((shape) => wholeOf(shape).every((length) => length > 0));

describe('on webgpu', () => {
  beforeAll(() => chooseBackend('webgpu', 'ours'));

  it.each(cases)('is its definition for %s', (_what, shape) => checkKernel('UpsampledLoss', [toCase(shape)]));

  it('is its definition for any shape', { timeout: 600_000 }, () =>
    checkShapes('UpsampledLoss', anyUpsampling, (shape) => toCase(shape)),
  );

  it('gives NaN where a NaN goes in', async () => {
    const { expected, ...run } = toCase(
      { ...fcn32s, kernel: [8, 8], stride: [4, 4], cut: [0, 0], pad: [2, 2] },
      withNaN,
    );
    // What is best among NaN is nobody's business.
    const attrs = { ...run.attrs, predict: false };
    await checkNaN('UpsampledLoss', { ...run, attrs, expected: expected.slice(0, 2) });
  });
});

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(() => chooseBackend(backend));

  const check = (shape: Upsampling) => checkOnce('UpsampledLoss', toCase(shape), shape);

  it.each(cases)('is its definition for %s', (_what, shape) => check(shape));

  it('is its definition for any shape', { timeout: 600_000 }, () =>
    fc.assert(
      fc.asyncProperty(anyUpsampling, (shape) => check(shape)),
      { numRuns: 500, seed: 1, endOnFailure: true },
    ),
  );
});
