import { expect, test } from 'vitest';
import { zooPrototxt } from '../../nets/zoo';
import type { Size } from '../../data/types';
import { fitText, whatFits } from './memory-fit';
import { memoryVerdict } from './memory-verdict';
import { trainNetwork } from './train-network';

const alexnet = zooPrototxt('fcn-alexnet');
const memoryAt = (width: number, size: Size) =>
  trainNetwork(alexnet, width, size, 12).description?.memory ?? null;
const run = { batch: 4, width: 1, size: { width: 480, height: 360 } };

const fitOn = (limits: { maxBufferBytes?: number; maxTotalBytes?: number }) => {
  const backend = { name: 'webgpu', limits } as const;
  const fits = (memory: NonNullable<ReturnType<typeof memoryAt>>, batch: number) =>
    memoryVerdict(memory, batch, backend).fits !== false;
  return whatFits(run, memoryAt, fits);
};

test('each way alone is the largest that fits', () => {
  const { memory } = trainNetwork(alexnet, 1, run.size, 12).description!;
  const bytesOf = (batch: number) => {
    const once = memory.weights + memory.solver + memory.gradients;
    return once + batch * (memory.training - once);
  };
  const fit = fitOn({ maxTotalBytes: bytesOf(2) });
  expect(fit.batch).toBe(2);
  expect(fit.width).toBeLessThan(1);
  expect(fit.size!.width / fit.size!.height).toBeCloseTo(4 / 3, 1);
  expect(fitText(fit)).toMatch(/^It would fit with batch size 2, width 0\.\d+, or pictures of \d+ × \d+\.$/);
});

test('weights that fit no buffer become smaller by width alone', () => {
  // fc6 has 4096 filters of 6 x 6 x 256: 151 MB.
  const fit = fitOn({ maxBufferBytes: 128 * 2 ** 20 });
  expect(fit).toEqual({ batch: null, width: 0.75, size: null });
  expect(fitText(fit)).toBe('It would fit with width 0.75.');
});

test('where no single change is enough, that is said', () => {
  const fit = fitOn({ maxTotalBytes: 1e6 });
  expect(fit).toEqual({ batch: null, width: null, size: null });
  expect(fitText(fit)).toContain('reduce several of them');
});
