// What the device cannot hold is said while the form is filled in, with what would fit, and a click makes it fit.
import type { Page } from '@playwright/test';
import { expect, importFolders, test } from './fixtures/page-test';
import { writeStreets } from './fixtures/street';

const main = (page: Page) => page.getByRole('main');
const fit = (page: Page) => page.getByRole('group', { name: 'What would fit' });

async function chooseWide(page: Page, backend: 'webgpu' | 'wasm', width: string): Promise<void> {
  await page.getByLabel('Backend', { exact: true }).selectOption(backend);
  await page.getByLabel('Width', { exact: true }).selectOption('other');
  await page.getByLabel('Other width', { exact: true }).fill(width);
  await page.keyboard.press('Tab');
}

test('a run that the device cannot hold is changed with one click', async ({ page, folder }) => {
  await importFolders(page, writeStreets(folder, 12), 'streets');
  await page.goto('#/train/new?network=fcn-8s');
  await page.getByText('Advanced').click();

  // fc6 alone has more than any adapter gives to a program.
  await chooseWide(page, 'webgpu', '4');
  await expect(main(page)).toContainText('The largest tensor, fc6/0, has 6.6 GB, and a buffer of this');
  const narrower = fit(page).getByRole('button', { name: /^Width \d/ });
  const [, width] = /^Width ([\d.]+)$/.exec((await narrower.textContent())!)!;
  await narrower.click();
  await expect(fit(page)).toBeHidden();
  await expect(main(page)).toContainText('Each tensor fits a buffer of this graphics adapter');
  await expect(page.getByLabel('Other width', { exact: true })).toHaveValue(width!);

  // Weights and velocities together have more than 32-bit addresses reach.
  await chooseWide(page, 'wasm', '2');
  await expect(main(page)).toContainText('That is more than the 4.3 GB that WebAssembly can use');
  await expect(fit(page).getByRole('button', { name: 'Width 1', exact: true })).toBeVisible();

  // It does not start by accident: a person decides, and is asked again for other settings.
  const train = page.getByRole('button', { name: 'Train', exact: true });
  const allTheSame = page.getByLabel('Train all the same');
  await expect(train).toBeDisabled();
  await allTheSame.check();
  await expect(train).toBeEnabled();
  await chooseWide(page, 'wasm', '2.5');
  await expect(allTheSame).not.toBeChecked();
  await expect(train).toBeDisabled();
  await chooseWide(page, 'wasm', '2');

  const freeze = fit(page).getByRole('button', { name: /^The first .* frozen/ });
  const last = /up to (\w+)/.exec((await freeze.textContent())!)![1]!;
  await freeze.click();
  await expect(main(page)).toContainText('It fits into the 4.3 GB that WebAssembly can use');
  await expect(allTheSame).toBeHidden();
  await expect(train).toBeEnabled();
  await expect(page.getByLabel(`Freeze ${last}`, { exact: true })).toBeChecked();
});
