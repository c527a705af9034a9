// Ways to break the device of the running backend, for tests of what then happens.
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

const device = () => (tf.backend() as WebGPUBackend).device;

/** Takes the WebGPU device away while its next answer is waited for; resolves with the time (performance.now()) at which it did. */
export function loseDeviceMidStep(): Promise<number> {
  const victim = device();
  return nextRead('while', () => victim.destroy());
}

/** Gives the WebGPU device a command that it must refuse, just before its next answer is asked for. */
export function misuseDeviceMidStep(): Promise<number> {
  const victim = device();
  return nextRead('before', () =>
    victim.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE }),
  );
}

/** Takes the WebGL context away. */
export function loseContext(): void {
  const { gl } = (tf.backend() as tf.MathBackendWebGL).gpgpu;
  gl.getExtension('WEBGL_lose_context')!.loseContext();
}

function nextRead(when: 'before' | 'while', act: () => void): Promise<number> {
  const descriptor = Object.getOwnPropertyDescriptor(GPUBuffer.prototype, 'mapAsync')!;
  return new Promise((resolve) => {
    GPUBuffer.prototype.mapAsync = function (...args) {
      Object.defineProperty(GPUBuffer.prototype, 'mapAsync', descriptor);
      if (when === 'before') act();
      const mapped = this.mapAsync(...args);
      if (when === 'while') act();
      resolve(performance.now());
      return mapped;
    };
  });
}
