// 'UpsampledLoss' against its definition in float64 on webgpu and cpu; on wasm, wasm/kernels.browser.test.ts.
import fc from 'fast-check';
import { beforeAll, describe, it } from 'vitest';
import { chooseBackend } from '../devices';
import { checkKernel, checkNaN, checkOnce, checkShapes, withNaN } from '../testing/check-kernel';
import {
  anyUpsampling,
  fixedUpsamplings,
  upsampledCase,
  upsampledNaNCase,
  type Upsampling,
} from '../testing/upsampling-cases';

describe('on webgpu', () => {
  beforeAll(() => chooseBackend('webgpu', 'ours'));

  it.each(fixedUpsamplings)('is its definition for %s', (_what, shape) =>
    checkKernel('UpsampledLoss', [upsampledCase(shape)]),
  );

  it('is its definition for any shape', { timeout: 600_000 }, () =>
    // Five programs to a shape: as with convolutions.
    checkShapes('UpsampledLoss', anyUpsampling, (shape) => upsampledCase(shape), 100),
  );

  it('gives NaN where a NaN goes in', () => checkNaN('UpsampledLoss', upsampledNaNCase(withNaN)));
});

describe('on cpu', () => {
  beforeAll(() => chooseBackend('cpu'));

  const check = (shape: Upsampling) => checkOnce('UpsampledLoss', upsampledCase(shape), shape);

  it.each(fixedUpsamplings)('is its definition for %s', (_what, shape) => check(shape));

  it('is its definition for any shape', { timeout: 600_000 }, () =>
    fc.assert(
      fc.asyncProperty(anyUpsampling, (shape) => check(shape)),
      { numRuns: 500, seed: 1, endOnFailure: true },
    ),
  );
});
