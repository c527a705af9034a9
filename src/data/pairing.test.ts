import { expect, test } from 'vitest';
import { pngBytes } from '../formats/png-bytes';
import { isLabelFolder, isTestFolder, isValidationFolder } from './folder-names';
import { surveyFiles } from './survey';
import type { RoleFiles } from './sources/plain';
import { pairFiles } from './pairing';
import { commonFolders, sortByBytes } from './paths';
import type { SourceFile } from './types';

const source = (path: string, bytes: Uint8Array<ArrayBuffer> = new Uint8Array()): SourceFile => ({
  path,
  file: new File([bytes], path.split('/').at(-1)!),
});
const sources = (...paths: string[]) => paths.map((path) => source(path));

async function surveyed(files: RoleFiles) {
  const { survey, pairs } = await surveyFiles(files);
  return { ...survey, paired: pairs.map(({ split, image, label }) => [split, image.path, label.path]) };
}

test('finds the SegNet-CamVid layout anywhere below the folder and leaves its test part out', async () => {
  const folder = sources(
    'drop/CamVid/label_colors.txt',
    'drop/CamVid/README.md',
    'drop/CamVid/train/a.png',
    'drop/CamVid/trainannot/a.png',
    'drop/CamVid/val/b.png',
    'drop/CamVid/valannot/b.png',
    'drop/CamVid/test/c.png',
    'drop/CamVid/testannot/c.png',
  );
  const result = await surveyed({ folder });
  expect(result).toMatchObject({ layout: 'camvid', name: 'CamVid', pairs: { train: 1, val: 1 } });
  expect(result.paired).toEqual([
    ['train', 'drop/CamVid/train/a.png', 'drop/CamVid/trainannot/a.png'],
    ['val', 'drop/CamVid/val/b.png', 'drop/CamVid/valannot/b.png'],
  ]);
  expect(result.rejected[0]).toMatchObject({
    file: 'test, testannot',
    reason: expect.stringMatching(/^2 files are left out/) as string,
  });
});

test('takes two or four folders by their roles', async () => {
  const files = {
    images: sources('photos/a.jpg'),
    labels: sources('truth/a.png'),
    'val-images': sources('vp/b.jpg'),
    'val-labels': sources('vt/b.png'),
  };
  const result = await surveyed(files);
  expect(result).toMatchObject({ layout: 'folders', name: 'photos', ownValidation: true });
  expect(result.paired).toEqual([
    ['train', 'photos/a.jpg', 'truth/a.png'],
    ['val', 'vp/b.jpg', 'vt/b.png'],
  ]);
});

test('tells images and labels of one folder by names, leaving other modalities out', async () => {
  const folder = sources('s/RGB/1.png', 's/my_gt/1.png', 's/Depth/1.png');
  const result = await surveyed({ folder });
  expect(result.paired).toEqual([['train', 's/RGB/1.png', 's/my_gt/1.png']]);
  expect(result.rejected[0]).toMatchObject({
    file: 'Depth',
    reason: expect.stringMatching(/^1 file is left out/) as string,
  });
});

test('tells two folders without telling names by what is in them', async () => {
  const grey = pngBytes({ width: 1, height: 1, depth: 8, colourType: 0, rows: [[3]] });
  const colour = pngBytes({ width: 1, height: 1, depth: 8, colourType: 2, rows: [[1, 2, 3]] });
  const folder = [source('x/one/1.png', grey), source('x/two/1.png', colour)];
  expect((await surveyed({ folder })).paired).toEqual([['train', 'x/two/1.png', 'x/one/1.png']]);
});

test('system files and notes are passed over, other files are listed', async () => {
  const images = sources(
    'i/.DS_Store',
    'i/._a.png',
    '__MACOSX/i/a.png',
    'i/Thumbs.db',
    'i/notes.txt',
    'i/b.gif',
  );
  const { rejected, problem } = await surveyed({ images });
  expect(rejected.map(({ file }) => file)).toEqual(['i/b.gif']);
  expect(problem).toMatch(/no pictures that can be read/);
});

test('leading dots in the path of the folder itself hide nothing', async () => {
  const folder = sources('./.cache/set/images/a.png', './.cache/set/labels/a.png');
  expect(await surveyed({ folder })).toMatchObject({ name: 'set', pairs: { train: 1 } });
});

test('an empty folder, images alone and labels alone each get their sentence', async () => {
  expect((await surveyed({ folder: [] })).problem).toMatch(/no pictures/);
  expect((await surveyed({ folder: sources('a/1.png') })).problem).toMatch(/images but no labels/);
  expect((await surveyed({ labels: sources('a/1.png') })).problem).toMatch(/labels but no images/);
});

test('folder names', () => {
  const labels = ['labels', 'trainannot', 'gtFine', 'GT', 'SegmentationClass', 'masks', 'SemSeg', 'my_gt'];
  expect(labels.filter((name) => !isLabelFolder(name))).toEqual([]);
  const others = ['images', 'JPEGImages', 'train', 'rgb', 'widgets', 'segovia'];
  expect(others.filter(isLabelFolder)).toEqual([]);
  expect(['val', 'valannot', 'val-images', 'images_val', 'validation'].every(isValidationFolder)).toBe(true);
  expect(['values', 'oval', 'interval'].some(isValidationFolder)).toBe(false);
  expect(isTestFolder('testannot') && !isTestFolder('latest')).toBe(true);
});

test('pairs by base name in byte order, whatever the extension', () => {
  const images = sources('i/b.JPG', 'i/a10.png', 'i/é.png', 'i/a9.png', 'i/Z.png');
  const labels = sources('l/é.png', 'l/Z.png', 'l/a10.png', 'l/b.png', 'l/a9.png');
  const { pairs, rejected } = pairFiles(images, labels, 'val');
  expect(pairs.map(({ name }) => name)).toEqual(['Z', 'a10', 'a9', 'b', 'é']);
  expect(pairs[3]).toMatchObject({ split: 'val', image: { path: 'i/b.JPG' }, label: { path: 'l/b.png' } });
  expect(rejected).toEqual([]);
});

test('files without partner and files of one base name are listed, the rest pairs', () => {
  const images = sources('i/a.png', 'i/b.png', 'i/b.jpg', 'i/c.png');
  const labels = sources('l/b.png', 'l/c.png', 'l/d.png');
  const { pairs, rejected } = pairFiles(images, labels, 'train');
  expect(pairs.map(({ name }) => name)).toEqual(['c']);
  expect(Object.fromEntries(rejected.map(({ file, reason }) => [file, reason]))).toEqual({
    'i/a.png': 'There is no label called "a".',
    'l/d.png': 'There is no image called "d".',
    'i/b.png': 'Another file has the same base name: i/b.jpg. Rename one and its partner.',
    'i/b.jpg': 'Another file has the same base name: i/b.png. Rename one and its partner.',
    'l/b.png': 'Its partner is not certain: several files are called "b".',
  });
});

test('base names that repeat in several folders pair by their folders', () => {
  const images = sources('i/x/1.png', 'i/y/1.png', 'i/y/2.png');
  const labels = sources('l/x/1.png', 'l/y/1.png', 'l/y/2.png');
  const { pairs, rejected } = pairFiles(images, labels, 'train');
  expect(pairs.map(({ name, label }) => [name, label.path])).toEqual([
    ['2', 'l/y/2.png'],
    ['x/1', 'l/x/1.png'],
    ['y/1', 'l/y/1.png'],
  ]);
  expect(rejected).toEqual([]);
});

test('paths', () => {
  expect(commonFolders(['a/b/c.png', 'a/b/d/e.png', 'a/bc/f.png'])).toEqual(['a']);
  expect(commonFolders(['x.png', 'a/y.png'])).toEqual([]);
  expect(sortByBytes(['\u{1f600}', '\uffee', 'a', 'B'], (name) => name)).toEqual([
    'B',
    'a',
    '\uffee',
    '\u{1f600}',
  ]);
});
