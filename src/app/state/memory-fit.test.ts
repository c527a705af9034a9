import { expect, test } from 'vitest';
import { learnedLayers } from '../../nets/multipliers';
import { zooPrototxt } from '../../nets/zoo';
import { changeText, fitText, whatFits, type Change, type Trial } from './memory-fit';
import { memoryPlan, withFrozen } from './memory-plan';
import { memoryVerdict } from './memory-verdict';
import { trainNetwork } from './train-network';

const alexnet = zooPrototxt('fcn-alexnet');
const run: Trial = { batch: 4, width: 1, size: { width: 480, height: 360 }, frozen: 0 };
const names = learnedLayers(trainNetwork(alexnet, 1, run.size, 12).spec!)
  .filter(({ blobs }) => blobs.some(({ lrMult }) => lrMult > 0))
  .map(({ name }) => name);

type Limits = { maxBufferBytes?: number; maxTotalBytes?: number };

const planOf = (change: Change, limits: Limits) => {
  const trial = { ...run, ...change };
  const { spec } = trainNetwork(alexnet, trial.width, trial.size, 12);
  const frozen = withFrozen(spec!, names.slice(0, trial.frozen));
  return memoryPlan(frozen, trial.size, trial.batch, { name: 'webgpu', limits })!;
};

const fitsOn = (limits: Limits) => (change: Change) =>
  memoryVerdict(planOf(change, limits), { name: 'webgpu', limits }).fits !== false;
const fitOn = (limits: Limits) => whatFits(run, names.length, fitsOn(limits));
const bytesOf = (change: Change) => planOf(change, {}).estimate.total;

test('each way alone is the largest that fits', () => {
  const limits = { maxTotalBytes: bytesOf({ batch: 2 }) };
  const changes = fitOn(limits);
  expect(changes.map((change) => Object.keys(change))).toEqual([['batch'], ['width'], ['frozen'], ['size']]);
  const [{ batch }, { width }, { frozen }, { size }] = changes as [Change, Change, Change, Change];
  // Where the first block is computed twice, a larger batch may fit.
  expect(batch).toBeGreaterThanOrEqual(2);
  expect(width).toBeLessThan(1);
  expect(size!.width / size!.height).toBeCloseTo(4 / 3, 1);
  for (const change of changes) expect(fitsOn(limits)(change)).toBe(true);
  for (const change of [{ batch: batch! + 1 }, { frozen: frozen! - 1 }]) {
    expect(planOf(change, limits).estimate.total).toBeGreaterThan(limits.maxTotalBytes);
  }
  expect(fitText(changes, names)).toMatch(
    /^It would fit with batch size \d, width 0\.\d+, the first .* frozen .*, or pictures of \d+ × \d+\.$/,
  );
});

test('weights that fit no buffer become smaller by width alone', () => {
  // fc6 has 4096 filters of 6 x 6 x 256: 151 MB.
  const changes = fitOn({ maxBufferBytes: 128 * 2 ** 20 });
  expect(changes).toEqual([{ width: 0.75 }]);
  expect(fitText(changes, names)).toBe('It would fit with width 0.75.');
});

test('where no single change is enough, several are tried together', () => {
  const limits = { maxTotalBytes: bytesOf({ batch: 1, width: 0.125, size: { width: 240, height: 180 } }) };
  const [change, ...others] = fitOn(limits);
  expect(others).toEqual([]);
  expect(Object.keys(change!).length).toBeGreaterThan(1);
  expect(fitsOn(limits)(change!)).toBe(true);
  expect(fitText([change!], names)).toMatch(/^It would fit with batch size 1(,| and) width 0\.\d+/);
});

test('where nothing is enough, that is said', () => {
  const changes = fitOn({ maxTotalBytes: 1e5 });
  expect(changes).toEqual([]);
  expect(fitText(changes, names)).toContain('choose another network or backend');
});

test('layers are named', () => {
  expect(changeText({ frozen: 1 }, names)).toBe('the first layer frozen (conv1)');
  expect(changeText({ frozen: 3 }, names)).toBe('the first 3 layers frozen (up to conv3)');
  expect(changeText({ batch: 1, width: 0.5 }, names)).toBe('batch size 1 and width 0.5');
});
