import { expect, test } from 'vitest';
import { looksLikeIds, parseIdText } from './id-text';

const bytes = (text: string) => new TextEncoder().encode(text);
const parse = (text: string) => parseIdText(bytes(text), 'GTTXT/a.txt');

test('rows of numbers with spaces, tabs or commas, with and without a last line end', () => {
  for (const text of ['1 2 3\n4 5 65535\n', '1\t2\t3\r\n4\t5\t65535', ' 1, 2, 3 \n\n4,5,65535\n\n']) {
    expect(parse(text)).toEqual({ width: 3, height: 2, ids: Uint16Array.of(1, 2, 3, 4, 5, 65535) });
  }
});

test('what is no rectangle of numbers is named with its line', () => {
  expect(() => parse('1 2\n1 2 3\n')).toThrow(
    'GTTXT/a.txt: line 2 has 3 numbers, but the lines before have 2.',
  );
  expect(() => parse('1 2\n1 x\n')).toThrow(/line 2 has "x" among the numbers/);
  expect(() => parse('1 -2\n')).toThrow(/"-"/);
  expect(() => parse('65536')).toThrow(/above 65535/);
  expect(() => parse('9'.repeat(400))).toThrow(/above 65535/);
  expect(() => parse('')).toThrow(/0 x 0/);
});

test('only texts of numbers look like label maps', () => {
  expect(looksLikeIds(bytes('0 0 0 1\n'))).toBe(true);
  expect(looksLikeIds(bytes('12 houses'))).toBe(false);
  expect(looksLikeIds(bytes('\n \n'))).toBe(false);
  expect(looksLikeIds(new Uint8Array([0x89, 0x50, 0x4e, 0x47]))).toBe(false);
});
