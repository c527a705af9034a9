// AVIF files of a real encoder: their headers are read as the encoder wrote them.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkComplete, readImageHeader } from './image-header';

const names = ['quarters', 'quarters-irot', 'quarters-imir', 'quarters-irot-imir', 'quarters-alpha'];
const read = (name: string) =>
  new Uint8Array(readFileSync(new URL(`./fixtures/${name}.avif`, import.meta.url)));

test.each(names)('%s: size and end', (name) => {
  const bytes = read(name);
  expect(readImageHeader(bytes, name)).toEqual({ kind: 'avif', width: 24, height: 12 });
  expect(() => checkComplete(bytes, 'avif', name)).not.toThrow();
  for (const missing of [1, 20, 60]) {
    const cut = bytes.slice(0, bytes.length - missing);
    expect(() => checkComplete(cut, 'avif', name), String(missing)).toThrow(/this AVIF is cut off/);
  }
});

test('the size stands before the pixels', () => {
  const bytes = read('quarters');
  const pixels = new TextDecoder('latin1').decode(bytes).indexOf('mdat');
  expect(pixels).toBeGreaterThan(0);
  expect(readImageHeader(bytes.slice(0, pixels), 'a.avif')).toMatchObject({ width: 24, height: 12 });
});
