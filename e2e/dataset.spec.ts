// The page of a dataset: tiles found and looked at, classes edited, clones, exports that come back, and what runs forbid.
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { drop, expect, fillRun, importFolders, test } from './fixtures/page-test';
import { classes, street, voidId, writeStreets } from './fixtures/street';

/** Pixels of a class in the streets of these numbers. */
const pixels = (id: number, numbers: number[]) =>
  numbers.reduce((sum, index) => sum + street(index).labels.filter((one) => one === id).length, 0);

const records = (page: Page) => page.evaluate(() => window.intarsia.datasets());
const recordOf = async (page: Page, name: string) => (await records(page)).find((one) => one.name === name)!;
const tiles = (page: Page) => page.getByRole('list', { name: 'Tiles' });
const cards = (page: Page) => tiles(page).getByRole('button');

test('tiles are filtered, sorted and looked at, by keyboard alone', async ({ page, folder }) => {
  await importFolders(page, writeStreets(folder, 20), 'streets');
  const result = page.getByRole('status').filter({ hasText: 'tile' });
  await expect(result).toHaveText('20 tiles');
  await page.getByRole('radio', { name: /^Validation/ }).check({ force: true });
  await expect(result).toHaveText('2 of 20 tiles');
  await page.getByRole('radio', { name: /^All/ }).check({ force: true });
  await page.getByLabel('Name contains').fill('STREET-001');
  await expect(result).toHaveText('10 of 20 tiles');
  await page.getByLabel('Name contains').fill('nowhere');
  await expect(page.getByText('No tile passes this filter.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear the filter' }).click();

  await page.getByLabel('With class').selectOption({ label: 'building' });
  await page.getByLabel('Order', { exact: true }).selectOption({ label: 'Largest share first' });
  const share = (index: number) => pixels(1, [index]) / (64 * 48);
  const byShare = [...Array(20).keys()].sort((a, b) => share(b) - share(a));
  await expect(cards(page).first()).toContainText(`${(share(byShare[0]!) * 100).toFixed(1)} %`);
  const bound = (share(byShare[9]!) * 100).toFixed(1);
  await page.getByLabel('From, in percent').fill(bound);
  const passing = byShare.filter((index) => share(index) >= Number(bound) / 100).length;
  expect(passing).toBeGreaterThan(0);
  expect(passing).toBeLessThan(20);
  await expect(result).toHaveText(`${passing} of 20 tiles`);

  // Going elsewhere and back shows the same tiles.
  await page.getByRole('link', { name: 'Datasets', exact: true }).click();
  await page.goBack();
  await expect(result).toHaveText(`${passing} of 20 tiles`);
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await page.getByLabel('Order', { exact: true }).selectOption({ label: 'Name' });
  await page.getByRole('radio', { name: 'Label', exact: true }).check({ force: true });

  await cards(page).first().focus();
  await page.keyboard.press('End');
  await expect(cards(page).filter({ hasText: 'street-0019' })).toBeFocused();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await expect(cards(page).filter({ hasText: 'street-0001' })).toBeFocused();
  await page.keyboard.press('Enter');
  const viewer = page.getByRole('dialog');
  await expect(viewer.getByRole('heading', { name: 'street-0001' })).toBeVisible();
  const list = viewer.getByRole('list', { name: 'Classes of this tile' });
  await expect(list).toContainText(`${((pixels(2, [1]) / (64 * 48)) * 100).toFixed(2)} %`);
  await page.keyboard.press('ArrowRight');
  await expect(viewer.getByRole('heading', { name: 'street-0002' })).toBeVisible();
  await page.keyboard.press('4');
  const stage = viewer.getByLabel('Overlay of street-0002');
  await stage.hover({ position: { x: 400, y: 650 } });
  await expect(viewer.locator('.named')).toHaveText('road');
  const zoom = viewer
    .locator('.zoom')
    .getByText(/^\d+ %$/)
    .first();
  const before = await zoom.textContent();
  await stage.focus();
  await page.keyboard.press('+');
  await expect(zoom).not.toHaveText(before!);
  await page.keyboard.press('Escape');
  await expect(viewer).toHaveCount(0);
  await expect(cards(page).filter({ hasText: 'street-0002' })).toBeFocused();
});

test('frequencies as bars and as a table lead to the tiles of a class', async ({ page, folder }) => {
  await importFolders(page, writeStreets(folder, 10), 'streets');
  const section = page.getByRole('region', { name: 'Class frequencies' });
  await section.getByRole('radio', { name: 'Table' }).check({ force: true });
  const { pixels: stored } = await recordOf(page, 'streets');
  const all = [...Array(10).keys()];
  const row = section.getByRole('row', { name: /^car/ });
  expect(stored.train.classes[3]! + stored.val.classes[3]!).toBe(pixels(3, all));
  await expect(row).toContainText(stored.train.classes[3]!.toLocaleString('en'));
  // Every street has a car: 9 tiles train, 1 validates.
  await expect(row.getByRole('cell').nth(4)).toHaveText('9');
  await expect(row.getByRole('cell').nth(7)).toHaveText('1');
  await section.getByRole('radio', { name: 'In their order' }).check({ force: true });
  await expect(section.getByRole('row').nth(2)).toContainText('sky');
  await row.getByRole('button').click();
  await expect(page.getByLabel('With class')).toHaveValue('3');
});

test('classes are renamed, recoloured and merged, and a run that has not ended forbids a merge', async ({
  page,
  folder,
}) => {
  await importFolders(page, writeStreets(folder, 10), 'streets');
  const before = await recordOf(page, 'streets');
  await page.getByRole('button', { name: 'Edit classes' }).click();
  const panel = page.getByRole('region', { name: 'Edit classes' });
  const apply = panel.getByRole('button', { name: 'Apply', exact: true });
  await expect(apply).toBeDisabled();
  await panel.getByLabel('Name of sky').fill('Road');
  await expect(panel.getByText('Two classes are called').first()).toBeVisible();
  await expect(apply).toBeDisabled();
  await panel.getByLabel('Name of sky').fill('heaven');
  await panel.getByLabel('Colour of sky').fill('#010203');
  await expect(panel).toContainText('sky is called heaven');
  await apply.click();
  await expect(panel).toHaveCount(0);
  await expect(page.getByRole('table', { name: 'Class shares' })).toContainText('heaven');
  const renamed = await recordOf(page, 'streets');
  expect(renamed.classes[0]).toEqual({ id: 0, name: 'heaven', colour: [1, 2, 3] });
  expect(renamed.pixels).toEqual(before.pixels);

  await page.getByRole('button', { name: 'Edit classes' }).click();
  await panel.getByLabel('car becomes').selectOption({ label: 'Part of road' });
  await panel.getByLabel('building becomes').selectOption({ label: 'Void: does not count' });
  const train = before.pixels.train.classes;
  await expect(panel).toContainText('car is merged into road');
  await expect(panel).toContainText('building becomes void');
  await panel.getByRole('button', { name: 'Merge and apply' }).click();
  await expect(panel).toHaveCount(0);
  const merged = await recordOf(page, 'streets');
  expect(merged.classes.map(({ name }) => name)).toEqual(['heaven', 'road']);
  expect(merged.pixels.train).toEqual({
    classes: [train[0]!, train[2]! + train[3]!],
    void: before.pixels.train.void + train[1]!,
  });

  await fillRun(page, 'streets', { name: 'long', epochs: 500, learningRate: 1e-4, batch: 2 });
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByRole('main')).toContainText(/epoch [1-9]/, { timeout: 120_000 });
  await page.getByRole('main').getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByRole('status', { name: 'Run status' })).toContainText(/stopped/i);
  await page.goto(`#/datasets/${merged.id}`);
  await page.getByRole('button', { name: 'Edit classes' }).click();
  await panel.getByLabel('heaven becomes').selectOption({ label: 'Part of road' });
  await expect(panel.getByRole('status').filter({ hasText: 'cannot be merged' })).toContainText(
    'long (stopped)',
  );
  await expect(panel.getByRole('button', { name: 'Merge and apply' })).toBeDisabled();
  await panel.getByRole('button', { name: 'Clone with these classes' }).click();
  const clone = page.getByRole('region', { name: 'Clone' });
  await clone.getByLabel('Name', { exact: true }).fill('one class');
  await clone.getByRole('button', { name: 'Clone 10 tiles' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'one class' })).toBeVisible();
  expect((await recordOf(page, 'one class')).classes.map(({ name }) => name)).toEqual(['road']);
  expect(await recordOf(page, 'streets')).toEqual(merged);
});

test('what is shown is cloned, cut smaller', async ({ page, folder }) => {
  await importFolders(page, writeStreets(folder, 10), 'streets');
  await page.getByLabel('Name contains').fill('000');
  await page.getByRole('radio', { name: /^Training/ }).check({ force: true });
  await page.getByRole('button', { name: 'Clone what is shown' }).click();
  const panel = page.getByRole('region', { name: 'Clone' });
  await expect(panel).toContainText('training tiles of pictures named "000"');
  await panel.getByLabel('Cut tiles into').selectOption('other');
  await panel.getByLabel('Cut tiles into width').fill('32');
  await panel.getByLabel('Cut tiles into height').fill('48');
  await panel.getByRole('button', { name: 'Clone 9 tiles' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'streets copy' })).toBeVisible();
  await expect(page.getByText('training tiles of pictures named "000" of streets')).toBeVisible();
  const [streets, copy] = [await recordOf(page, 'streets'), await recordOf(page, 'streets copy')];
  expect(copy).toMatchObject({ state: 'ready', tiles: { train: 18, val: 0 }, pairs: { train: 9, val: 0 } });
  expect(copy.pixels.train).toEqual(streets.pixels.train);
  expect(copy.channelSums!.train).toEqual(streets.channelSums!.train);
  await expect(cards(page).first()).toContainText('street-0000');
});

test('an exported zip is imported again as the same dataset', async ({ page, folder }) => {
  // Without a dialog to choose a file in, which nobody would answer here.
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
  await importFolders(page, writeStreets(folder, 12), 'streets');
  const before = await recordOf(page, 'streets');
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const panel = page.getByRole('region', { name: 'Export' });
  await expect(panel).toContainText(`ignore_label: ${voidId}`);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    panel.getByRole('button', { name: 'Save streets.zip' }).click(),
  ]);
  const zip = join(folder, 'streets.zip');
  await download.saveAs(zip);
  await expect(panel.getByRole('status').filter({ hasText: 'streets.zip has' })).toBeVisible();

  await page.goto('#/datasets/new');
  await drop(page, [zip]);
  await expect(page.getByRole('region', { name: 'Found' })).toContainText('12 pairs');
  await page.getByLabel('Name', { exact: true }).fill('again');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'again' })).toBeVisible();
  const after = await recordOf(page, 'again');
  expect(after.classes).toEqual(before.classes);
  expect(after.voidClass).toEqual(before.voidClass);
  expect(after.voidClass?.colour).toEqual(classes[voidId].colour);
  expect(after.pairs).toEqual(before.pairs);
  expect(after.pixels).toEqual(before.pixels);
  expect(after.channelSums).toEqual(before.channelSums);
  expect(after.rejected).toEqual([]);
});

test('a dataset that a run needs is not deleted, and the page says why', async ({ page, folder }) => {
  await importFolders(page, writeStreets(folder, 10), 'streets');
  const { id } = await recordOf(page, 'streets');
  await fillRun(page, 'streets', { name: 'hungry', epochs: 500, learningRate: 1e-4, batch: 2 });
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByRole('main').getByRole('button', { name: 'Stop' })).toBeVisible();
  await page.goto(`#/datasets/${id}`);
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('These runs need it.');
  await expect(dialog.getByRole('link', { name: 'hungry' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Delete dataset' }).click();
  await expect(dialog.getByRole('alert')).toContainText('"streets" is needed by the run "hungry"');
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  await page.getByRole('region', { name: 'Running job' }).getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByRole('region', { name: 'Running job' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(dialog).toContainText('cannot go on without it');
  await dialog.getByRole('button', { name: 'Delete dataset' }).click();
  await expect(page).toHaveURL(/#\/datasets$/);
  expect(await records(page)).toEqual([]);
});
