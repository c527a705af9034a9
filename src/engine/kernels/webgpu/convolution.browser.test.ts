// The three kernels of a convolution against its definition in float64.
import { beforeAll, describe, it } from 'vitest';
import { chooseBackend } from '../../devices';
import { checkKernel, checkNaN, checkShapes, withNaN } from '../../testing/check-kernel';
import {
  anyConvolution,
  backpropFilter,
  backpropInput,
  fixed,
  forward,
  plain,
} from '../../testing/convolution-cases';

beforeAll(async () => {
  await chooseBackend('webgpu', 'ours');
});

describe.each([
  ['Conv2D', forward(false)],
  ['FusedConv2D', forward(true, 'relu')],
  ['Conv2DBackpropInput', backpropInput],
  ['Conv2DBackpropFilter', backpropFilter],
] as const)('%s', (name, toCase) => {
  it.each(fixed)('is its definition for %s', (_what, conv) =>
    checkKernel(name, [toCase({ ...plain, ...conv })]),
  );

  it('is its definition for any convolution', { timeout: 600_000 }, () =>
    // The tiles are long programs: 500 of each take minutes to compile. VITE_KERNEL_SHAPES=500 asks for them.
    checkShapes(name, anyConvolution, toCase, 100),
  );

  it('gives NaN where a NaN goes in', async () => {
    await checkNaN(name, toCase(plain, withNaN));
    await checkNaN(name, toCase({ ...plain, inputs: 3, outputs: 5, batch: 2 }, withNaN));
  });
});

describe('FusedConv2D', () => {
  it('adds a bias alone, also to a sum that was split', async () => {
    await checkKernel('FusedConv2D', [forward(true, 'linear')(plain)]);
    const split = { ...plain, filter: [1, 1], pad: [0, 0, 0, 0], inputs: 1024, outputs: 5 } as const;
    await checkKernel('FusedConv2D', [forward(true, 'relu')({ ...split, pad: [0, 0, 0, 0] })]);
  });

  it('leaves other activations to the stock kernel', async () => {
    const { inputs, attrs, expected } = forward(true, 'linear')(plain);
    const bounded = { ...attrs, activation: 'relu6' };
    const sums = Array.from(expected[0]!, (sum) => Math.min(6, Math.max(0, sum)));
    await checkKernel('FusedConv2D', [{ inputs, attrs: bounded, expected: [sums] }]);
  });
});
