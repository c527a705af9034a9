import { expect, test } from 'vitest';
import type { MemoryPlan } from '../../nets/plan/bytes';
import { memoryVerdict } from './memory-verdict';

const plan: MemoryPlan = {
  estimate: {
    weights: 100e6,
    solver: 90e6,
    gradients: 90e6,
    activations: 490e6,
    scratch: 10e6,
    total: 780e6,
    at: 'fc6, backward',
    largest: { name: 'conv1', bytes: 150e6 },
  },
  recompute: false,
};
const webgpu = (buffer: number, binding = buffer) =>
  ({ name: 'webgpu', limits: { maxBufferBytes: buffer, maxBindingBytes: binding } }) as const;
const wasm = (maxTotalBytes = 2 ** 32) => ({ name: 'wasm', limits: { maxTotalBytes } }) as const;

test('the largest tensor must fit one buffer and one binding', () => {
  expect(memoryVerdict(plan, webgpu(2e9))).toMatchObject({ fits: true });
  const binding = memoryVerdict(plan, webgpu(2e9, 128e6));
  expect(binding.fits).toBe(false);
  expect(binding.text).toMatch(/conv1, has 150 MB.*gives a program at most 128 MB/);
  const buffer = memoryVerdict(plan, webgpu(140e6));
  expect(buffer.fits).toBe(false);
  expect(buffer.text).toMatch(/conv1, has 150 MB.*holds at most 140 MB/);
});

test('WebAssembly has one memory for all', () => {
  expect(memoryVerdict(plan, wasm())).toEqual({
    fits: true,
    text: 'It fits into the 4.3 GB that WebAssembly can use.',
  });
  const refused = memoryVerdict(plan, wasm(700e6));
  expect(refused.fits).toBe(false);
  expect(refused.text).toContain('700 MB');
});

test('that the first layers are computed twice is said', () => {
  const twice = { ...plan, recompute: true };
  expect(memoryVerdict(twice, wasm()).text).toContain('computed twice');
  const refused = memoryVerdict(twice, wasm(700e6));
  expect(refused.fits).toBe(false);
  expect(refused.text).toContain('even with the first layers computed twice');
});

test('what a backend does not tell is not guessed', () => {
  expect(memoryVerdict(plan, { name: 'webgl' }).fits).toBeNull();
  expect(memoryVerdict(plan, null)).toEqual({ fits: null, text: '' });
});
