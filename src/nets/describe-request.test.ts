import { expect, test } from 'vitest';
import { describeRequested, type DescribeRequest } from './describe-request';

const network = { kind: 'zoo', id: 'fcn-alexnet' } as const;
const request: DescribeRequest = { network, width: 240, height: 180, classes: 12, multiplier: 0.25 };
const memoryOf = (change: Partial<DescribeRequest> = {}) =>
  describeRequested({ ...request, ...change }).memory!;

test('memory is told for each backend, and for the way of training', () => {
  const plain = memoryOf();
  expect(Object.keys(plain)).toEqual(['webgpu', 'webgl', 'wasm', 'cpu']);
  expect(plain.webgpu.largest.name).toBe('fc6/0');
  expect(plain.webgpu.weights).toBe(4 * describeRequested(request).parameters);
  expect(memoryOf({ batch: 4 }).webgpu.total).toBeGreaterThan(plain.webgpu.total);
  expect(memoryOf({ solver: 'Adam' }).wasm.solver).toBe(2 * plain.wasm.solver);
  expect(memoryOf({ accumulation: 2 }).cpu.gradients).toBeGreaterThan(plain.cpu.gradients);
  expect(memoryOf({ clips: true }).webgpu.gradients).toBeGreaterThan(plain.webgpu.gradients);
});

test('ways of training that there are not are refused', () => {
  expect(() => memoryOf({ batch: 0 })).toThrow('batch is 0, and must be a whole number from 1 on.');
  expect(() => memoryOf({ accumulation: 1.5 })).toThrow('accumulation is 1.5');
  expect(() => memoryOf({ solver: 'Lion' as 'SGD' })).toThrow(
    'There is no solver "Lion". Choose one of SGD,',
  );
});
