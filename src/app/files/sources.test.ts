import { expect, test } from 'vitest';
import { filesByRole, guessRoles, missing, sourcesOf } from './sources';

const files = (...paths: string[]) =>
  paths.map((path) => ({ path, file: new File([], path.split('/').at(-1) ?? path) }));
const roles = (...paths: string[]) =>
  Object.fromEntries(sourcesOf(files(...paths)).map(({ name, role }) => [name, role]));

test('two folders: the one named for labels holds the labels', () => {
  expect(roles('train/1.png', 'trainannot/1.png')).toEqual({ train: 'images', trainannot: 'labels' });
  expect(roles('GT/1.png', 'RGB/1.png')).toEqual({ GT: 'labels', RGB: 'images' });
  expect(roles('val/1.png', 'valannot/1.png')).toEqual({ val: 'images', valannot: 'labels' });
});

test('two folders without a telling name: photographs are the images, else the first', () => {
  expect(roles('a/1.png', 'b/1.jpg')).toEqual({ a: 'labels', b: 'images' });
  expect(roles('a/1.png', 'b/1.png')).toEqual({ a: 'images', b: 'labels' });
});

test('four folders', () => {
  expect(roles('images/1.png', 'labels/1.png', 'val_images/1.png', 'val_labels/1.png')).toEqual({
    images: 'images',
    labels: 'labels',
    val_images: 'val-images',
    val_labels: 'val-labels',
  });
});

test('one folder is a parent; its two subfolders are told apart, but CamVid is the loader’s', () => {
  expect(roles('set/images/1.jpg', 'set/masks/1.png', 'set/classes.txt')).toEqual({
    'set/images': 'images',
    'set/masks': 'labels',
    'set/classes.txt': 'classes',
  });
  expect(roles('camvid/train/1.png', 'camvid/trainannot/1.png')).toEqual({ camvid: 'folder' });
  expect(roles('mylabels/a/1.png', 'mylabels/b/1.png')).toEqual({ mylabels: 'folder' });
});

test('a text file beside the folders is a class list', () => {
  expect(roles('images/1.png', 'labels/1.png', 'colours.txt')['colours.txt']).toBe('classes');
});

test('says what is missing and gives unused folders to nobody', () => {
  expect(missing([])).toContain('images');
  const [images] = sourcesOf(files('x/1.png'));
  expect(missing([{ ...images!, role: 'images' }])).toContain('labels');
  expect(missing(sourcesOf(files('a/1.png', 'b/1.png')))).toBeNull();
  const three = guessRoles(sourcesOf(files('a/1.png', 'b/1.png', 'labels/1.png')));
  expect(three.map(({ role }) => role)).toEqual(['images', 'unused', 'labels']);
  expect(Object.keys(filesByRole(three))).toEqual(['images', 'labels']);
});
