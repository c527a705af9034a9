// Archives as Python's modules write them, and the zip and tar files of Debian's golang-*-src.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import { openArchives } from '../../src/data/archives';
import { readFile } from '../../src/data/read-file';
import { sourceFile } from '../../src/data/testing/files';
import { goTestFiles, needsGoFiles } from './debian-files';
import { findPython } from './python';

const python = await findPython(['zipfile', 'tarfile']);
const folder = mkdtempSync(join(tmpdir(), 'intarsia-archives-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function opened(path: string, name = path.split('/').at(-1)!) {
  const file = sourceFile(name, new Uint8Array(readFileSync(path)));
  const { files, rejected } = await openArchives({ folder: [file] });
  const contents: Record<string, string> = {};
  const problems = rejected.map(({ file, reason }) => `${file}: ${reason}`);
  for (const inner of files.folder!) {
    try {
      contents[inner.path] = Buffer.from(await readFile(inner.file, inner.path)).toString('latin1');
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  return { contents, problems };
}

test.skipIf(python.missing)(
  `every archive gives the files that were packed${python.note}`,
  { timeout: 120_000 },
  async () => {
    const long = `${'a-long-folder-name/'.repeat(8)}and-a-file-of-some-length.txt`;
    const packed: Record<string, string> = {
      'city/RGB/1.png': 'not really a picture',
      'city/GTTXT/1.txt': '1 2 3\n'.repeat(5000),
      'city/Übung/straße.txt': 'umlauts',
      'city/empty.txt': '',
      [long]: 'deep',
    };
    const source = join(folder, 'source');
    for (const [path, content] of Object.entries(packed)) {
      await mkdir(dirname(join(source, path)), { recursive: true });
      await writeFile(join(source, path), content);
    }
    const target = join(folder, 'target');
    await mkdir(target);
    const names = JSON.parse(
      await python.run(new URL('./make_archives.py', import.meta.url), source, target),
    ) as string[];
    expect(names).toHaveLength(7);
    for (const name of names) {
      const { contents, problems } = await opened(join(target, name));
      expect(problems, name).toEqual([]);
      const root = name.replace(/(\.tar)?\.[^.]+$/, '');
      const expected = Object.entries(packed).map(([path, content]) => [
        `${root}/${path}`.normalize('NFC'),
        content,
      ]);
      expect(contents, name).toEqual(Object.fromEntries(expected));
    }
    // A packed tar that ends early is refused as a whole.
    const whole = readFileSync(join(target, 'gnu.tar.gz'));
    await writeFile(join(target, 'cut.tar.gz'), whole.subarray(0, whole.length - 200));
    const cut = await opened(join(target, 'cut.tar.gz'));
    expect(cut.contents).toEqual({});
    expect(cut.problems.join()).toMatch(/cut off or damaged/);
  },
);

const zips = goTestFiles('archive/zip/testdata');
const tars = goTestFiles('archive/tar/testdata');

describe.skipIf(!zips || !tars)(`Debian's archives${zips ? '' : needsGoFiles}`, () => {
  it('every zip opens or is refused with its reason', async () => {
    const outcome: Record<string, string> = {};
    for (const name of readdirSync(zips!).filter((one) => /\.(zip|notzip)$/.test(one))) {
      const { contents, problems } = await opened(join(zips!, name), name.replace('.notzip', '.zip'));
      const count = Object.keys(contents).length;
      expect(count + problems.length, name).toBeGreaterThan(0);
      outcome[name] = [count, ...problems].join(' | ');
    }
    const fine = Object.keys(outcome).filter((name) => /^\d+$/.test(outcome[name]!));
    expect(fine).toEqual(
      expect.arrayContaining([
        'zip64.zip',
        'zip64-2.zip',
        'test.zip',
        'winxp.zip',
        'unix.zip',
        'utf8-7zip.zip',
        'utf8-winrar.zip',
        'test-prefix.zip',
        'test-trailing-junk.zip',
        'go-with-datadesc-sig.zip',
      ]),
    );
    expect(outcome['readme.notzip']).toMatch(/no directory at its end/);
    expect(outcome['test-baddirsz.zip']).toMatch(/damaged|^\d+$/);
    expect(outcome['symlink.zip']).toMatch(/link to another file/);
  });

  it('every tar opens or is refused with its reason', async () => {
    for (const name of readdirSync(tars!).filter((one) => /\.tar(\.bz2)?$/.test(one))) {
      const { contents, problems } = await opened(join(tars!, name));
      expect(Object.keys(contents).length + problems.length, name).toBeGreaterThan(0);
      for (const problem of problems) expect(problem, name).toMatch(/\.$/);
    }
    expect((await opened(join(tars!, 'ustar.tar'))).problems).toEqual([]);
    expect((await opened(join(tars!, 'neg-size.tar'))).problems.join()).toMatch(
      /damaged|no archive|no tar|zip/,
    );
    expect((await opened(join(tars!, 'pax-bad-hdr-large.tar.bz2'))).problems.join()).toMatch(
      /no archive that is read/,
    );
  });
});
