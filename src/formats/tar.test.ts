import { gzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { tarItems, type TarBytes } from './tar';
import { TarFile, TarGzip } from './tar-bytes';

interface Part {
  name: string;
  content?: string;
  type?: string;
  /** Added to the checksum, to make it wrong. */
  error?: number;
}

function tarBytes(parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const blocks: number[] = [];
  for (const { name, content = '', type = '0', error = 0 } of parts) {
    const header = new Uint8Array(512);
    const put = (at: number, text: string) => header.set(new TextEncoder().encode(text), at);
    put(0, name);
    put(124, content.length.toString(8).padStart(11, '0'));
    put(148, ' '.repeat(8));
    put(156, type);
    put(257, 'ustar\0' + '00');
    const sum = header.reduce((all, byte) => all + byte, error);
    put(148, sum.toString(8).padStart(6, '0') + '\0 ');
    for (const byte of [...header, ...new TextEncoder().encode(content)]) blocks.push(byte);
    while (blocks.length % 512 !== 0) blocks.push(0);
  }
  return Uint8Array.from([...blocks, ...new Uint8Array(1024)]);
}

async function read(bytes: TarBytes): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { path, content, reason } of tarItems(bytes, 1000, 'a.tar')) {
    found[path] = reason ?? (await content.text());
  }
  return found;
}

const parts: Part[] = [
  { name: 'city/', type: '5' },
  { name: 'city/1.txt', content: 'one' },
  { name: '../../x', content: 'only a name' },
  { name: 'link', type: '2' },
  { name: 'large', content: 'x'.repeat(1001) },
  { name: 'empty' },
];
const expected = {
  'city/1.txt': 'one',
  x: 'only a name',
  link: 'It is a link to another file, and links are not followed.',
  large: 'It has 1001 bytes; the most that is read is 1000.',
  empty: '',
};

test('a file is read in place and a packed one as it passes, with the same result', async () => {
  const bytes = tarBytes(parts);
  expect(await read(new TarFile(new Blob([bytes]), 'a.tar'))).toEqual(expected);
  expect(await read(new TarGzip(new Blob([new Uint8Array(gzipSync(bytes))]), 'a.tgz'))).toEqual(expected);
});

test('a packed tar that unpacks to more than its cap stops there', async () => {
  const packed = gzipSync(tarBytes([{ name: 'a' }, { name: 'zeros', content: '0'.repeat(3_000_000) }]));
  const stream = new TarGzip(new Blob([new Uint8Array(packed)]), 'bomb.tgz', 1_000_000);
  await expect(read(stream)).rejects.toThrow(/^bomb\.tgz: it unpacks to more than 1 MiB/);
});

test('damage is noticed', async () => {
  const wrong = tarBytes([{ name: 'a' }, { name: 'b', error: 1 }]);
  await expect(read(new TarFile(new Blob([wrong]), 'a.tar'))).rejects.toThrow(/a header is wrong/);
  const bytes = tarBytes([{ name: 'a', content: 'content' }]);
  for (const length of [0, 100, 511, 515]) {
    const cut = new TarFile(new Blob([bytes.slice(0, length)]), 'a.tar');
    await expect(read(cut)).rejects.toMatchObject({ code: 'bad-file' });
  }
  const noise = new Blob([new Uint8Array(600).fill(7)]);
  await expect(read(new TarFile(noise, 'a.tar'))).rejects.toThrow(/no tar file/);
  await expect(read(new TarGzip(noise, 'a.tgz'))).rejects.toThrow(/gzip file is cut off or damaged/);
});
