// Each kind of bad input gets its sentence, and nothing that was good is lost.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drop, expect, importFolders, test } from './fixtures/page-test';
import { classes, greyPng, imagePng, street, writeFolder, writeStreets } from './fixtures/street';

test('unusable files are listed with a reason and the rest goes on', async ({ page, folder }) => {
  const good = writeStreets(folder, 10);
  const put = (path: string, content: Uint8Array | string) => writeFileSync(path, content);
  const image = (name: string) => join(good.images, name);
  const label = (name: string) => join(good.labels, name);
  put(image('a-text.png'), 'This is no picture.\n');
  put(label('a-text.png'), greyPng(street(1)));
  put(image('b-truncated.png'), imagePng(street(2)).subarray(0, 900));
  put(label('b-truncated.png'), greyPng(street(2)));
  put(image('c-truncated-label.png'), imagePng(street(3)));
  put(label('c-truncated-label.png'), greyPng(street(3)).subarray(0, 120));
  put(image('d-other-size.png'), imagePng(street(4)));
  put(label('d-other-size.png'), greyPng(street(4, 32, 24)));
  const strange = street(5);
  strange.labels.fill(77, 0, 10);
  put(image('e-strange-value.png'), imagePng(strange));
  put(label('e-strange-value.png'), greyPng(strange));
  put(image('f-no-label.png'), imagePng(street(6)));
  put(label('g-no-image.png'), greyPng(street(7)));
  put(image('h-text-label.png'), imagePng(street(8)));
  put(label('h-text-label.png'), 'This is no label map.\n');

  await importFolders(page, good, 'mixed');
  const list = page.getByRole('region', { name: 'Not usable' }).getByRole('listitem');
  const reasons = [
    ['a-text.png', /neither PNG, JPEG/],
    ['b-truncated.png', /cut off/],
    ['c-truncated-label.png', /cut off/],
    ['d-other-size.png', /32 x 24.*64 x 48/],
    ['e-strange-value.png', /class list: 77/],
    ['f-no-label.png', /no label/i],
    ['g-no-image.png', /no image/i],
    ['h-text-label.png', /not a PNG/],
  ] as const;
  for (const [name, reason] of reasons) {
    await expect(list.filter({ hasText: name }).first()).toContainText(reason);
  }
  const dataset = await page.evaluate(async () => (await window.intarsia.datasets())[0]!);
  expect(dataset.pairs.train + dataset.pairs.val).toBe(10);
  expect(dataset.state).toBe('ready');
});

test('empty folders get a sentence, and the dataset before them stays', async ({ page, folder }) => {
  const { images } = writeStreets(folder, 4);
  await importFolders(page, writeStreets(folder, 4), 'kept');
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  await page.goto('#/datasets/new');
  await drop(page, [empty]);
  await expect(page.getByRole('alert')).toContainText('empty');
  await drop(page, [images, empty]);
  await expect(page.getByRole('main')).toContainText('There are images but no labels');
  await page.goto('#/datasets');
  await expect(page.getByRole('link', { name: 'kept' })).toBeVisible();
});

test('2,000 files in one drop', async ({ page, folder }) => {
  test.setTimeout(300_000);
  const { images, labels, classes: list } = writeStreets(folder, 4);
  const many = { images: join(folder, 'many-images'), labels: join(folder, 'many-labels'), classes: list };
  for (const [from, to] of [
    [images, many.images],
    [labels, many.labels],
  ] as const) {
    const originals = [0, 1, 2, 3].map((i) => readFileSync(join(from, `street-000${i}.png`)));
    const files = Array.from({ length: 1000 }, (_, i) => [`${1000 + i}.png`, originals[i % 4]!] as const);
    writeFolder(to, Object.fromEntries(files));
  }
  await page.goto('');
  await expect(page.getByRole('heading', { level: 1, name: 'Intarsia' })).toBeVisible();
  await drop(page, [many.images, many.labels, many.classes]);
  await expect(page.getByRole('region', { name: 'Found' })).toContainText('1,000 pairs', { timeout: 60_000 });
  await page.getByLabel('Name', { exact: true }).fill('many');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'many' })).toBeVisible({ timeout: 120_000 });
  const dataset = await page.evaluate(async () => (await window.intarsia.datasets())[0]!);
  expect(dataset.pairs).toEqual({ train: 900, val: 100 });
  expect(dataset.classes.map(({ name }) => name)).toEqual(
    classes.map(({ name }) => name).filter((name) => name !== 'void'),
  );
});

test('weights that are no weights are refused by name', async ({ page, folder }) => {
  const file = join(writeFolder(folder, { 'no-weights.safetensors': 'nothing' }), 'no-weights.safetensors');
  await page.goto('#/test');
  await page.getByLabel('Load weights', { exact: true }).setInputFiles(file);
  await expect(page.getByRole('alert').first()).toContainText('no-weights');
});
