import { expect, test } from 'vitest';
import type { MemoryEstimate } from '../../nets/cost';
import { memoryVerdict, trainingBytes } from './memory-verdict';

const memory: MemoryEstimate = {
  weights: 100e6,
  solver: 90e6,
  gradients: 90e6,
  activations: 400e6,
  training: 780e6,
  largest: { name: 'conv1', bytes: 150e6 },
};
const webgpu = (buffer: number, binding = buffer) =>
  ({ name: 'webgpu', limits: { maxBufferBytes: buffer, maxBindingBytes: binding } }) as const;
const wasm = { name: 'wasm', limits: { maxTotalBytes: 2 ** 32 } } as const;

test('a batch needs its blobs several times, and its weights once', () => {
  expect(trainingBytes(memory, 1)).toBe(780e6);
  expect(trainingBytes(memory, 3)).toBe(280e6 + 3 * 500e6);
});

test('the largest tensor must fit one buffer and one binding', () => {
  expect(memoryVerdict(memory, 1, webgpu(2e9))).toMatchObject({ fits: true });
  const refused = memoryVerdict(memory, 1, webgpu(2e9, 128e6));
  expect(refused.fits).toBe(false);
  expect(refused.text).toMatch(/conv1 with 150 MB.*128 MB.*smaller/i);
  expect(memoryVerdict(memory, 2, webgpu(200e6)).fits).toBe(false);
});

test('weights do not grow with the batch', () => {
  const heavy = { ...memory, largest: { name: 'fc6/0', bytes: 150e6 } };
  expect(memoryVerdict(heavy, 2, webgpu(200e6)).fits).toBe(true);
});

test('WebAssembly has one memory for all', () => {
  expect(memoryVerdict(memory, 1, wasm)).toMatchObject({ fits: true });
  const refused = memoryVerdict(memory, 10, wasm);
  expect(refused.fits).toBe(false);
  expect(refused.text).toContain('4.3 GB');
});

test('what a backend does not tell is not guessed', () => {
  expect(memoryVerdict(memory, 1, { name: 'webgl' }).fits).toBeNull();
  expect(memoryVerdict(memory, 1, null)).toEqual({ fits: null, text: '' });
});
