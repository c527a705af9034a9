import { expect, test } from 'vitest';
import { LossCurve } from '../../state/loss-curve';
import { accuracyData, lossData } from './chart-data';

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
