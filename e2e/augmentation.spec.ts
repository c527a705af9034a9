// The form's augmentation: the preview follows every change and every draw, and the run is trained as chosen.
import { join } from 'node:path';
import type { Locator } from '@playwright/test';
import { expect, fillRun, importFolders, test } from './fixtures/page-test';
import { writeStreets } from './fixtures/street';

/** The canvas's pixels as one string. */
const pixelsOf = (canvas: Locator) => canvas.evaluate((element: HTMLCanvasElement) => element.toDataURL());

test('augmentation is chosen with a preview, and trained with', async ({ page, folder }) => {
  await importFolders(page, writeStreets(join(folder, 'streets'), 12), 'streets');
  await fillRun(page, 'streets', { name: 'augmented', epochs: 1, learningRate: 1e-4, batch: 2 });
  const summary = page.locator('summary', { hasText: 'Augmentation' });
  await expect(summary).toContainText('mirrored');
  await summary.click();
  const preview = page.getByRole('region', { name: 'Augmentation preview' });
  const canvases = preview.locator('canvas');
  await expect(canvases).toHaveCount(6);
  const first = canvases.first();

  await page.getByLabel('Mirror images').uncheck();
  await expect(summary).toContainText('none');
  const plain = await pixelsOf(first);
  await preview.getByRole('button', { name: 'Another draw' }).click();
  await expect(preview).toContainText('epoch 2');
  expect(await pixelsOf(first)).toBe(plain);

  await page.getByLabel('Rotation', { exact: true }).fill('25');
  await expect.poll(() => pixelsOf(first)).not.toBe(plain);
  const turned = await pixelsOf(first);
  await preview.getByRole('button', { name: 'Another draw' }).click();
  await expect.poll(() => pixelsOf(first)).not.toBe(turned);

  await page.getByLabel('Largest scale', { exact: true }).fill('9');
  await expect(page.getByText('Give two factors from 0.25 to 4')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeDisabled();
  await page.getByLabel('Largest scale', { exact: true }).fill('1.5');
  await page.getByLabel('Crop', { exact: false }).first().check();
  await page.getByLabel('Crop width', { exact: true }).fill('48');
  await page.getByLabel('Crop height', { exact: true }).fill('32');
  await expect
    .poll(() => first.evaluate((canvas: HTMLCanvasElement) => [canvas.width, canvas.height]))
    .toEqual([48, 32]);
  await expect(summary).toContainText('crop 48 × 32, scale 1 to 1.5, rotation ± 25°');

  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByRole('status', { name: 'Run status' })).toContainText(/done/i, { timeout: 120_000 });
  const [run] = await page.evaluate(() => window.intarsia.runs());
  expect(run!.settings.augmentation).toMatchObject({
    flip: false,
    crop: { width: 48, height: 32 },
    scale: [1, 1.5],
    rotation: 25,
  });
  await page.getByText('Settings and network').click();
  await expect(page.getByText('crop 48 × 32, scale 1 to 1.5, rotation ± 25°')).toBeVisible();
});
