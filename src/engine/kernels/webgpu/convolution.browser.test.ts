// The three kernels of a convolution against its definition in float64.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { chooseBackend } from '../../devices';
import { relativeError } from '../../testing/close';
import { naiveBackpropFilter, shapesOf, type Convolution } from '../../testing/naive-convolution';
import { drawValues, runKernels, type KernelRun } from '../../testing/run-kernel';

const plain: Convolution = {
  batch: 1,
  image: [7, 9],
  filter: [3, 3],
  stride: [1, 1],
  pad: [1, 1, 1, 1],
  dilation: [1, 1],
  groups: 1,
  inputs: 4,
  outputs: 8,
};

const fixed: [string, Partial<Convolution>][] = [
  ['a 3 x 3 window', {}],
  ['one channel', { inputs: 1, outputs: 1 }],
  [
    'three channels, eleven wide, with strides of 4',
    { inputs: 3, image: [23, 31], filter: [11, 11], stride: [4, 4], pad: [5, 5, 5, 5] },
  ],
  ['a batch of 5, and channels that are no multiples of 4', { batch: 5, inputs: 5, outputs: 7 }],
  ['two groups', { batch: 2, groups: 2, filter: [5, 5], pad: [2, 2, 2, 2], outputs: 4 }],
  ['groups of one channel', { groups: 3, inputs: 1, outputs: 1 }],
  ['dilation, and strides that differ', { dilation: [2, 3], stride: [2, 1], image: [9, 11] }],
  ['uneven padding, more than the window is large', { pad: [6, 0, 1, 7], inputs: 2, outputs: 3 }],
  ['a window of one pixel', { filter: [1, 1], pad: [0, 0, 0, 0], batch: 3, inputs: 6, outputs: 12 }],
  ['a window of one pixel with strides', { filter: [1, 1], pad: [0, 0, 0, 0], stride: [2, 3] }],
  ['a window as large as the image', { filter: [7, 9], pad: [0, 0, 0, 0], inputs: 8, outputs: 20 }],
  ['many channels', { image: [4, 5], inputs: 96, outputs: 36 }],
  ['a long sum', { image: [60, 50], inputs: 3, outputs: 2 }],
];

/** Small convolutions of any kind whose window fits into the padded image. */
const anyConvolution: fc.Arbitrary<Convolution> = fc
  .record({
    batch: fc.integer({ min: 1, max: 5 }),
    image: fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 })),
    filter: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    stride: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    pad: fc.tuple(
      ...(([0, 1, 2, 3] as const).map(() => fc.integer({ min: 0, max: 3 })) as [
        fc.Arbitrary<number>,
        fc.Arbitrary<number>,
        fc.Arbitrary<number>,
        fc.Arbitrary<number>,
      ]),
    ),
    dilation: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    groups: fc.integer({ min: 1, max: 3 }),
    inputs: fc.integer({ min: 1, max: 9 }),
    outputs: fc.integer({ min: 1, max: 9 }),
  })
  .filter((conv) => shapesOf(conv).y.every((length) => length > 0));

function attributes({ stride, pad, dilation }: Convolution) {
  const [top, bottom, left, right] = pad;
  return {
    strides: stride,
    pad: [[0, 0], [top, bottom], [left, right], [0, 0]], // prettier-ignore
    dilations: dilation,
    dataFormat: 'NHWC',
    dimRoundingMode: 'floor',
  };
}

beforeAll(async () => {
  await chooseBackend('webgpu', 'ours');
});

/** Random shapes for each kernel: most of the time goes into compiling a program for each. VITE_KERNEL_SHAPES=500 asks for more. */
const shapes = Number(import.meta.env['VITE_KERNEL_SHAPES'] ?? 100);
/** Shapes whose runs are queued together. */
const shapesAtOnce = 20;

/** Tests one kernel: `run` says what to run for a convolution, `expected` what must come out. */
function testKernel(name: string, of: (conv: Convolution) => KernelRun & { expected: Float64Array }): void {
  describe(name, () => {
    const check = async (convs: readonly Convolution[]) => {
      const runs = convs.map(of);
      const found = await runKernels(name, runs);
      for (const [i, { expected }] of runs.entries())
        expect(relativeError(found[i]![0]!, expected), JSON.stringify(convs[i])).toBeLessThan(1e-6);
    };

    it.each(fixed)('is its definition for %s', (_what, conv) => check([{ ...plain, ...conv }]));

    it('is its definition for any convolution', async () => {
      const many = fc.array(anyConvolution, { minLength: shapesAtOnce, maxLength: shapesAtOnce });
      await fc.assert(fc.asyncProperty(many, check), {
        numRuns: shapes / shapesAtOnce,
        seed: 1,
        endOnFailure: true,
      });
    });
  });
}

testKernel('Conv2DBackpropFilter', (conv) => {
  const { x: xShape, w, y } = shapesOf(conv);
  const [x, dy] = [drawValues(xShape, 'x'), drawValues(y, 'dy')];
  return {
    inputs: { x: { shape: xShape, data: x }, dy: { shape: y, data: dy } },
    attrs: { ...attributes(conv), filterShape: w },
    expected: naiveBackpropFilter(conv, x, dy),
  };
});
