import { expect, test } from 'vitest';
import { bytes, count, duration, loss, percent, plural, rate, timeLeft } from './format';

test('bytes climb units without showing 1000 of one', () => {
  expect([0, 999, 1000, 9_949, 12_345_678, 999_999_999, 3.1e9].map(bytes)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '9.9 kB',
    '12 MB',
    '1.0 GB',
    '3.1 GB',
  ]);
});

test('durations', () => {
  expect([0, 59.4, 60, 250, 3_540, 3_600, 7_500].map(duration)).toEqual([
    '0 s',
    '59 s',
    '1 min',
    '4 min 10 s',
    '59 min',
    '1 h',
    '2 h 5 min',
  ]);
  expect(timeLeft(null)).toBe('estimating time left');
  expect(timeLeft(118)).toBe('2 min left');
});

test('numbers carry what they need', () => {
  expect(count(9400)).toBe('9,400');
  expect(plural(1, 'pair')).toBe('1 pair');
  expect(plural(0, 'class', 'classes')).toBe('0 classes');
  expect(percent(0.3124)).toBe('31.2 %');
  expect(percent(Number.NaN)).toBe('n/a');
  expect([412.3, 3.24, 0.4512].map(rate)).toEqual(['412', '3.2', '0.45']);
  expect([2.3456, 0.00012, Number.NaN].map(loss)).toEqual(['2.346', '1.20e-4', 'not a number']);
});
