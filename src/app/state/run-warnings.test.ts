import { describe, expect, it } from 'vitest';
import { runWarnings } from './run-warnings';

const classes = ['sky', 'road'].map((name, id) => ({ id, name, colour: [id, id, id] as const }));
const run = { baseline: 0.6, classes, start: null };

const mixed = [
  [50, 10],
  [10, 30],
];
const onlySky = [
  [60, 0],
  [40, 0],
];

/** Epochs with these training and validation losses; a healthy confusion unless another is given. */
const curve = (train: number[], val: number[] = train, confusion = mixed, pixelAccuracy = 0.8) =>
  train.map((trainLoss, i) => ({
    epoch: i + 1,
    trainLoss,
    valLoss: val[i]!,
    pixelAccuracy,
    meanIoU: 0.5,
    confusion,
  }));

const ids = (...given: Parameters<typeof curve>) => runWarnings(curve(...given), run).map(({ id }) => id);

describe('runWarnings', () => {
  it('says nothing of a run that goes well, at its beginning, in its course and when it has settled', () => {
    expect(ids([])).toEqual([]);
    expect(ids([2])).toEqual([]);
    expect(ids([2, 1.5, 1.2, 1, 0.9])).toEqual([]);
    expect(ids([2, 1, 0.5, 0.5, 0.5, 0.5])).toEqual([]);
    expect(ids([2, 1, 0.5, 0.52, 0.49], [2.1, 1.2, 0.8, 0.83, 0.81])).toEqual([]);
  });

  it('sees one class everywhere, names it and its share, and what helps', () => {
    const [warning, ...more] = runWarnings(curve([2, 2, 2], [2, 2, 2], onlySky, 0.6), run);
    expect(more).toEqual([]);
    expect(warning).toMatchObject({ id: 'collapsed', title: 'The network predicts only sky' });
    expect(warning!.text).toContain('60.0 %');
    expect(warning!.text).toContain('weights of a trained network');
    const transferred = { ...run, start: { model: 'm', report: {} as never } };
    expect(runWarnings(curve([2], [2], onlySky, 0.6), transferred)[0]!.text).toContain('starting weights');
  });

  it('sees a loss that never fell, not before three epochs', () => {
    expect(ids([3.1, 3.1])).toEqual([]);
    expect(ids([3.1, 3.095, 3.1])).toEqual(['flat']);
    expect(ids([3.1, 3.0, 2.9])).toEqual([]);
    expect(ids([0, 0, 0])).toEqual([]);
  });

  it('sees a training loss that leaves the valley', () => {
    expect(ids([2, 1, 1.6])).toEqual(['diverging']);
    expect(ids([2, 1, 1.3])).toEqual([]);
    expect(ids([0.02, 0.01, 0.03])).toEqual([]);
  });

  it('sees the validation loss turn while the training loss falls, after three epochs in a row', () => {
    const train = [2, 1, 0.5, 0.3, 0.2, 0.1];
    expect(ids(train, [2, 1.2, 1, 1.1, 1.3, 1.5])).toEqual(['overfitting']);
    expect(ids(train, [2, 1.2, 1.1, 1.05, 1, 1.5])).toEqual([]);
    expect(ids(train, [2, 1.2, 1, 1.02, 1.04, 1.05])).toEqual([]);
    expect(ids([2, 1, 0.5, 0.6, 0.6, 0.6], [2, 1.2, 1, 1.1, 1.3, 1.5])).toEqual([]);
    const [warning] = runWarnings(curve(train, [2, 1.2, 1, 1.1, 1.3, 1.5]), run);
    expect(warning!.text).toContain('lowest after epoch 3 (1.000)');
  });

  it('sees layers that are zero, and layers that stayed the same for two epochs', () => {
    const epochs = curve([2, 1.5, 1.2]);
    const withLayers = (still: string[][], zero: string[]) =>
      runWarnings(
        epochs.map((epoch, i) => ({ ...epoch, still: still[i]!, zero })),
        run,
      );
    expect(withLayers([['conv1'], [], []], [])).toEqual([]);
    expect(withLayers([[], [], ['conv1']], [])).toEqual([]);
    const [dead] = withLayers([[], ['conv1', 'fc6', 'fc7'], ['conv1', 'fc6']], []);
    expect(dead).toMatchObject({ id: 'dead', title: 'conv1 and fc6 do not learn' });
    const [zero] = withLayers([[], [], []], ['a', 'b', 'c', 'd']);
    expect(zero).toMatchObject({ id: 'zero', title: 'The weights of a, b and 2 more are all zero' });
  });
});
