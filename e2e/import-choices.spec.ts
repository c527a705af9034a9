// The choices of the import page, by keyboard where that is how one would, and the same by a script.
import { join } from 'node:path';
import { expect, test } from './fixtures/page-test';
import { storedDataset } from './fixtures/stored';
import { writeStreets } from './fixtures/street';

test('classes are edited as one goes, and the pairs show it at once', async ({ page, folder }) => {
  const { images, labels, classes } = writeStreets(folder, 10);
  await page.goto('#/datasets/new');
  await page.getByLabel('Class list', { exact: true }).setInputFiles(classes);
  await page.getByLabel('Folder of images', { exact: true }).setInputFiles(images);
  await page.getByLabel('Folder of labels', { exact: true }).setInputFiles(labels);
  const found = page.getByRole('region', { name: 'Found' });
  await expect(found).toContainText('10 pairs');
  const samples = page.getByRole('region', { name: 'Sample pairs' });
  const canvas = samples.getByLabel('Label', { exact: true });
  await expect(canvas).toBeVisible();
  /** The colours that the label map of the sample is drawn in. */
  const colours = () =>
    canvas.evaluate((node) => {
      const { width, height } = node as HTMLCanvasElement;
      const { data } = (node as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
      const seen = new Set<string>();
      for (let i = 0; i < data.length; i += 4) seen.add(data.subarray(i, i + 3).join(' '));
      return [...seen];
    });
  expect(await colours()).toContain('64 0 128');

  await page.getByText('Edit classes').click();
  const table = page.getByRole('table', { name: 'Classes' });
  // A car is part of the road: its colour goes from the picture.
  await table.getByLabel('car becomes').selectOption({ label: 'Part of road' });
  await expect.poll(colours).not.toContain('64 0 128');
  await table.getByLabel('sky becomes').selectOption('void');
  await expect.poll(colours).not.toContain('128 160 200');
  await table.getByLabel('Colour of class 2').fill('#010203');
  await expect.poll(colours).toContain('1 2 3');

  // Names are checked while they are typed.
  const name = table.getByLabel('Name of class 2', { exact: true });
  await name.fill('');
  await expect(page.getByRole('button', { name: 'Import', exact: true })).toBeDisabled();
  await expect(table).toContainText('A class has no name');
  await name.fill('building');
  await expect(table).toContainText('Two classes are called "building"');
  await name.fill('street');
  await expect(page.getByRole('button', { name: 'Import', exact: true })).toBeEnabled();

  // Order by keyboard; the focus stays on the button.
  await table.getByRole('button', { name: 'Move street up' }).focus();
  await page.keyboard.press('Enter');
  await expect(table.getByRole('button', { name: 'Move street up' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(table.getByRole('row').nth(1).getByLabel('Name of class 2')).toHaveValue('street');

  await page.getByLabel('Size', { exact: true }).selectOption('other');
  await page.getByLabel('Size width').fill('64');
  await page.getByLabel('Size height').fill('64');
  await page.getByLabel('Other proportions').selectOption('fit');
  await expect(samples).toContainText('64 × 64');
  await page.getByLabel('Tiles', { exact: true }).selectOption('other');
  await page.getByLabel('Tiles width').fill('40');
  await page.getByLabel('Tiles height').fill('40');
  await page.getByLabel('Overlap', { exact: true }).fill('40');
  const wrong = page.getByText('An overlap of 40 pixels is as large as a tile of 40 x 40');
  await expect(wrong).toBeVisible();
  await page.getByLabel('Overlap', { exact: true }).fill('8');
  await expect(wrong).toBeHidden();
  await page.getByLabel('Most void', { exact: true }).fill('90');
  await page.getByLabel('Name', { exact: true }).fill('by hand');
  await page.getByLabel('Name', { exact: true }).press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'by hand' })).toBeVisible();

  const { record, tiles } = await storedDataset(page, 'by hand');
  expect(record.classes).toEqual([
    { id: 2, name: 'street', colour: [1, 2, 3] },
    { id: 1, name: 'building', colour: [128, 0, 0] },
  ]);
  expect(record.voidClass?.name).toBe('void');
  expect(record).toMatchObject({
    scale: { width: 64, height: 64, mode: 'fit' },
    tile: { width: 40, height: 40 },
    overlap: 8,
    maxVoidPercent: 90,
  });
  const { train, val } = record.pixels;
  const sum = [...train.classes, train.void, ...val.classes, val.void].reduce((a, b) => a + b, 0);
  // What pads the pictures is not counted, and what lies in two tiles is counted once.
  expect(sum).toBeLessThanOrEqual(10 * 64 * 48);
  expect(record.channelSums!.train.every((value) => value > 0)).toBe(true);

  await page.evaluate(() => {
    for (const [id, isFolder] of [
      ['images', true],
      ['labels', true],
      ['classes', false],
    ] as const) {
      const input = document.createElement('input');
      Object.assign(input, { type: 'file', id: `given-${id}`, webkitdirectory: isFolder, hidden: true });
      document.body.append(input);
    }
  });
  await page.locator('#given-images').setInputFiles(images);
  await page.locator('#given-labels').setInputFiles(labels);
  await page.locator('#given-classes').setInputFiles(join(folder, 'classes.txt'));
  await page.evaluate(() => {
    const files = (role: string) =>
      [...(document.getElementById(`given-${role}`) as HTMLInputElement).files!].map((file) => ({
        path: file.webkitRelativePath || file.name,
        file,
      }));
    return window.intarsia.importFiles({
      name: 'by script',
      files: { images: files('images'), labels: files('labels'), classes: files('classes') },
      scale: { width: 64, height: 64, mode: 'fit' },
      tile: { width: 40, height: 40 },
      overlap: 8,
      maxVoidPercent: 90,
      edits: {
        void: ['sky'],
        merge: { car: 'road' },
        recolour: { road: [1, 2, 3] },
        order: ['road'],
        rename: { road: 'street' },
      },
    });
  });
  const script = await storedDataset(page, 'by script');
  expect(script.record).toEqual(record);
  expect(script.tiles).toEqual(tiles);
});

test('the layout’s own split or a share of all pairs', async ({ page, folder }) => {
  writeStreets(join(folder, 'set'), 8, { images: 'train', labels: 'trainannot' });
  writeStreets(join(folder, 'set'), 2, { first: 20, images: 'val', labels: 'valannot' });
  await page.goto('#/datasets/new');
  await page.getByLabel('Parent folder', { exact: true }).setInputFiles(join(folder, 'set'));
  const found = page.getByRole('region', { name: 'Found' });
  await expect(found).toContainText('10 pairs');
  await expect(page.getByLabel('Seed', { exact: true })).toBeHidden();
  await page.getByLabel('Validation', { exact: true }).selectOption('share');
  await page.getByLabel('Validation share (%)').fill('40');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByRole('link', { name: 'Train on it' })).toBeVisible();
  const { record } = await storedDataset(page, 'set');
  expect(record.pairs).toEqual({ train: 6, val: 4 });
  expect(record.split).toEqual({ kind: 'share', percent: 40, seed: 1 });
});
