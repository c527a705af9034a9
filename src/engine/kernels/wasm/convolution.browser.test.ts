// The three kernels of a convolution on wasm against its definition in float64, on one thread and on three.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { chooseBackend } from '../../devices';
import { checkNaN, checkOnce, withNaN } from '../../testing/check-kernel';
import {
  anyConvolution,
  backpropFilter,
  backpropInput,
  fixed,
  forward,
  plain,
} from '../../testing/convolution-cases';
import type { Convolution } from '../../testing/naive-convolution';
import { selectWasmThreads } from '../../wasm-backend';

/** Sizes at which chunks, blocks of the product and its edges all occur. */
const large: [string, Partial<Convolution>][] = [
  ['more rows and columns than a block', { image: [21, 17], inputs: 70, outputs: 301, filter: [2, 2] }],
  ['a sum longer than two blocks', { image: [6, 7], inputs: 130, outputs: 20 }],
  [
    'an image in a wide border',
    { image: [9, 8], inputs: 3, outputs: 24, filter: [5, 5], pad: [40, 40, 40, 40] },
  ],
  ['nothing but border', { image: [3, 3], pad: [20, 0, 20, 0], stride: [30, 30] }],
];

describe.each([1, 3])('on %i threads', (threads) => {
  beforeAll(async () => {
    selectWasmThreads(threads);
    await chooseBackend('wasm');
  });
  afterAll(() => selectWasmThreads(null));

  describe.each([
    ['Conv2D', forward(false)],
    ['FusedConv2D', forward(true, 'relu')],
    ['Conv2DBackpropInput', backpropInput],
    ['Conv2DBackpropFilter', backpropFilter],
  ] as const)('%s', (name, toCase) => {
    it.each([...fixed, ...large])('is its definition for %s', (what, conv) =>
      checkOnce(name, toCase({ ...plain, ...conv }), what),
    );

    it('is its definition for any convolution, 500 times', { timeout: 600_000 }, () =>
      fc.assert(
        fc.asyncProperty(anyConvolution, async (conv) => {
          await checkOnce(name, toCase(conv), conv);
        }),
        { numRuns: 500, seed: threads },
      ),
    );

    it('gives NaN where a NaN goes in', async () => {
      await checkNaN(name, toCase(plain, withNaN));
      await checkNaN(name, toCase({ ...plain, inputs: 3, outputs: 5, batch: 2 }, withNaN));
    });
  });
});
