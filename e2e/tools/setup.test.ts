import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isSupported, root } from './setup.mjs';

test.each([
  ['18.20.0', false],
  ['20.18.3', false],
  ['20.19.0', true],
  ['21.7.3', false],
  ['22.12.0', false],
  ['22.13.0', true],
  ['23.11.0', false],
  ['24.0.0', true],
  ['26.1.0', true],
])('Node.js %s is supported: %s', (version, supported) => {
  expect(isSupported(version)).toBe(supported);
});

test('package.json and its lock file name the same versions', () => {
  const read = (file: string) =>
    JSON.parse(readFileSync(join(root, file), 'utf8')) as {
      engines?: { node: string };
      packages?: Record<string, { engines?: { node: string } }>;
    };
  const wanted = '^20.19 || ^22.13 || >=24';
  expect(read('package.json').engines?.node).toBe(wanted);
  expect(read('package-lock.json').packages?.['']?.engines?.node).toBe(wanted);
});
