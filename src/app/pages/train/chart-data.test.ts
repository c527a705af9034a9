import { expect, test } from 'vitest';
import { LossCurve } from '../../state/loss-curve';
import { policyDefaults } from '../../../nets/learning-rate';
import { trainDefaults } from '../../state/train-defaults';
import { accuracyData, chartMarks, classData, lossData, rateData, valueAt } from './chart-data';
import { confusionColumns, rowShares } from './confusion';

test('validation points lie at the end of their epochs, whether that step is kept or not', () => {
  const curve = LossCurve.from({ step: [1, 3, 4, 5], loss: [4, 3, Number.NaN, 2] });
  const [x, raw, mean, validation] = lossData(
    curve,
    [
      { epoch: 1, step: 2, valLoss: 3.5 },
      { epoch: 2, step: 4, valLoss: 2.5 },
      { epoch: 3, step: 6, valLoss: 1.5 },
    ],
    2,
    0.5,
  );
  expect(x).toEqual([0.5, 1, 1.5, 2, 2.5, 3]);
  expect(raw).toEqual([4, null, 3, null, 2, null]);
  expect(validation).toEqual([null, 3.5, null, 2.5, null, 1.5]);
  expect(mean?.[0]).toBeCloseTo(4);
});

test('the majority line runs from the beginning', () => {
  expect(accuracyData([{ epoch: 1, pixelAccuracy: 0.5, meanIoU: 0.2 }], 0.3)).toEqual([
    [0, 1],
    [null, 0.5],
    [null, 0.2],
    [0.3, 0.3],
  ]);
});

test('without smoothing the mean is the loss itself, and with it a later point moves less', () => {
  const curve = LossCurve.from({ step: [1, 2, 3], loss: [4, 2, 6] });
  expect(lossData(curve, [], 1, 0)[2]).toEqual([4, 2, 6]);
  const [first, second, third] = lossData(curve, [], 1, 0.9)[2] as number[];
  expect(first).toBe(4);
  expect(second).toBeCloseTo((4 * 0.09 + 2 * 0.1) / 0.19, 12);
  expect(third! - second!).toBeLessThan(2);
});

test('a class that was not seen leaves a gap in its line', () => {
  const epochs = [
    { epoch: 1, perClassIoU: [0.5, null] },
    { epoch: 2, perClassIoU: [0.6, 0.1] },
  ];
  expect(classData(epochs, 2)).toEqual([
    [1, 2],
    [0.5, 0.6],
    [null, 0.1],
  ]);
});

const run = (changes: { step: number; learningRate: number }[]) => ({
  settings: {
    ...trainDefaults,
    dataset: 'd',
    epochs: 4,
    learningRate: 1,
    policy: 'fixed' as const,
    policyParameters: policyDefaults.fixed,
  },
  stepsPerEpoch: 1000,
  marks: changes.map((change) => ({ kind: 'learning-rate' as const, at: 0, ...change })),
});

test('the learning rate is drawn as it was, with both sides of a change, and no step that was not made', () => {
  const [x, rates] = rateData(run([{ step: 1501, learningRate: 0.1 }]), 2000);
  expect(x.length).toBeLessThan(510);
  expect(x.at(-1)).toBe(1.999);
  const at = x.indexOf(1.501);
  expect([x[at - 1], rates[at - 1], rates[at]]).toEqual([1.5, 1, 0.1]);
  expect(new Set(rates)).toEqual(new Set([1, 0.1]));
  expect(rateData(run([]), 0)).toEqual([[], []]);
});

test('a mark is numbered by its place among all, and the beginning is none', () => {
  const marks = [
    { kind: 'begun' as const, step: 0, at: 0 },
    { kind: 'paused' as const, step: 5, at: 0 },
    { kind: 'resumed' as const, step: 5, at: 0 },
    { kind: 'begun' as const, step: 4, at: 0 },
  ];
  expect(chartMarks(marks, 2)).toEqual([
    { x: 2.5, label: '2, 3' },
    { x: 2, label: '4' },
  ]);
});

test('the value under the cursor is the last one before it', () => {
  expect(valueAt([null, 3, null, 5], 2)).toBe(3);
  expect(valueAt([null, 3], 0)).toBeNull();
  expect(valueAt([1, 2], 9)).toBe(2);
});

test('the rows of a confusion matrix are shares, where their class has pixels', () => {
  const confusion = [
    [3, 1],
    [0, 0],
  ];
  expect(rowShares(confusion)).toEqual([
    [0.75, 0.25],
    [null, null],
  ]);
  expect(confusionColumns([{ name: 'sky' }, { name: 'road' }], confusion)).toEqual([
    ['sky', 'road'],
    [3, 0],
    [1, 0],
  ]);
});
