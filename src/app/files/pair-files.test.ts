import { expect, test } from 'vitest';
import { pairFiles } from './pair-files';

const file = (path: string) => ({ path, file: new File([], path.split('/').at(-1) ?? path) });

test('pairs by base name and reports what is left over', () => {
  const { pairs, rejected } = pairFiles(
    ['i/b.jpg', 'i/a.png', 'i/alone.png', 'i/notes.txt', 'i/._a.png'].map(file),
    ['l/a.png', 'l/b.png', 'l/lonely.png'].map(file),
  );
  expect(pairs.map(({ image, label }) => [image.path, label.path])).toEqual([
    ['i/a.png', 'l/a.png'],
    ['i/b.jpg', 'l/b.png'],
  ]);
  expect(rejected.map(({ file: name }) => name)).toEqual(['i/alone.png', 'l/lonely.png']);
});
