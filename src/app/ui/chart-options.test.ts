import { expect, test } from 'vitest';
import { placeBeside, spread } from './chart-options';

test('the upper of two close lines is labelled above, the lower below', () => {
  const labels = [{ y: 110 }, { y: 100 }];
  placeBeside(labels);
  expect(labels.map(({ y }) => y)).toEqual([90, 120]);
});

test('labels never cover each other nor leave the plot', () => {
  const labels = [{ y: 198 }, { y: 199 }, { y: 2 }, { y: 200 }];
  spread(labels, 6, 194);
  const ys = labels.map(({ y }) => y).sort((a, b) => a - b);
  ys.slice(1).forEach((y, i) => expect(y - ys[i]!).toBeGreaterThanOrEqual(15));
  expect(ys[0]).toBeGreaterThanOrEqual(6);
  expect(ys.at(-1)).toBeLessThanOrEqual(194);
});
