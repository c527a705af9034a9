import { expect, test } from 'vitest';
import { filesByRole, guessRoles, missing, sourcesOf } from './sources';

const files = (...paths: string[]) =>
  paths.map((path) => ({ path, file: new File([], path.split('/').at(-1) ?? path) }));
const roles = (...paths: string[]) =>
  Object.fromEntries(sourcesOf(files(...paths)).map(({ name, role }) => [name, role]));

test('two folders: the one named for labels holds the labels', () => {
  expect(roles('train/1.png', 'trainannot/1.png')).toEqual({ train: 'images', trainannot: 'labels' });
  expect(roles('my-gt/1.png', 'photos/1.png')).toEqual({ 'my-gt': 'labels', photos: 'images' });
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

test('one folder is the parent of everything, and so are an archive and the parts of a known layout', () => {
  expect(roles('set/images/1.jpg', 'set/masks/1.png', 'set/classes.txt')).toEqual({ set: 'folder' });
  expect(roles('camvid/train/1.png', 'camvid/trainannot/1.png')).toEqual({ camvid: 'folder' });
  expect(roles('city.zip')).toEqual({ 'city.zip': 'folder' });
  expect(roles('RGB/1.png', 'GT/1.png')).toEqual({ RGB: 'folder', GT: 'folder' });
  expect(roles('RGB/1.png', 'GTTXT/1.txt', 'GT/1.png', 'ALL.txt')).toEqual({
    RGB: 'folder',
    GTTXT: 'folder',
    GT: 'folder',
  });
});

test('two archives are told apart like two folders', () => {
  expect(roles('images.zip', 'labels.tar.gz')).toEqual({ 'images.zip': 'images', 'labels.tar.gz': 'labels' });
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
