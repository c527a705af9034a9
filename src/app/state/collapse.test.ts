import { expect, test } from 'vitest';
import { collapsedClass } from './collapse';

const run = {
  baseline: 0.3,
  classes: ['sky', 'building'].map((name, id) => ({ id, name, colour: [0, 0, 0] as const })),
};

test('a network that says one class everywhere has collapsed', () => {
  expect(
    collapsedClass(
      {
        pixelAccuracy: 0.302,
        confusion: [
          [0, 700],
          [0, 300],
        ],
      },
      run,
    ),
  ).toBe('building');
});

test('the same accuracy with both classes, or another accuracy, has not', () => {
  expect(
    collapsedClass(
      {
        pixelAccuracy: 0.3,
        confusion: [
          [100, 600],
          [100, 200],
        ],
      },
      run,
    ),
  ).toBeNull();
  expect(
    collapsedClass(
      {
        pixelAccuracy: 0.7,
        confusion: [
          [0, 700],
          [0, 300],
        ],
      },
      run,
    ),
  ).toBeNull();
  expect(collapsedClass({ pixelAccuracy: 0.3, confusion: [] }, run)).toBeNull();
});
