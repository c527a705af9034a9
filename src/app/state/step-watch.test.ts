import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RunEvent } from '../../training/types';
import { StepWatch } from './step-watch';

const progress = { kind: 'progress' } as RunEvent;
const phase: RunEvent = { kind: 'phase', phase: 'compiling' };
let stuck: number[] = [];
let watch: StepWatch;

beforeEach(() => {
  vi.useFakeTimers();
  stuck = [];
  watch = new StepWatch((seconds) => stuck.push(seconds));
});

afterEach(() => {
  watch.end();
  vi.useRealTimers();
});

it('lets the first step take any time', () => {
  watch.sign(phase);
  vi.advanceTimersByTime(3_600_000);
  expect(stuck).toEqual([]);
});

it('tells once of a run that takes no more steps', () => {
  watch.sign(progress);
  vi.advanceTimersByTime(300_000);
  expect(stuck).toEqual([]);
  vi.advanceTimersByTime(300_000);
  expect(stuck).toEqual([301]);
});

it('is patient with a run whose steps take long', () => {
  watch.sign(progress);
  vi.advanceTimersByTime(60_000);
  watch.sign(progress);
  vi.advanceTimersByTime(1_200_000);
  expect(stuck).toEqual([]);
  vi.advanceTimersByTime(2000);
  expect(stuck).toHaveLength(1);
});

it('does not count a pause', () => {
  watch.sign(progress);
  watch.sign({ kind: 'paused', step: 1, error: null });
  vi.advanceTimersByTime(3_600_000);
  watch.sign({ kind: 'resumed', step: 1 });
  expect(stuck).toEqual([]);
  vi.advanceTimersByTime(301_000);
  expect(stuck).toHaveLength(1);
});
