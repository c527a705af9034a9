import { expect, test } from 'vitest';
import { noAugmentation as none } from '../../data/augment/settings';
import type { DatasetRecord } from '../../data/types';
import { policyDefaults } from '../../nets/learning-rate';
import {
  checkTraining,
  countDifferent,
  type TrainNumbers,
  type TypedLoss,
  type TypedPolicy,
} from './train-check';
import { trainDefaults } from './train-defaults';

const dataset: DatasetRecord = {
  id: 'd',
  schema: 1,
  name: 'city',
  createdAt: 0,
  state: 'ready',
  format: 'grey-index',
  classes: [],
  voidClass: null,
  scale: null,
  tile: null,
  split: { kind: 'folders' },
  pairs: { train: 2, val: 1 },
  tiles: { train: 2, val: 1 },
  pixels: { train: { classes: [9], void: 1 }, val: { classes: [4], void: 1 } },
  tileSizes: [{ width: 240, height: 180, count: 3 }],
  rejected: [],
  sizeBytes: 0,
};
const good: TrainNumbers & TypedPolicy & TypedLoss = {
  ...trainDefaults,
  ...trainDefaults.policyParameters,
  clip: 0,
  weights: { mode: 'none', values: null },
};

test('the defaults can be trained', () => {
  expect(checkTraining(good, none, dataset)).toEqual({});
});

test.each([
  ['epochs', 0],
  ['epochs', 1.5],
  ['batch', null],
  ['learningRate', 0],
  ['learningRate', Number.NaN],
  ['momentum', 1],
  ['weightDecay', -1],
  ['seed', -1],
  ['weightDecay', 1],
  ['width', 0],
  ['width', 4.1],
  ['accumulation', 0],
  ['clip', -1],
  ['warmup', 31],
  ['warmup', null],
] as const)('%s of %s is refused, and only that', (key, value) => {
  expect(Object.keys(checkTraining({ ...good, [key]: value }, none, dataset))).toEqual([key]);
});

test.each([
  ['learningRate', 1e6],
  ['learningRate', 1e-20],
  ['momentum', 0.99999],
  ['momentum', 0],
  ['weightDecay', 0],
  ['width', 4],
  ['width', 0.001],
  ['accumulation', 8],
  ['clip', 10],
  ['warmup', 0.5],
] as const)('%s of %s can be trained', (key, value) => {
  expect(checkTraining({ ...good, [key]: value }, none, dataset)).toEqual({});
});

test('parameters that do not make a policy are refused', () => {
  expect(checkTraining({ ...good, at: null }, none, dataset).policyParameters).toContain('percentage');
  expect(checkTraining({ ...good, gamma: null }, none, dataset).policyParameters).toContain('gamma');
  expect(checkTraining({ ...good, policy: 'fixed', gamma: null, at: null }, none, dataset)).toEqual({});
});

test('a focal loss needs a gamma that it can use, and the others none', () => {
  const focal = { ...good, loss: 'focal' } as const;
  expect(checkTraining(focal, none, dataset)).toEqual({});
  for (const focalGamma of [null, -1, 11]) {
    expect(Object.keys(checkTraining({ ...focal, focalGamma }, none, dataset))).toEqual(['focalGamma']);
    expect(checkTraining({ ...good, focalGamma }, none, dataset)).toEqual({});
  }
});

test('class weights by hand are one number for each class', () => {
  const by = (...values: (number | null)[]) =>
    checkTraining({ ...good, weights: { mode: 'by-hand', values } }, none, dataset).classWeights;
  expect(by(0.5)).toBeUndefined();
  expect(by(null)).toMatch(/at least 0/);
  expect(by(0)).toMatch(/above 0/);
  expect(by(1, 1)).toMatch(/each of the 1 classes/);
});

test('a batch of pictures of different sizes is refused', () => {
  const mixed = { ...dataset, tileSizes: [...dataset.tileSizes, { width: 10, height: 10, count: 1 }] };
  expect(checkTraining(good, none, mixed).batch).toContain('batch size 1');
  expect(checkTraining({ ...good, batch: 1 }, none, mixed)).toEqual({});
});

test('a crop brings pictures of different sizes to one, and must be one', () => {
  const mixed = { ...dataset, tileSizes: [...dataset.tileSizes, { width: 10, height: 10, count: 1 }] };
  const crop = { width: 64, height: 64 };
  expect(checkTraining(good, { ...none, crop }, mixed)).toEqual({});
  expect(checkTraining(good, { ...none, crop: { width: NaN, height: 64 } }, dataset)).toEqual({
    augmentation: expect.stringContaining('whole numbers') as string,
  });
});

test('a run needs a dataset with pictures for training and for validation', () => {
  expect(checkTraining(good, none, null).dataset).toBeDefined();
  expect(checkTraining(good, none, { ...dataset, tiles: { train: 0, val: 1 } }).dataset).toContain(
    'training',
  );
  expect(checkTraining(good, none, { ...dataset, tiles: { train: 1, val: 0 } }).dataset).toContain(
    'validation',
  );
});

test('a run needs labelled pixels for training and for validation', () => {
  const nothing = { classes: [0], void: 10 };
  const without = (split: 'train' | 'val') =>
    checkTraining(good, none, { ...dataset, pixels: { ...dataset.pixels, [split]: nothing } }).dataset;
  expect(without('train')).toMatch(/^No pixel of the training pictures/);
  expect(without('val')).toMatch(/^No pixel of the validation pictures/);
});

test('counts what differs from the defaults', () => {
  expect(countDifferent(trainDefaults, trainDefaults)).toBe(0);
  expect(countDifferent({ ...trainDefaults, momentum: 0.5, seed: 9 }, trainDefaults)).toBe(2);
  const poly = { ...trainDefaults, policy: 'poly', policyParameters: policyDefaults.poly } as const;
  expect(countDifferent(poly, trainDefaults)).toBe(1);
  expect(countDifferent({ ...poly, multipliers: { conv1: [] } }, trainDefaults)).toBe(2);
  const classWeights = { mode: 'median-frequency', weights: null } as const;
  expect(countDifferent({ ...trainDefaults, loss: 'dice', classWeights }, trainDefaults)).toBe(2);
});
