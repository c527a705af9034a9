// Folders and files dropped from outside the browser.
import { join } from 'node:path';
import { drop, expect, test } from './fixtures/page-test';
import { colourPng, street, writeStreets } from './fixtures/street';

test('two folders and a class list dropped on Home become a dataset', async ({ page, folder }) => {
  const { images, labels, classes } = writeStreets(folder, 10);
  await page.goto('');
  await expect(page.getByRole('heading', { level: 1, name: 'Intarsia' })).toBeVisible();
  await drop(page, [images, labels, classes]);
  const found = page.getByRole('region', { name: 'Found' });
  await expect(found).toContainText('10 pairs');
  for (const name of ['sky', 'building', 'road', 'car']) await expect(found).toContainText(name);
  await page.getByLabel('Name', { exact: true }).fill('dropped');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'dropped' })).toBeVisible();
});

test("the parent folder of SegNet's layout brings its own validation", async ({ page, folder }) => {
  const parent = join(folder, 'small-camvid');
  writeStreets(parent, 6, { images: 'train', labels: 'trainannot' });
  writeStreets(parent, 3, { images: 'val', labels: 'valannot', first: 6 });
  await page.goto('');
  await drop(page, [parent]);
  const found = page.getByRole('region', { name: 'Found' });
  await expect(found).toContainText(/6\D+3/);
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByRole('link', { name: 'Train on it' })).toBeVisible();
  const pairs = await page.evaluate(async () => (await window.intarsia.datasets())[0]!.pairs);
  expect(pairs).toEqual({ train: 6, val: 3 });
});

test('colour labels take their classes from the list', async ({ page, folder }) => {
  const { images, labels, classes } = writeStreets(folder, 4, { label: colourPng });
  await page.goto('#/datasets/new');
  await drop(page, [images, labels, classes]);
  await expect(page.getByRole('region', { name: 'Found' })).toContainText('4 pairs');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByRole('link', { name: 'Train on it' })).toBeVisible();
  const dataset = await page.evaluate(async () => (await window.intarsia.datasets())[0]!);
  expect(dataset.format).toBe('rgb');
  const counted = [0, 1, 2, 3].map((id) =>
    [0, 1, 2, 3].reduce((sum, index) => sum + street(index).labels.filter((one) => one === id).length, 0),
  );
  const stored = dataset.pixels.train.classes.map((n, i) => n + dataset.pixels.val.classes[i]!);
  expect(stored).toEqual(counted);
});
