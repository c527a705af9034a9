import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { afterAll, describe, expect, it } from 'vitest';
import { random32 } from '../core/random';
import { chooseBackend } from './devices';
import { machineOf } from './kernels/wasm/running';
import { selectWasmThreads, wasmThreads } from './wasm-backend';

afterAll(() => selectWasmThreads(null));

/** Starts wasm on so many threads; says how many workers XNNPACK has beside this thread. */
async function start(threads: number) {
  selectWasmThreads(threads);
  const choice = await chooseBackend('wasm');
  const { wasm } = tf.backend() as BackendWasm;
  const { runningWorkers = [], unusedWorkers = [] } =
    'PThread' in wasm ? (wasm.PThread as unknown as Record<string, Worker[]>) : {};
  return { choice, theirs: runningWorkers.length + unusedWorkers.length };
}

const numbers = (name: string, length: number) =>
  Float32Array.from({ length }, (_, i) => random32(1, name, i) / 2 ** 31 - 1);

/** A product, a convolution and both its gradients: all values, one after the other. */
async function results(): Promise<Float32Array> {
  const tensors = tf.tidy(() => {
    const x = tf.tensor4d(numbers('x', 2 * 33 * 29 * 12), [2, 33, 29, 12]);
    const filter = tf.tensor4d(numbers('filter', 5 * 5 * 12 * 32), [5, 5, 12, 32]);
    const attrs = {
      strides: [1, 1],
      pad: 2,
      dataFormat: 'NHWC',
      dimRoundingMode: 'floor',
      dilations: [1, 1],
    };
    const y = tf.engine().runKernel<tf.Tensor4D>('Conv2D', { x, filter }, attrs);
    const of = { filterShape: filter.shape, inputShape: x.shape };
    const run = (name: string, inputs: Record<string, tf.Tensor>) =>
      tf.engine().runKernel<tf.Tensor>(name, inputs, { ...attrs, ...of });
    const dFilter = run('Conv2DBackpropFilter', { x, dy: y });
    const dInput = run('Conv2DBackpropInput', { dy: y, filter });
    const product = tf.matMul(
      tf.tensor2d(numbers('a', 301 * 257), [301, 257]),
      tf.tensor2d(numbers('b', 257 * 203), [257, 203]),
    );
    return [y, dFilter, dInput, product];
  });
  const values = tensors.flatMap((tensor) => [...tensor.dataSync<'float32'>()]);
  tf.dispose(tensors);
  return Float32Array.from(values);
}

describe('the wasm backend', () => {
  it('runs in a page that may share memory', () => expect(crossOriginIsolated).toBe(true));

  it('takes every processor, up to eight, unless told otherwise', () => {
    selectWasmThreads(null);
    expect(wasmThreads()).toBe(Math.min(8, navigator.hardwareConcurrency));
  });

  it('computes on the threads that were asked for, and says so', async () => {
    for (const threads of [1, 2, 3]) {
      const { choice, theirs } = await start(threads);
      expect(machineOf().threads).toBe(threads);
      expect(theirs).toBe(0);
      const text = threads === 1 ? 'one thread' : `${threads} threads`;
      expect(choice).toMatchObject({ threads, adapter: `WebAssembly SIMD, ${text}` });
      expect(choice.reason).toContain(`on ${text}`);
    }
  });

  it('gives the same bits on one, two and three threads', async () => {
    await start(1);
    const one = await results();
    expect(one.every(Number.isFinite)).toBe(true);
    for (const threads of [2, 3]) {
      await start(threads);
      const other = await results();
      expect(new Uint32Array(other.buffer)).toEqual(new Uint32Array(one.buffer));
    }
  });
});
