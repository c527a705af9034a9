// The whole path by hand: folders in, a network trained, a picture labelled, everything still there after a reload.
import { join } from 'node:path';
import type { Download, Locator, Page } from '@playwright/test';
import { readIndices } from './fixtures/label-maps';
import { longestTasks } from './fixtures/main-thread';
import { expect, fillRun, importFolders, startRun, test } from './fixtures/page-test';
import { imagePng, street, writeFolder, writeStreets } from './fixtures/street';

/** The colours of a canvas, summed channel by channel. */
const colourSum = (canvas: Locator) =>
  canvas.evaluate((element: HTMLCanvasElement) => {
    const { data } = element.getContext('2d')!.getImageData(0, 0, element.width, element.height);
    return [0, 1, 2].map((channel) =>
      data.reduce((sum, value, i) => (i % 4 === channel ? sum + value : sum), 0),
    );
  });

/** The colours of a canvas once they have stopped changing. */
async function drawn(canvas: Locator): Promise<number[]> {
  let last = await colourSum(canvas);
  await expect
    .poll(async () => {
      const before = last;
      last = await colourSum(canvas);
      return last.join() === before.join();
    })
    .toBe(true);
  return last;
}

/** Presses a button and returns the file that it saves. */
async function download(page: Page, button: string): Promise<Download> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button, exact: true }).click(),
  ]);
  return file;
}

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
  const view = (name: string) => page.getByRole('radio', { name, exact: true });
  await expect(view('Overlay')).toBeChecked();
  const opacity = page.getByLabel('Opacity', { exact: true });
  await opacity.fill('1');
  const covered = await drawn(overlay);
  await view('Input').check({ force: true });
  await expect.poll(() => colourSum(overlay)).not.toEqual(covered);
  const input = await drawn(overlay);
  await view('Overlay').check({ force: true });
  await expect.poll(() => colourSum(overlay)).toEqual(covered);
  await opacity.fill('0');
  await expect.poll(() => colourSum(overlay)).toEqual(input);

  const labelMap = await download(page, 'Save label map');
  const saved = readIndices(await labelMap.path());
  expect([saved.width, saved.height]).toEqual([80, 60]);
  expect(saved.palette?.slice(0, 4)).toEqual([
    [128, 160, 200],
    [128, 0, 0],
    [128, 64, 128],
    [64, 0, 128],
  ]);
  expect(Math.max(...saved.indices)).toBeLessThan(4);

  const weights = await download(page, 'Save weights');
  expect(weights.suggestedFilename()).toMatch(/\.safetensors$/);
  const file = join(folder, 'saved.safetensors');
  await weights.saveAs(file);
  await page.getByLabel('Load weights', { exact: true }).setInputFiles(file);
  const tools = page.getByRole('region', { name: 'Model and pictures' });
  await expect(tools).toContainText('from saved');
  const segmented = page.getByRole('status').filter({ hasText: 'segmented in' });
  await expect(segmented).toContainText('fresh.png');
  await expect(segmented).toContainText('WebAssembly');
  const again = readIndices(await (await download(page, 'Save label map')).path());
  expect(again).toEqual(saved);
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: 'Delete model' }).click();
  await expect(tools).not.toContainText('from saved');
  const left = await page.evaluate(async () =>
    (await window.intarsia.models()).map((one) => one.origin.kind),
  );
  expect(left).toEqual(['run']);

  await page.reload();
  await page.goto('#/datasets');
  await expect(page.getByRole('link', { name: 'streets' })).toBeVisible();
  await page.goto('#/train');
  await page.getByRole('table', { name: 'Runs' }).getByRole('link', { name: 'first run' }).click();
  await page.getByRole('figure', { name: 'Loss' }).getByRole('button', { name: 'Show as table' }).click();
  // A row of headings, and one for each epoch.
  await expect(page.getByRole('figure', { name: 'Loss' }).getByRole('row')).toHaveCount(4);
  await page.goto('#/train/new');
  await expect(page.getByLabel('Starting weights', { exact: true })).toContainText('first run');
  await page.goto('#/test');
  await expect(page.getByLabel('Model', { exact: true })).toContainText('first run');
});

test('a run can be paused, resumed and stopped, and the page stays free', async ({
  browser,
  page,
  folder,
}) => {
  await importFolders(page, writeStreets(folder, 12), 'streets');
  await fillRun(page, 'streets', { name: 'long run', epochs: 500, learningRate: 1e-4, batch: 2 });
  const main = page.getByRole('main');
  const status = page.getByRole('status', { name: 'Run status' });
  const tasks = await longestTasks(browser, page, async () => {
    await page.getByRole('button', { name: 'Train', exact: true }).click();
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

test('a run that waits for another can be taken out of the queue, and deleted', async ({ page, folder }) => {
  await importFolders(page, writeStreets(folder, 12), 'streets');
  await startRun(page, 'streets', { name: 'first', epochs: 500, learningRate: 1e-4, batch: 2 });
  const main = page.getByRole('main');
  await expect(main.getByRole('button', { name: 'Stop' })).toBeVisible();
  for (const name of ['second', 'third']) {
    await startRun(page, 'streets', { name, epochs: 1, learningRate: 1e-4, batch: 2 });
    await expect(main).toContainText('Begins when first has ended.');
  }
  await page.goto('#/train');
  const runs = page.getByRole('table', { name: 'Runs' });
  await runs.getByRole('link', { name: 'second' }).click();
  // Leaving the page has not made it forget that the run waits.
  await expect(main).toContainText('Begins when first has ended.');
  await expect(main.getByRole('button', { name: 'Start', exact: true })).toHaveCount(0);
  await main.getByRole('button', { name: 'Remove from the queue' }).click();
  await expect(main.getByRole('button', { name: 'Start', exact: true })).toBeVisible();
  await page.goto('#/train');
  await runs.getByRole('link', { name: 'third' }).click();
  await main.getByRole('button', { name: 'Delete run' }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(runs.getByRole('link', { name: 'third' })).toHaveCount(0);
  await runs.getByRole('link', { name: 'first' }).click();
  await main.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByRole('status', { name: 'Run status' })).toContainText(/stopped/i);
  await page.goto('#/train');
  await runs.getByRole('link', { name: 'second' }).click();
  await main.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(page.getByRole('status', { name: 'Run status' })).toContainText(/done/i);
});
