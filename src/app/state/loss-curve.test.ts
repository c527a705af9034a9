import { expect, test } from 'vitest';
import { LossCurve, smooth } from './loss-curve';

test('losses of a batch of steps end at the last step', () => {
  const curve = new LossCurve(8);
  curve.push(3, [3, 2, 1]);
  curve.push(4, [0.5]);
  expect([...curve.steps]).toEqual([1, 2, 3, 4]);
  expect([...curve.losses]).toEqual([3, 2, 1, 0.5]);
});

test('a full curve is thinned and keeps step and loss together', () => {
  const curve = new LossCurve(16);
  for (let step = 1; step <= 1000; step++) curve.push(step, [1 / step]);
  expect(curve.length).toBeLessThanOrEqual(16);
  expect(curve.length).toBeGreaterThan(4);
  curve.steps.forEach((step, i) => expect(curve.losses[i]).toBe(1 / step));
  const steps = [...curve.steps];
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
});

test('a stored curve comes back and goes on', () => {
  const curve = LossCurve.from({ step: [2, 4], loss: [7, 6] });
  curve.push(5, [5]);
  expect([...curve.steps]).toEqual([2, 4, 5]);
  expect(curve.summary(2)).toEqual([6.5, 5]);
});

test('smoothing starts at the first value and survives a missing one', () => {
  expect([...smooth(Float64Array.of(4, 4, Number.NaN, 4), 0.9)].every((v) => Math.abs(v - 4) < 1e-12)).toBe(
    true,
  );
  expect(smooth(Float64Array.of(Number.NaN), 0.9)[0]).toBeNaN();
});
