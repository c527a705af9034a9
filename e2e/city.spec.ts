// The synthetic city as a person uses it: look, choose, make; and the one click on Home.
import { expect, test } from './fixtures/page-test';

test('a dataset of the city: preview, settings, made, looked at', async ({ page }) => {
  await page.goto('#/datasets');
  await page.getByRole('link', { name: 'The synthetic city' }).click();
  const preview = page.getByRole('region', { name: 'Preview' });
  await expect(preview.getByLabel('Class shares of this frame')).toContainText('building', {
    timeout: 60_000,
  });
  await expect(preview).toHaveAttribute('aria-busy', 'false');
  await page.getByLabel('Size', { exact: true }).selectOption('other');
  await page.getByLabel('Size width').fill('64');
  await page.getByLabel('Size height').fill('48');
  await page.getByLabel('Frames', { exact: true }).fill('4');
  await page.getByLabel('Validation share (%)').fill('25');
  await page.getByLabel('Weather', { exact: true }).selectOption('snow');
  await page.getByLabel('Name', { exact: true }).fill('Winter');
  await page.getByRole('button', { name: 'Make the dataset' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Winter' })).toBeVisible({ timeout: 60_000 });
  const made = await page.evaluate(async () => (await window.intarsia.datasets())[0]!);
  expect(made).toMatchObject({
    state: 'ready',
    pairs: { train: 3, val: 1 },
    source: { kind: 'city', scene: { weather: 'snow', seed: 1 } },
  });
});

test('one click on Home makes a city that can be cancelled', async ({ page }) => {
  await page.goto('#/');
  await page.getByRole('button', { name: 'Train on the synthetic city' }).click();
  await expect(page.getByRole('heading', { name: 'Importing City' })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/[1-9]\d* of 120 pairs/)).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Cancel' }).first().click();
  // What was drawn so far is enough for a run: New run opens with it chosen.
  await expect(page.getByLabel('Dataset', { exact: true })).toContainText('City', { timeout: 60_000 });
});
