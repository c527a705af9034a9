import { expect, it } from 'vitest';
import { trainDefaults } from './train-defaults';
import { remedyFor, smallerBatch, tenth } from './remedies';

const run = (changes: object = {}, model: string | null = 'm') => ({
  settings: { ...trainDefaults, dataset: 'd', ...changes },
  model,
});

it('halves the batch and takes as many pictures a step', () => {
  expect(smallerBatch({ batch: 4, accumulation: 1 })).toEqual({ batch: 2, accumulation: 2 });
  expect(smallerBatch({ batch: 5, accumulation: 2 })).toEqual({ batch: 2, accumulation: 5 });
  expect(smallerBatch({ batch: 1, accumulation: 3 })).toBeNull();
});

it('divides a rate as a person would', () => {
  expect([3e-4, 0.7, 1e6, 1e-4].map(tenth)).toEqual([3e-5, 0.07, 1e5, 1e-5]);
});

it('offers what the failure calls for', () => {
  expect(remedyFor('not-finite', run({ learningRate: 3e-4 }))).toEqual({
    title: 'Go on from the last good snapshot with a learning rate of 0.00003',
    changes: { learningRate: 3e-5 },
  });
  expect(remedyFor('not-finite', run({}, null))?.title).toMatch(/^Begin anew/);
  expect(remedyFor('worker-died', run({ batch: 8 }))?.changes).toEqual({ batch: 4, accumulation: 2 });
  expect(remedyFor('device-lost', run({ batch: 1 }))).toBeNull();
  expect(remedyFor('bad-settings', run())).toBeNull();
});
