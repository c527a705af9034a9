import { expect, test } from 'vitest';
import { describeNetwork } from '../../nets/describe';
import { dataShape } from '../../nets/place-layers';
import { readNetwork } from '../../nets/read-network';
import { zooPrototxt } from '../../nets/zoo';
import { networkMemory } from './network-memory';

const text = zooPrototxt('fcn-8s');
const looked = (stale = false) => {
  const value = readNetwork(text);
  const data = dataShape(value, { width: 480, height: 360 });
  return { text, spec: { value, stale }, description: { value: describeNetwork(value, data) } };
};

test('backends differ in what a step takes', () => {
  const on = (name: 'webgpu' | 'wasm') => networkMemory(looked(), { name })!;
  expect(on('webgpu')).toMatchObject({ trains: true, fits: null });
  // The solver's step is not in place there.
  expect(on('wasm').bytes).toBeGreaterThan(on('webgpu').bytes);
});

test('what would fit is said, as far as it was planned', () => {
  // fc6 has 4096 filters of 7 x 7 x 512: 411 MB.
  const told = networkMemory(looked(), { name: 'webgpu', limits: { maxBindingBytes: 128 * 2 ** 20 } })!;
  expect(told.fits).toBe(false);
  expect(told.text).toMatch(/fc6\/0, has 411 MB.*at most 134 MB\. It would fit with width 0\.5\.$/);
});

test('of a text that is broken nothing is said', () => {
  expect(networkMemory(looked(true), { name: 'webgpu' })).toBeNull();
});
