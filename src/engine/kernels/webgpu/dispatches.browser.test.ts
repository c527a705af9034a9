// That no dispatch is long: a program with much to do goes to the device in parts, and its results have the same bits.
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { chooseBackend } from '../../devices';
import { drawValues, runKernel, type KernelRun } from '../../testing/run-kernel';
import { partsOf, rateOf, setRate } from './dispatches';

describe('the parts', () => {
  it('are one where that is short', () => expect(partsOf(1000, 1e8, 1e9)).toEqual([[0, 1000]]));

  it.each([
    ['one group', 1, 1e12],
    ['a second’s work', 1000, 1e9],
    ['a number of groups that leaves a rest', 997, 7.3e9],
    ['more groups than an axis has', 1_000_000, 1],
  ])(
    'of %s are every group once, none of them longer than a fifth of a second',
    (_what, groups, operations) => {
      const parts = partsOf(groups, operations, 1e9);
      let next = 0;
      for (const [first, count] of parts) {
        expect(first).toBe(next);
        expect(count).toBeGreaterThan(0);
        expect(count).toBeLessThanOrEqual(65_535);
        if (count > 1) expect((count / groups) * operations).toBeLessThanOrEqual(0.2e9);
        next += count;
      }
      expect(next).toBe(groups);
    },
  );
});

describe('a program in parts', () => {
  let rate = 0;

  beforeAll(async () => {
    await chooseBackend('webgpu', 'ours');
    rate = rateOf(tf.backend() as WebGPUBackend);
  });

  it('is for a rate that was measured', () => {
    expect(rate).toBeGreaterThan(1e6);
    expect(rate).not.toBe(1e9);
  });

  afterEach(() => setRate(tf.backend() as WebGPUBackend, rate));

  /** A kernel's outputs and how many dispatches it took, on a device of that rate. */
  async function runAt(operationsPerSecond: number, name: string, { inputs, attrs }: KernelRun) {
    const backend = tf.backend() as WebGPUBackend;
    setRate(backend, operationsPerSecond);
    let dispatches = 0;
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the object it is called on
    const { dispatchWorkgroups } = GPUComputePassEncoder.prototype;
    GPUComputePassEncoder.prototype.dispatchWorkgroups = function (...counts) {
      dispatches++;
      return dispatchWorkgroups.apply(this, counts);
    };
    try {
      return { outputs: await runKernel(name, inputs, attrs), dispatches };
    } finally {
      GPUComputePassEncoder.prototype.dispatchWorkgroups = dispatchWorkgroups;
    }
  }

  const draw = (...shape: number[]) => ({ shape, data: drawValues(shape, shape.join()) });
  const convolution = {
    strides: [1, 1],
    pad: 'same',
    dataFormat: 'NHWC',
    dimRoundingMode: 'floor',
    dilations: [1, 1],
  };
  const upsampling = { stride: [8, 8], pad: [4, 4], group: 3, outSize: [24, 32] };
  const pool = { filterSize: [2, 2], strides: [2, 2], pad: 'valid', dimRoundingMode: 'floor' };
  const labels = Uint8Array.from({ length: 24 * 32 }, (_, i) => i % 3);
  const loss = {
    ...upsampling,
    labels,
    ignoreLabel: 255,
    scale: 1,
    gamma: 2,
    dice: 1,
    classWeights: [1, 2, 0],
    predict: true,
  };
  const solver = { solver: 'SGD', momentum: 0.9, rate: 0.01, decay: 0.0005 };

  it.each<[string, KernelRun]>([
    ['Conv2D', { inputs: { x: draw(1, 40, 48, 16), filter: draw(3, 3, 16, 24) }, attrs: convolution }],
    [
      'Conv2DBackpropInput',
      {
        inputs: { dy: draw(1, 40, 48, 24), filter: draw(3, 3, 16, 24) },
        attrs: { ...convolution, inputShape: [1, 40, 48, 16] },
      },
    ],
    [
      'Conv2DBackpropFilter',
      {
        inputs: { x: draw(1, 40, 48, 16), dy: draw(1, 40, 48, 24) },
        attrs: { ...convolution, filterShape: [3, 3, 16, 24] },
      },
    ],
    [
      'BatchMatMul',
      {
        inputs: { a: draw(3, 70, 300), b: draw(3, 300, 90) },
        attrs: { transposeA: false, transposeB: false },
      },
    ],
    [
      'LRNGrad',
      {
        inputs: { x: draw(1, 20, 20, 16), y: draw(1, 20, 20, 16), dy: draw(1, 20, 20, 16) },
        attrs: { depthRadius: 2, bias: 1, alpha: 0.1, beta: 0.75 },
      },
    ],
    [
      'MaxPoolGrad',
      {
        inputs: { dy: draw(1, 10, 10, 8), input: draw(1, 20, 20, 8), output: draw(1, 10, 10, 8) },
        attrs: pool,
      },
    ],
    ['Deconv2D', { inputs: { x: draw(1, 3, 4, 3), weight: draw(3, 1, 16, 16) }, attrs: upsampling }],
    ['UpsampledLoss', { inputs: { scores: draw(1, 3, 4, 3), weight: draw(3, 1, 16, 16) }, attrs: loss }],
    [
      'SolverUpdate',
      { inputs: { weight: draw(3000), gradient: draw(3000), history0: draw(3000) }, attrs: solver },
    ],
  ])('of %s gives the same bits', async (name, run) => {
    const whole = await runAt(1e15, name, run);
    const split = await runAt(1e5, name, run);
    expect(split.dispatches).toBeGreaterThan(whole.dispatches);
    expect(split.outputs).toEqual(whole.outputs);
  });
});
