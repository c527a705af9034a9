// A real device that is lost, misused or given up, and who hears of it.
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { AppError } from '../core/errors';
import { chooseBackend, probeBackends } from './devices';
import { DeviceWatch } from './device-watch';
import { onDevice, runningDevice } from './gpu-devices';
import { readScalar } from './read-back';
import { loseContext, loseDeviceMidStep, misuseDeviceMidStep } from './testing/break-device';

const never = () => new Promise<never>(() => {});

async function newDevice(): Promise<GPUDevice> {
  const adapter = await navigator.gpu.requestAdapter();
  return adapter!.requestDevice();
}

/** The code of the AppError that the work rejects with, or whatever else it does. */
async function codeOf(work: Promise<unknown>): Promise<unknown> {
  const error: unknown = await work.then(
    () => 'nothing was thrown',
    (reason: unknown) => reason,
  );
  return error instanceof AppError ? error.code : error;
}

describe('a watch over a device', () => {
  it('ends work that would never end when the device is lost', async () => {
    const device = await newDevice();
    const watch = DeviceWatch.ofDevice(device);
    const code = codeOf(watch.guard(never));
    device.destroy();
    expect(await code).toBe('device-lost');
    expect(await codeOf(watch.guard(() => Promise.resolve(1)))).toBe('device-lost');
  });

  it('tells of a command that the device refuses', async () => {
    const device = await newDevice();
    const watch = DeviceWatch.ofDevice(device);
    const misuse = () => {
      device.createBuffer({ size: device.limits.maxBufferSize + 4, usage: GPUBufferUsage.STORAGE });
      return device.queue.onSubmittedWorkDone();
    };
    expect(await codeOf(watch.guard(misuse))).toBe('gpu-error');
    expect(watch.error!.message).toMatch(/refused a command \(.*size/i);
    device.destroy();
  });

  it('tells memory that ran out from other errors', async () => {
    const device = await newDevice();
    const watch = DeviceWatch.ofDevice(device);
    const error = new GPUOutOfMemoryError('no memory');
    device.dispatchEvent(new GPUUncapturedErrorEvent('uncapturederror', { error }));
    expect(() => watch.assert()).toThrow(expect.objectContaining({ code: 'out-of-gpu-memory' }));
    // What comes after the first error is its consequence.
    device.destroy();
    await device.lost;
    expect(watch.error!.code).toBe('out-of-gpu-memory');
  });

  it('takes a loss that is announced a moment later for the cause', async () => {
    const device = await newDevice();
    const watch = DeviceWatch.ofDevice(device);
    const fails = () => {
      device.destroy();
      return Promise.reject(new RangeError('createBuffer failed, size (4) is too large'));
    };
    expect(await codeOf(watch.guard(fails))).toBe('device-lost');
  });

  it('leaves errors alone in which the device has no part', async () => {
    const device = await newDevice();
    const watch = DeviceWatch.ofDevice(device);
    const fault = new TypeError('a fault');
    expect(await codeOf(watch.guard(() => Promise.reject(fault)))).toBe(fault);
    expect(await codeOf(watch.guard(() => Promise.reject(new AppError('aborted', 'Stopped.'))))).toBe(
      'aborted',
    );
    expect(await watch.guard(() => Promise.resolve('read'))).toBe('read');
    watch.release();
    await device.lost;
    expect(watch.error).toBeNull();
  });
});

describe.each([
  ['is lost', loseDeviceMidStep, 'device-lost'],
  ['refuses a command', misuseDeviceMidStep, 'gpu-error'],
])('when the device of the running backend %s', (_what, breakDevice, code) => {
  it('a read ends within a second, and the next choice of the backend brings a new device', async () => {
    await chooseBackend('webgpu');
    const kept = tf.tensor1d([1, 2, 3]);
    const broken = breakDevice();
    expect(await codeOf(onDevice(() => readScalar(tf.sum(kept))))).toBe(code);
    expect(performance.now() - (await broken)).toBeLessThan(1000);
    expect(() => runningDevice()!.assert()).toThrow(expect.objectContaining({ code }));
    const old = runningDevice();
    expect((await probeBackends()).find(({ name }) => name === 'webgpu')!.available).toBe(true);
    await chooseBackend('webgpu');
    expect(runningDevice()).not.toBe(old);
    // What was on the old device can still be let go of.
    kept.dispose();
    expect(await onDevice(() => readScalar(tf.sum(tf.tensor1d([4, 5]))))).toBe(9);
  });
});

it('a lost WebGL context is noticed and replaced, too', async () => {
  await chooseBackend('webgl');
  const sum = () => onDevice(() => readScalar(tf.sum(tf.relu(tf.tensor1d([-1, 2, 3])))));
  expect(await sum()).toBe(5);
  const code = codeOf(onDevice(never));
  loseContext();
  expect(await code).toBe('device-lost');
  expect(await codeOf(sum())).toBe('device-lost');
  await chooseBackend('webgl');
  expect(await sum()).toBe(5);
});

it('another backend goes on after a loss', async () => {
  await chooseBackend('webgpu');
  const broken = loseDeviceMidStep();
  expect(await codeOf(onDevice(() => readScalar(tf.sum(tf.tensor1d([1, 2])))))).toBe('device-lost');
  await broken;
  await chooseBackend('wasm');
  expect(await onDevice(() => readScalar(tf.sum(tf.tensor1d([4, 5]))))).toBe(9);
});
