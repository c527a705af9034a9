// Convolutions for tests of kernels, each with what its three passes give by definition in float64.
import fc from 'fast-check';
import type { KernelCase } from './check-kernel';
import {
  naiveBackpropFilter,
  naiveBackpropInput,
  naiveForward,
  shapesOf,
  type Convolution,
} from './naive-convolution';
import { drawValues } from './run-kernel';

export const plain: Convolution = {
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

export const fixed: [string, Partial<Convolution>][] = [
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
export const anyConvolution: fc.Arbitrary<Convolution> = fc
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

/** Makes a case of a convolution; `change` is done to the tensor that both directions read: x, or dy. */
export type Toward = (conv: Convolution, change?: (values: Float32Array) => Float32Array) => KernelCase;

const same = (values: Float32Array) => values;

export const forward =
  (hasBias: boolean, activation?: 'linear' | 'relu'): Toward =>
  (conv, change = same) => {
    const { x: xShape, w: wShape, y: yShape } = shapesOf(conv);
    const [x, w] = [change(drawValues(xShape, 'x')), drawValues(wShape, 'w')];
    const bias = { shape: [yShape[3]], data: drawValues([yShape[3]], 'bias') };
    const sums = naiveForward(conv, x, w).map((sum, i) => sum + (hasBias ? bias.data[i % yShape[3]]! : 0));
    return {
      inputs: { x: { shape: xShape, data: x }, filter: { shape: wShape, data: w }, ...(hasBias && { bias }) },
      attrs: { ...attributes(conv), ...(activation && { activation }) },
      expected: [activation === 'relu' ? sums.map((sum) => (sum < 0 ? 0 : sum)) : sums],
    };
  };

export const backpropInput: Toward = (conv, change = same) => {
  const { x: inputShape, w: wShape, y: yShape } = shapesOf(conv);
  const [dy, w] = [change(drawValues(yShape, 'dy')), drawValues(wShape, 'w')];
  return {
    inputs: { dy: { shape: yShape, data: dy }, filter: { shape: wShape, data: w } },
    attrs: { ...attributes(conv), inputShape },
    expected: [naiveBackpropInput(conv, dy, w)],
  };
};

export const backpropFilter: Toward = (conv, change = same) => {
  const { x: xShape, w: filterShape, y: yShape } = shapesOf(conv);
  const [x, dy] = [change(drawValues(xShape, 'x')), drawValues(yShape, 'dy')];
  return {
    inputs: { x: { shape: xShape, data: x }, dy: { shape: yShape, data: dy } },
    attrs: { ...attributes(conv), filterShape },
    expected: [naiveBackpropFilter(conv, x, dy)],
  };
};
