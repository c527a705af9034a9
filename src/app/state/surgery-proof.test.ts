import { describe, expect, it } from 'vitest';
import { AppError } from '../../core/errors';
import { zooPrototxt } from '../../nets/zoo';
import type { SurgeryReport } from '../../rpc/contract';
import { fittingModels } from './surgery-models';
import { SurgeryProofRun } from './surgery-proof.svelte';
import { largestScores, positionVerdict, score, time, tiny, windowVerdict } from './surgery-report';

const subject = { prototxt: 'net', window: null, image: { width: 4, height: 4 } };

describe('SurgeryProofRun', () => {
  it('runs once at a time, tells how far it is, and keeps what it found', async () => {
    const asked: unknown[] = [];
    let end: (report: SurgeryReport) => void = () => undefined;
    const run = new SurgeryProofRun({
      prove: (request, onProgress) => {
        asked.push(request);
        onProgress(3, 64);
        return new Promise((settle) => (end = settle));
      },
      stop: () => Promise.resolve(),
    });
    const running = run.compare(subject);
    await run.compare(subject);
    expect(asked).toEqual([{ ...subject, width: 0.25, padding: false, model: null, backend: 'auto' }]);
    expect([run.running, run.progress]).toEqual([true, { done: 3, total: 64 }]);
    const report = { speedup: 7 } as SurgeryReport;
    end(report);
    await running;
    expect([run.running, run.progress, run.report]).toEqual([false, null, report]);
    run.model = 'm';
    run.padding = false;
    void run.compare(subject);
    expect(asked[1]).toMatchObject({ width: 1, padding: true, model: 'm' });
  });

  it('keeps the error, but none when it was stopped', async () => {
    let error = new AppError('aborted', 'The comparison was stopped.');
    const run = new SurgeryProofRun({
      prove: () => Promise.reject(error),
      stop: () => Promise.resolve(),
    });
    await run.compare(subject);
    expect([run.stopped, run.error]).toEqual([true, null]);
    error = new AppError('bad-settings', 'Too small.');
    await run.compare(subject);
    expect([run.stopped, run.error, run.running]).toEqual([false, error, false]);
    run.width = 0;
    expect(run.widthProblem).toContain('above 0');
    await run.compare(subject);
    expect(run.error).toBe(error);
  });
});

it('ranks scores and writes numbers as they are worth it', () => {
  expect(largestScores([0.1, 3, -2, 3], 3)).toEqual([
    { output: 1, score: 3 },
    { output: 3, score: 3 },
    { output: 0, score: 0.1 },
  ]);
  expect([score(0.123456), score(-12.3456789), score(1.5e-5), score(0), score(NaN)]).toEqual([
    '0.12346',
    '−12.346',
    '1.5000e-5',
    '0.0000',
    'not a number',
  ]);
  expect([tiny(0), tiny(3.14e-8), tiny(0.0456), tiny(1234), tiny(Infinity)]).toEqual([
    '0',
    '3.1\u00a0×\u00a010⁻⁸',
    '0.046',
    '1,234',
    'not a number',
  ]);
  expect([time(0.0412), time(0.412), time(3.21), time(59.7), time(125)]).toEqual([
    '41 ms',
    '412 ms',
    '3.2 s',
    '60 s',
    '2 min 5 s',
  ]);
});

it('says what the numbers mean', () => {
  const scores = { before: [1, 2], after: [1, 2] };
  expect(windowVerdict({ scores, window: { largest: 0, relative: 0 } })).toContain('to the last bit');
  expect(windowVerdict({ scores, window: { largest: 3e-8, relative: 1e-7 } })).toContain('but for rounding');
  expect(windowVerdict({ scores, window: { largest: Infinity, relative: NaN } })).toContain(
    'should not happen',
  );

  const positions = { compared: 64, largest: 0.02, relative: 0.1234 };
  const [differ, padding, cut] = positionVerdict({
    positions,
    borders: [
      { layer: 'conv2', why: 'zeros' },
      { layer: 'conv3', why: 'zeros' },
      { layer: 'pool1', why: 'nothing' },
    ],
  });
  expect(differ).toContain('At 64 positions');
  expect(differ).toContain('12 % of their size');
  expect(padding).toContain('conv2 and conv3 see zeros');
  expect(cut).toContain('pool1 has a last window');
  expect(positionVerdict({ positions: { ...positions, relative: 1e-6 }, borders: [] })).toHaveLength(1);
  expect(positionVerdict({ positions, borders: [] })[1]).toContain('should not happen');
});

it('offers the models that have weights for every layer', () => {
  const model = (id: string) => ({ id, info: { prototxt: zooPrototxt(id) } });
  const models = [
    model('caffenet'),
    model('vgg-16'),
    model('fcn-alexnet'),
    { id: 'x', info: { prototxt: '{' } },
  ];
  expect(fittingModels(models, zooPrototxt('alexnet')).map(({ id }) => id)).toEqual(['caffenet']);
  expect(fittingModels(models, '{')).toEqual([]);
});
