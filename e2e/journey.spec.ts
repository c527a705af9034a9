// The whole path by hand: folders in, a network trained, a picture labelled, everything still there after a reload.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from '@playwright/test';
import { readIndices } from './fixtures/label-maps';
import { longestTasks } from './fixtures/main-thread';
import { expect, importFolders, startRun, test } from './fixtures/page-test';
import { imagePng, street, writeFolder, writeStreets } from './fixtures/street';

/** The colours of a canvas, summed channel by channel. */
const colourSum = (canvas: Locator) =>
  canvas.evaluate((element: HTMLCanvasElement) => {
    const { data } = element.getContext('2d')!.getImageData(0, 0, element.width, element.height);
    return [0, 1, 2].map((channel) =>
      data.reduce((sum, value, i) => (i % 4 === channel ? sum + value : sum), 0),
    );
  });

test('import, train, segment, save, reload', async ({ page, folder }) => {
  await importFolders(page, writeStreets(folder, 20), 'streets');
  const shares = page.getByRole('table', { name: 'Class shares' });
  for (const name of ['sky', 'building', 'road', 'car', 'void']) await expect(shares).toContainText(name);
  const tile = page.getByRole('list', { name: 'Tiles' }).getByRole('listitem').first();
  for (const name of ['Image', 'Label', 'Overlay']) await expect(tile.getByLabel(name)).toBeVisible();

  await startRun(page, 'streets', { name: 'first run', epochs: 3, learningRate: 1e-4, batch: 2 });
  await expect(page.getByRole('status', { name: 'Run status' })).toContainText(/done/i, { timeout: 120_000 });
  const report = await page.evaluate(async () => (await window.intarsia.runs())[0]!);
  expect(report.backend?.name).toBe('wasm');
  expect(report.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  expect(report.epochs[2]!.trainLoss).toBeLessThan(report.epochs[0]!.trainLoss);
  expect(report.epochs[2]!.valLoss).toBeLessThan(report.epochs[0]!.valLoss);
  await expect(page.getByLabel('Prediction overlay')).toBeVisible();

  await page.getByRole('link', { name: 'Test this model' }).click();
  const pictures = writeFolder(join(folder, 'new'), { 'fresh.png': imagePng(street(99, 80, 60)) });
  await page.getByLabel('Segment images', { exact: true }).setInputFiles(join(pictures, 'fresh.png'));
  const overlay = page.getByLabel('Overlay', { exact: true }).and(page.locator('canvas'));
  await expect(overlay).toBeVisible();
  const opacity = page.getByLabel('Opacity', { exact: true });
  await opacity.fill(await opacity.getAttribute('min').then((min) => min ?? '0'));
  const clear = await colourSum(overlay);
  await opacity.fill(await opacity.getAttribute('max').then((max) => max ?? '100'));
  await expect.poll(() => colourSum(overlay)).not.toEqual(clear);

  const [labelMap] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save label map' }).click(),
  ]);
  const saved = readIndices(await labelMap.path());
  expect([saved.width, saved.height]).toEqual([80, 60]);
  expect(saved.palette?.slice(0, 4)).toEqual([
    [128, 160, 200],
    [128, 0, 0],
    [128, 64, 128],
    [64, 0, 128],
  ]);
  expect(Math.max(...saved.indices)).toBeLessThan(4);

  const [weights] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save weights' }).click(),
  ]);
  expect(weights.suggestedFilename()).toMatch(/\.safetensors$/);
  const header = readFileSync(await weights.path())
    .subarray(8, 64)
    .toString();
  expect(header).toMatch(/^\{"/);

  await page.reload();
  await page.goto('#/datasets');
  await expect(page.getByRole('link', { name: 'streets' })).toBeVisible();
  await page.goto('#/train');
  await page.getByRole('table', { name: 'Runs' }).getByRole('link', { name: 'first run' }).click();
  await page.getByRole('figure', { name: 'Loss' }).getByRole('button', { name: 'Show as table' }).click();
  await expect(page.getByRole('figure', { name: 'Loss' }).getByRole('row')).not.toHaveCount(0);
  await page.goto('#/test');
  await expect(page.getByLabel('Model', { exact: true })).toContainText('first run');
});

test('a run can be paused, resumed and stopped, and the page stays free', async ({
  browser,
  page,
  folder,
}) => {
  await importFolders(page, writeStreets(folder, 12), 'streets');
  await startRun(page, 'streets', { name: 'long run', epochs: 500, learningRate: 1e-4, batch: 2 });
  const main = page.getByRole('main');
  const status = page.getByRole('status', { name: 'Run status' });
  const tasks = await longestTasks(browser, page, async () => {
    await expect(main).toContainText(/epoch [4-9] of 500/, { timeout: 120_000 });
    await page.getByRole('link', { name: 'Datasets', exact: true }).click();
    await page.getByRole('link', { name: 'streets' }).click();
    await expect(page.getByRole('list', { name: 'Tiles' })).toBeVisible();
    await page.goBack();
    await page.goBack();
    await main.getByRole('button', { name: 'Pause' }).click();
    await expect(status).toContainText(/paused/i);
    await main.getByRole('button', { name: 'Resume' }).click();
    await expect(status).toContainText(/running/i);
    await main.getByRole('button', { name: 'Stop' }).click();
    await expect(status).toContainText(/stopped/i);
  });
  expect(tasks.length).toBeGreaterThan(0);
  expect(tasks.filter((milliseconds) => milliseconds > 50)).toEqual([]);
});
