import { expect, test } from 'vitest';
import { checkNetwork } from './check-network';
import { starterPrototxt } from './starter';

test.each([
  [128, 96],
  [129, 97],
  [47, 33],
])('the example is without fault at %i x %i', (width, height) => {
  const { problems, description } = checkNetwork(starterPrototxt, { size: { width, height }, classes: 12 });
  expect(problems).toEqual([]);
  expect(description?.crops).toEqual([expect.objectContaining({ given: [0], computed: [0, 0] })]);
  expect(description?.stride).toBe(4);
});

test.each(['val', 'deploy'] as const)('the example can be read in the %s view', (view) => {
  expect(checkNetwork(starterPrototxt, { size: null, classes: null, view }).problems).toEqual([]);
});
