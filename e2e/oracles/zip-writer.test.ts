// Our zip files, read by our own reader and by Python's, below and beyond 4 GiB.
import { appendFileSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listZip, readZipEntry } from '../../src/formats/zip';
import { ZipWriter } from '../../src/formats/zip-writer';
import { fileBlob } from '../headless/file-blob';
import { findPython } from './python';

const python = await findPython(['zipfile']);

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'intarsia-zip-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes entries to a file, behind `start` empty bytes that take no room on the disk. */
async function writeZip(entries: [string, string][], start: number): Promise<string> {
  const path = join(folder, 'a.zip');
  writeFileSync(path, '');
  truncateSync(path, start);
  const parts: Uint8Array[] = [];
  const zip = new ZipWriter(async (bytes) => void parts.push(bytes), start);
  for (const [name, content] of entries) await zip.add(name, new TextEncoder().encode(content));
  const size = await zip.close();
  appendFileSync(path, Buffer.concat(parts));
  expect(statSync(path).size).toBe(size);
  return path;
}

/** The names of all entries, and the text of the last three. */
async function readBack(path: string): Promise<{ names: string[]; last: [string, string][] }> {
  const blob = fileBlob(path);
  const { entries, skipped } = await listZip(blob, 'a.zip');
  expect(skipped).toEqual([]);
  const last: [string, string][] = [];
  for (const entry of entries.slice(-3)) {
    last.push([entry.path, new TextDecoder().decode(await readZipEntry(blob, entry, entry.path))]);
  }
  return { names: entries.map((entry) => entry.path), last };
}

const files: [string, string][] = [
  ['train/images/größe 1.png', 'eins'],
  ['train/labels/a.png', ''],
  ['classes.json', '{}'],
];
/** Too many for the old form of the directory. */
const many = Array.from({ length: 65_540 }, (_, i): [string, string] => [`labels/${i}.png`, '']);

describe.each([
  ['a small file', files, 0],
  ['a file beyond 4 GiB', files, 2 ** 32 + 1000],
  ['more than 65,535 entries', many, 0],
])('%s', (_title, entries, start) => {
  test('is read back by our own reader', { timeout: 60_000 }, async () => {
    const { names, last } = await readBack(await writeZip(entries, start));
    expect(names).toEqual(entries.map(([name]) => name));
    expect(last).toEqual(entries.slice(-3));
  });

  test.skipIf(python.missing)(`is read back by Python${python.note}`, { timeout: 120_000 }, async () => {
    const path = await writeZip(entries, start);
    expect(JSON.parse(await python.run(new URL('./read_zip.py', import.meta.url), path))).toEqual(entries);
  });
});

test('equal contents make equal files', async () => {
  const bytes = async () => {
    const parts: Uint8Array[] = [];
    const zip = new ZipWriter(async (part) => void parts.push(part));
    await zip.add('a', new TextEncoder().encode('b'));
    await zip.close();
    return Buffer.concat(parts);
  };
  expect((await bytes()).equals(await bytes())).toBe(true);
});
