import { deflateSync } from 'fflate';
import { expect, test } from 'vitest';
import { safePath } from './archive-names';
import { listZip, readZipEntry } from './zip';
import { zipBytes, type ZipPart } from './zip-bytes';

const text = (words: string) => new TextEncoder().encode(words);
const zip = (...parts: ZipPart[]) => new Blob([zipBytes(parts)]);
const list = (archive: Blob) => listZip(archive, 'city.zip');

async function contents(archive: Blob): Promise<Record<string, string>> {
  const { entries } = await list(archive);
  const read = entries.map(async (entry) => {
    const bytes = await readZipEntry(archive, entry, entry.path);
    return [entry.path, new TextDecoder().decode(bytes)] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

test.each([false, true])('stored and deflated entries, with Zip64 %s', async (zip64) => {
  const archive = zip(
    { name: 'a/one.txt', content: text('one'), zip64 },
    { name: 'a/', content: text(''), zip64 },
    { name: 'a/two.txt', content: text('two '.repeat(1000)), deflate: true, zip64 },
    { name: 'empty.txt', content: text(''), zip64 },
  );
  expect(await contents(archive)).toEqual({
    'a/one.txt': 'one',
    'a/two.txt': 'two '.repeat(1000),
    'empty.txt': '',
  });
});

test('only the first bytes are unpacked where only they are asked for', async () => {
  const archive = zip({ name: 'a', content: text('abc'.repeat(100_000)), deflate: true });
  const { entries } = await list(archive);
  const bytes = await readZipEntry(archive, entries[0]!, 'a', 5);
  expect(new TextDecoder().decode(bytes)).toBe('abcab');
});

test('a name like ../../x is only a name', async () => {
  const names = ['../../x', '/etc/passwd', 'C:\\Windows\\y', 'a/./b//c', 'a\u202egnp.exe', 'nul\0l'];
  expect(names.map(safePath)).toEqual([
    'x',
    'etc/passwd',
    'Windows/y',
    'a/b/c',
    'a\ufffdgnp.exe',
    'nul\ufffdl',
  ]);
  expect(safePath('../..')).toBeNull();
  expect(safePath('a/'.repeat(40) + 'b')).toBeNull();
  const archive = zip({ name: '../../x', content: text('still here') });
  expect(await contents(archive)).toEqual({ x: 'still here' });
});

test('what is not read is listed with its reason', async () => {
  const { entries, skipped } = await list(
    zip(
      { name: 'secret', content: text('s'), flags: 0x801 },
      { name: 'bzip2', content: text('b'), method: 12 },
      { name: 'link', content: text('/etc/passwd'), mode: 0xa1ff },
      { name: 'twin', content: text('1') },
      { name: 'TWIN', content: text('2') },
      { name: '..', content: text('up') },
    ),
  );
  expect(entries.map(({ path }) => path)).toEqual(['twin']);
  expect(skipped.map(({ path, reason }) => [path, reason.split('.')[0]])).toEqual([
    ['secret', 'It is encrypted'],
    ['bzip2', 'It is packed by method 12; stored and deflated entries are read'],
    ['link', 'It is a link to another file, and links are not followed'],
    ['TWIN', 'Another entry has the same name'],
    ['(no name)', 'Its name is no name of a file'],
  ]);
});

test('an entry that unpacks a thousandfold stops at its cap, whatever the directory says', async () => {
  const zeros = new Uint8Array(20 * 1024 * 1024);
  const honest = zip({ name: 'zeros', content: zeros, deflate: true });
  const { entries } = await list(honest);
  expect(entries[0]!.size / entries[0]!.packedSize).toBeGreaterThan(1000);
  await expect(readZipEntry(honest, entries[0]!, 'zeros')).rejects.toThrow(/more than 200 times its size/);

  const liar = zip({ name: 'zeros', content: zeros, deflate: true, size: 1000 });
  const [entry] = (await list(liar)).entries;
  await expect(readZipEntry(liar, entry!, 'zeros')).rejects.toThrow(/unpacks to more than the 1000 bytes/);
});

test('entries that share bytes are refused', async () => {
  const kernel = text('kernel');
  const overlap = zip({ name: 'a', content: kernel }, { name: 'b', content: kernel, offset: 0 });
  await expect(list(overlap)).rejects.toThrow(/its entry a reaches into what follows/);
});

test('damage is noticed', async () => {
  const good = zipBytes([{ name: 'a', content: text('content'), deflate: true }]);
  for (let length = 0; length < good.length; length++) {
    await expect(list(new Blob([good.slice(0, length)]))).rejects.toMatchObject({ code: 'bad-file' });
  }
  const wrong = zip({ name: 'a', content: text('content'), crc: 7 });
  await expect(contents(wrong)).rejects.toThrow(/checksum is wrong/);
  const short = zip({ name: 'a', content: text('content'), size: 9 });
  await expect(contents(short)).rejects.toMatchObject({ code: 'bad-file' });
  const noise = deflateSync(text('content')).fill(255);
  const packed = zip({ name: 'a', content: new Uint8Array(noise), method: 8 });
  await expect(contents(packed)).rejects.toThrow(/cannot be unpacked/);
});
