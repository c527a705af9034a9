import { expect, test } from 'vitest';
import type { EpochRecord } from '../../training/types';
import { differences, metrics, overlaid } from './run-compare';
import { trainDefaults } from './train-defaults';

const run = (id: string, changes: Partial<typeof trainDefaults> = {}, from: string | null = null) => ({
  id,
  datasetName: 'city',
  settings: { ...trainDefaults, ...changes, dataset: 'd' },
  start:
    from === null ? null : { model: from, report: { copied: [], reshaped: [], missing: [], unused: [] } },
});

test('runs are told apart by what differs, and by nothing else', () => {
  const found = differences([
    run('a'),
    run('b', { learningRate: 0.01, solver: 'Adam' }),
    run('c', { multipliers: { conv1: [{ lrMult: 0, decayMult: 0 }] } }, 'a'),
  ]);
  expect(found.get('a')).toEqual(['from random weights', 'rate 0.0001', 'solver SGD', 'frozen nothing']);
  expect(found.get('b')).toEqual(['from random weights', 'rate 0.01', 'solver Adam', 'frozen nothing']);
  expect(found.get('c')).toEqual(['from a', 'rate 0.0001', 'solver SGD', 'frozen conv1']);
  expect(differences([run('a'), run('b')]).get('b')).toEqual([]);
  expect(differences([])).toEqual(new Map());
});

test('curves of different lengths share one axis', () => {
  const epochs = (...values: number[]) =>
    values.map((meanIoU, i) => ({ epoch: i + 1, meanIoU })) as EpochRecord[];
  const { of } = metrics.find(({ id }) => id === 'iou')!;
  expect(overlaid([epochs(0.1), epochs(0.2, 0.3), []], of)).toEqual([
    [1, 2],
    [0.1, null],
    [0.2, 0.3],
    [null, null],
  ]);
});
