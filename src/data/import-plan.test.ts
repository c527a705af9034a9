import { expect, test } from 'vitest';
import { plannedFiles, sameFiles } from './import-plan';
import { sourceFile } from './testing/files';

const files = [sourceFile('images/a.png', 'aa'), sourceFile('images/b.png', 'b')];
const labels = [sourceFile('labels/a.png', 'aaaa'), sourceFile('labels/.DS_Store', 'x')];
const plan = await plannedFiles({ images: files, labels });
const paths = (list: readonly { path: string }[] = []) => list.map(({ path }) => path);

test('the plan names every file with its role and size, but not those of the system', () => {
  expect(plan).toEqual([
    { role: 'images', path: 'images/a.png', size: 2 },
    { role: 'images', path: 'images/b.png', size: 1 },
    { role: 'labels', path: 'labels/a.png', size: 4 },
  ]);
});

test('the same files are found in any order and among others', async () => {
  const given = [labels[0]!, sourceFile('images/c.png', 'c'), files[1]!, files[0]!];
  const { files: found, problems } = await sameFiles(plan, given);
  expect(problems).toEqual([]);
  expect(paths(found.images)).toEqual(['images/a.png', 'images/b.png']);
  expect(found.labels![0]!.file).toBe(labels[0]!.file);
});

test.each([
  ['a parent folder', 'set/train/'],
  ['the folder above', 'set/'],
])('%s does as well, under the old paths', async (_, prefix) => {
  const given = [...files, labels[0]!].map(({ path, file }) => ({ path: prefix + path, file }));
  expect(paths((await sameFiles(plan, given)).files.images)).toEqual(['images/a.png', 'images/b.png']);
});

test('and so do the folders inside of the one that was given', async () => {
  const deep = await plannedFiles({
    folder: [...files, labels[0]!].map(({ path, file }) => ({ path: `set/${path}`, file })),
  });
  const { files: found, problems } = await sameFiles(deep, [...files, labels[0]!]);
  expect(problems).toEqual([]);
  expect(paths(found.folder)).toEqual(['set/images/a.png', 'set/images/b.png', 'set/labels/a.png']);
});

test('what is missing or has another size is named', async () => {
  const { problems } = await sameFiles(plan, [files[0]!, sourceFile('labels/a.png', 'aaaaa')]);
  expect(problems).toEqual([
    { file: 'images/b.png', reason: 'It is not among the files that were given.' },
    { file: 'labels/a.png', reason: 'It had 4 bytes, and now has 5.' },
  ]);
});

test('two folders of one name are told apart by their files’ sizes', async () => {
  const twice = await plannedFiles({
    images: [sourceFile('data/a.png', 'aa')],
    labels: [sourceFile('data/a.png', 'a')],
  });
  const { files: found, problems } = await sameFiles(twice, [
    sourceFile('data/a.png', 'a'),
    sourceFile('data/a.png', 'aa'),
  ]);
  expect(problems).toEqual([]);
  expect([found.images![0]!.file.size, found.labels![0]!.file.size]).toEqual([2, 1]);
});

test('of many files that are opened late only some are sized, and the same are compared', async () => {
  let opens = 0;
  const late = (size: (index: number) => number) =>
    Array.from({ length: 1000 }, (_, index) => ({
      path: `images/${index}.png`,
      file: {
        open: () => {
          opens++;
          return Promise.resolve(new File(['x'.repeat(size(index))], `${index}.png`));
        },
      },
    }));
  const planned = await plannedFiles({ images: late(() => 3) });
  expect(planned).toHaveLength(1000);
  expect(planned.filter(({ size }) => size === 3)).toHaveLength(100);
  expect(planned.filter(({ size }) => size === null)).toHaveLength(900);
  expect(opens).toBe(100);
  expect(
    (
      await sameFiles(
        planned,
        late(() => 3),
      )
    ).problems,
  ).toEqual([]);
  expect(opens).toBe(200);
  const { problems } = await sameFiles(
    planned,
    late(() => 4),
  );
  expect(problems).toHaveLength(100);
  expect(problems[0]!.reason).toBe('It had 3 bytes, and now has 4.');
});

test('a file that cannot be opened any more is named', async () => {
  const gone = { path: 'images/b.png', file: { open: () => Promise.reject(new Error('gone')) } };
  const { problems } = await sameFiles(plan, [files[0]!, gone, labels[0]!]);
  expect(problems).toEqual([{ file: 'images/b.png', reason: 'The browser cannot read it any more.' }]);
});
