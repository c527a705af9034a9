// The three kernels of a deconvolution against its definition in float64, on every backend that has ours.
import fc from 'fast-check';
import { beforeAll, describe, it } from 'vitest';
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

interface Deconvolution {
  batch: number;
  coarse: readonly [number, number];
  kernel: readonly [number, number];
  stride: readonly [number, number];
  pad: readonly [number, number];
  /** Rows and columns that are left out at the end. */
  cut: readonly [number, number];
  groups: number;
  /** Channels of one group that come in, and that go out. */
  inputs: number;
  outputs: number;
}

const outSizeOf = ({ coarse, kernel, stride, pad, cut }: Deconvolution) =>
  [0, 1].map((i) => (coarse[i]! - 1) * stride[i]! + kernel[i]! - pad[i]! - cut[i]!) as [number, number];

const same = (values: Float32Array) => values;
const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

const kernels = ['Deconv2D', 'Deconv2DBackpropInput', 'Deconv2DBackpropFilter'] as const;
type Kernel = (typeof kernels)[number];

function toCase(kernel: Kernel, shape: Deconvolution, change = same): KernelCase {
  const { batch, coarse, kernel: taps, stride, pad, groups, inputs, outputs } = shape;
  const outSize = outSizeOf(shape);
  const xShape = [batch, ...coarse, groups * inputs];
  const yShape = [batch, ...outSize, groups * outputs];
  const wShape = [groups * inputs, outputs, ...taps];
  const eachTerm = (visit: (xAt: number, wAt: number, yAt: number) => void) => {
    for (let xAt = 0; xAt < product(xShape); xAt++) {
      const i = xAt % xShape[3]!;
      const w = Math.floor(xAt / xShape[3]!) % coarse[1];
      const h = Math.floor(xAt / xShape[3]! / coarse[1]) % coarse[0];
      const n = Math.floor(xAt / xShape[3]! / coarse[1] / coarse[0]);
      for (let o = 0; o < outputs; o++)
        for (let r = 0; r < taps[0]; r++)
          for (let s = 0; s < taps[1]; s++) {
            const [row, column] = [h * stride[0] + r - pad[0], w * stride[1] + s - pad[1]];
            if (row < 0 || row >= outSize[0] || column < 0 || column >= outSize[1]) continue;
            const channel = Math.floor(i / inputs) * outputs + o;
            const yAt = ((n * outSize[0] + row) * outSize[1] + column) * yShape[3]! + channel;
            visit(xAt, ((i * outputs + o) * taps[0] + r) * taps[1] + s, yAt);
          }
    }
  };
  const [x, dy, weight] = [drawValues(xShape, 'x'), drawValues(yShape, 'dy'), drawValues(wShape, 'w')];
  const attrs = { stride, pad, group: groups, outSize };
  const values = {
    x: { shape: xShape, data: kernel === 'Deconv2DBackpropInput' ? x : change(x) },
    dy: { shape: yShape, data: kernel === 'Deconv2DBackpropInput' ? change(dy) : dy },
    weight: { shape: wShape, data: weight },
  };
  const read = { x: values.x.data, dy: values.dy.data };
  if (kernel === 'Deconv2D') {
    const y = new Float64Array(product(yShape));
    eachTerm((xAt, wAt, yAt) => (y[yAt]! += read.x[xAt]! * weight[wAt]!));
    return { inputs: { x: values.x, weight: values.weight }, attrs, expected: [y] };
  }
  if (kernel === 'Deconv2DBackpropInput') {
    const dx = new Float64Array(product(xShape));
    eachTerm((xAt, wAt, yAt) => (dx[xAt]! += read.dy[yAt]! * weight[wAt]!));
    return {
      inputs: { dy: values.dy, weight: values.weight },
      attrs: { ...attrs, inputShape: xShape },
      expected: [dx],
    };
  }
  const dw = new Float64Array(product(wShape));
  eachTerm((xAt, wAt, yAt) => (dw[wAt]! += read.x[xAt]! * read.dy[yAt]!));
  return { inputs: { x: values.x, dy: values.dy }, attrs: { ...attrs, filterShape: wShape }, expected: [dw] };
}

const plain: Deconvolution = {
  batch: 1,
  coarse: [3, 4],
  kernel: [4, 4],
  stride: [2, 2],
  pad: [1, 1],
  cut: [1, 1],
  groups: 3,
  inputs: 1,
  outputs: 1,
};

const fixed: [string, Deconvolution][] = [
  ['an upsampling by 2', plain],
  [
    'an upsampling by 32, cropped',
    { ...plain, batch: 2, kernel: [63, 63], stride: [32, 32], pad: [18, 18], cut: [20, 9] },
  ],
  ['all classes from all', { ...plain, groups: 1, inputs: 5, outputs: 7, batch: 3 }],
  ['two groups, and strides that differ', { ...plain, groups: 2, inputs: 3, outputs: 2, stride: [1, 3] }],
  ['gaps between the windows', { ...plain, kernel: [2, 1], stride: [4, 3], pad: [0, 0], cut: [0, 0] }],
  ['many rows', { ...plain, coarse: [70, 9], groups: 1, inputs: 2, outputs: 1 }],
];

const upTo = (max: number) => fc.integer({ min: 1, max });
const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));

const anyDeconvolution: fc.Arbitrary<Deconvolution> = fc
  .record({
    batch: upTo(5),
    coarse: pair(1, 5),
    kernel: pair(1, 6),
    stride: pair(1, 4),
    pad: pair(0, 4),
    cut: pair(0, 4),
    groups: upTo(3),
    inputs: upTo(4),
    outputs: upTo(4),
  })
  .filter((shape) => outSizeOf(shape).every((length) => length > 0));

describe.each(kernels)('%s on webgpu', (kernel) => {
  beforeAll(() => chooseBackend('webgpu', 'ours'));

  it.each(fixed)('is its definition for %s', (_what, shape) => checkKernel(kernel, [toCase(kernel, shape)]));

  it('is its definition for any shape', { timeout: 600_000 }, () =>
    checkShapes(kernel, anyDeconvolution, (shape) => toCase(kernel, shape)),
  );

  it('gives NaN where a NaN goes in', () => checkNaN(kernel, toCase(kernel, plain, withNaN)));
});

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(() => chooseBackend(backend));

  it.each(kernels)('%s is its definition for any shape', { timeout: 600_000 }, (kernel) =>
    fc.assert(
      fc.asyncProperty(anyDeconvolution, (shape) => checkOnce(kernel, toCase(kernel, shape), shape)),
      { numRuns: 500, seed: 1, endOnFailure: true },
    ),
  );
});
