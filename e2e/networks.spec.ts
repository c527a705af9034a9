// The pages of networks: a built-in one is opened, changed, broken and mended; files become networks; one is trained.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { list, main, openNetwork, problems, row, stored } from './fixtures/network-page';
import { drop, expect, importFolders, test } from './fixtures/page-test';
import { writeFolder, writeStreets } from './fixtures/street';

/** A network of one layer that can be read and not trained. */
const small = (name: string) =>
  `name: "${name}"\nlayer { name: "up" type: "ReLU" bottom: "data" top: "up" }\n`;

test('a person opens FCN-8s, sees the skips, changes the classes, breaks it and mends it', async ({
  page,
}) => {
  await openNetwork(page, 'FCN-8s');
  const join4 = page.getByRole('button', { name: /^fuse_pool4.*by a skip from score_pool4c/ });
  const join3 = page.getByRole('button', { name: /^fuse_pool3.*by a skip from score_pool3c/ });
  await expect(join4).toBeAttached();
  await expect(join3).toBeAttached();
  await expect(problems(page)).toContainText('No problems');
  await expect(main(page)).toContainText('134,368,799');

  const whole = (await page.getByRole('group', { name: 'Graph of the network' }).boundingBox())!;
  for (const shown of [join4, join3, page.getByText('skip from pool4'), page.getByText('skip from pool3')]) {
    const box = (await shown.boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(whole.x);
    expect(box.y).toBeGreaterThanOrEqual(whole.y);
    expect(box.x + box.width).toBeLessThanOrEqual(whole.x + whole.width);
    expect(box.y + box.height).toBeLessThanOrEqual(whole.y + whole.height);
  }
  await join4.click();
  await expect(row(page, 'fuse_pool4')).toHaveAttribute('aria-current', 'true');
  await expect(page.locator('.cm-line', { hasText: 'top: "fuse_pool4"' })).toBeInViewport();
  await row(page, 'score').getByRole('button').click();
  await expect(page.locator('.cm-line', { hasText: 'crop_param { axis: 2 offset: 31 }' })).toBeInViewport();

  await page.getByLabel('Classes', { exact: true }).fill('4');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'My FCN-8s' })).toBeVisible();
  await expect(main(page)).toContainText('FCN-8s itself stays as it is');
  await expect(row(page, 'upscore8')).toContainText('4 × 440 × 568');
  const [copy] = await stored(page);
  expect(copy).toMatchObject({ name: 'My FCN-8s', origin: { kind: 'zoo', id: 'fcn-8s' } });
  expect(copy!.prototxt).toContain('# FCN-16s with a second skip');
  expect(page.url()).toContain(copy!.id);

  await row(page, 'upscore_pool4').getByRole('button').click();
  await page.locator('.cm-line', { hasText: 'bottom: "fuse_pool4"' }).click();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.type('s');
  await expect(problems(page)).toContainText('"fuse_pool4s", which no layer before it makes');
  await expect(main(page)).toContainText('As it was before the last errors.');
  await expect(row(page, 'upscore8')).toContainText('4 × 440 × 568');
  await expect(page.getByRole('button', { name: 'Train with it' })).toBeDisabled();
  await problems(page)
    .getByRole('button', { name: /^Line \d+$/ })
    .click();
  await expect(page.locator('.cm-line', { hasText: 'bottom: "fuse_pool4s"' })).toBeInViewport();

  await page.locator('.cm-line', { hasText: 'bottom: "fuse_pool4s"' }).click();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Backspace');
  await expect(problems(page)).toContainText('No problems');
  await expect(page.getByRole('link', { name: 'Train with it' })).toBeVisible();
  await page.keyboard.press('End');
  await page.keyboard.type(' # mended');
  // Leaving stores what is not stored yet.
  await page.getByRole('link', { name: 'Networks', exact: true }).click();
  await expect.poll(async () => (await stored(page))[0]!.prototxt).toContain('"fuse_pool4" # mended');
  await page.reload();
  await openNetwork(page, 'My FCN-8s');
  await expect(page.getByLabel('Classes', { exact: true })).toHaveValue('4');
  await openNetwork(page, 'FCN-8s');
  await expect(page.getByLabel('Classes', { exact: true })).toHaveValue('21');
});

test('a classifier leads to its conversion, and not to training', async ({ page }) => {
  await openNetwork(page, 'AlexNet');
  await expect(main(page)).toContainText('It names the whole image');
  await expect(page.getByRole('link', { name: 'Train with it' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Make it fully convolutional' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Make it fully convolutional' })).toBeVisible();
});

test('files become networks, by drop and by picker, and the rest is refused with its reason', async ({
  page,
  folder,
}) => {
  const path = writeFolder(join(folder, 'nets'), {
    'one.prototxt': small('One'),
    'two.prototxt': small('Two'),
    'solver.prototxt': 'net: "one.prototxt"\nbase_lr: 0.001\n',
    'broken.prototxt': 'layer {\n  name: "a"\n  type: "ReLU"\n',
  });
  await page.goto('#/networks');
  await expect(list(page, 'Built in')).toContainText('355');
  await drop(
    page,
    ['one.prototxt', 'two.prototxt', 'solver.prototxt', 'broken.prototxt'].map((name) => join(path, name)),
  );
  await expect(main(page)).toContainText('2 networks imported: One, Two.');
  const refused = page.getByRole('region', { name: 'Not usable' }).getByRole('listitem');
  await expect(refused.filter({ hasText: 'solver.prototxt' })).toContainText('Open the file that its "net"');
  await expect(refused.filter({ hasText: 'broken.prototxt' })).toContainText(/Line \d/);
  await page.getByLabel('Import', { exact: true }).setInputFiles(join(path, 'one.prototxt'));
  await expect(page.getByRole('heading', { level: 1, name: 'One 2' })).toBeVisible();
  expect((await stored(page)).map(({ name }) => name).sort()).toEqual(['One', 'One 2', 'Two']);
});

test('a network is duplicated, renamed, exported and deleted', async ({ page }) => {
  await page.goto('#/networks');
  await expect(main(page)).toContainText('Networks that you write or change will be here');
  const menu = async (name: string, entry: string) => {
    await page.getByRole('button', { name: `More for ${name}`, exact: true }).click();
    await page.getByRole('button', { name: entry, exact: true }).click();
  };
  await menu('FCN-8s', 'Duplicate');
  await expect(list(page, 'Yours').getByRole('link', { name: 'FCN-8s copy' })).toBeVisible();
  await menu('FCN-8s copy', 'Rename');
  await page.getByRole('textbox', { name: 'New name' }).fill('streets');
  await page.keyboard.press('Enter');
  await expect(list(page, 'Yours').getByRole('link', { name: 'streets' })).toBeVisible();
  const [download] = await Promise.all([page.waitForEvent('download'), menu('streets', 'Export')]);
  expect(download.suggestedFilename()).toBe('streets.prototxt');
  const [record] = await stored(page);
  expect(readFileSync(await download.path(), 'utf8')).toBe(record!.prototxt);

  await openNetwork(page, 'streets');
  await page.getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('FCN-8s');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'FCN-8s', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Duplicate' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'FCN-8s copy' })).toBeVisible();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.getByRole('dialog')).toContainText('have their own copy');
  await page.getByRole('button', { name: 'Delete network' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Networks' })).toBeVisible();
  expect((await stored(page)).map(({ name }) => name)).toEqual(['FCN-8s']);
});

test("one's own network is trained, and its run outlives it", async ({ page, folder }) => {
  await importFolders(page, writeStreets(folder, 12), 'streets');
  await page.goto('#/networks');
  await page.getByRole('button', { name: 'New network' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'My network' })).toBeVisible();
  await page.getByLabel('Dataset', { exact: true }).selectOption({ label: 'streets' });
  await problems(page).getByRole('button', { name: 'Score 4 classes' }).click();
  await expect(problems(page)).toContainText('No problems');
  await expect(row(page, 'crop')).toContainText('4 × 48 × 64');
  await page.getByRole('link', { name: 'Train with it' }).click();
  await expect(page.getByLabel('Network', { exact: true }).locator('option:checked')).toHaveText(
    'My network',
  );
  await expect(page.getByLabel('Dataset', { exact: true }).locator('option:checked')).toHaveText('streets');
  await expect(main(page)).toContainText('Memory to train');
  await page.getByLabel('Name', { exact: true }).fill('own run');
  await page.getByLabel('Epochs', { exact: true }).fill('1');
  await page.getByText('Advanced').click();
  await page.getByLabel('Backend', { exact: true }).selectOption('wasm');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByRole('status', { name: 'Run status' })).toContainText(/done/i, { timeout: 120_000 });
  await expect(main(page)).toContainText('My network');
  const [network] = await stored(page);
  await page.evaluate((id) => window.intarsia.deleteNetwork(id), network!.id);
  const [run] = await page.evaluate(() => window.intarsia.runs());
  expect(run!.epochs).toHaveLength(1);
  expect(run!.prototxt).toContain('name: "My network"');
  await page.goto('#/train/new?network=alexnet');
  await expect(main(page)).toContainText('names the whole image');
  await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeDisabled();
});

/** Presses Tab until the element has the focus. Escape lets Tab out of the editor. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let i = 0; i < 150; i++) {
    if (await target.evaluate((element) => element === document.activeElement).catch(() => false)) return;
    if (await page.evaluate(() => document.activeElement?.closest('.cm-editor') !== null))
      await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
  }
  throw new Error('Tab does not reach it.');
}

test('everything can be reached by the keyboard alone', async ({ page }) => {
  await page.goto('#/networks');
  await tabTo(page, page.getByRole('button', { name: 'New network' }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Text of the network' })).toBeVisible();
  await tabTo(page, page.getByRole('button', { name: 'Rename' }));
  await page.keyboard.press('Enter');
  await page.keyboard.type('typed');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'typed' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Rename' })).toBeFocused();
  for (const name of ['Duplicate', 'Export', 'Delete']) {
    await tabTo(page, page.getByRole('button', { name, exact: true }));
  }
  for (const name of ['Input size', 'Dataset', 'Classes', 'Width', 'View']) {
    await tabTo(page, page.getByLabel(name, { exact: true }));
  }
  await tabTo(page, page.getByRole('textbox', { name: 'Text of the network' }));
  await tabTo(page, page.getByRole('button', { name: /^data, / }));
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(row(page, 'shift')).toHaveAttribute('aria-current', 'true');
  await tabTo(page, row(page, 'conv2').getByRole('button'));
  await page.keyboard.press('Enter');
  await expect(row(page, 'conv2')).toHaveAttribute('aria-current', 'true');

  await page.goto('#/networks');
  await tabTo(page, page.getByRole('button', { name: 'More for typed' }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Duplicate', exact: true })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('button', { name: 'Rename', exact: true })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'More for typed' })).toBeFocused();
});

test('no page of networks scrolls sideways', async ({ page }) => {
  const overflow = () =>
    page.evaluate(() => {
      const box = document.querySelector('main')!;
      return Math.max(document.documentElement.scrollWidth - innerWidth, box.scrollWidth - box.clientWidth);
    });
  await page.goto('');
  await page.evaluate(
    (text) => window.intarsia.saveNetwork({ name: 'A network with a rather long name', prototxt: text }),
    small('x'),
  );
  for (const width of [320, 768, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto('#/networks');
    await expect(list(page, 'Built in')).toBeVisible();
    expect(await overflow(), `the list at ${width}`).toBe(0);
    await openNetwork(page, 'FCN-8s');
    expect(await overflow(), `the network at ${width}`).toBe(0);
    if (width >= 1000) continue;
    for (const tab of ['Text', 'Layers', 'Problems']) {
      await page.getByRole('tab', { name: tab }).click();
      expect(await overflow(), `${tab} at ${width}`).toBe(0);
    }
  }
});

test('what one tab changes, another shows', async ({ page, context }) => {
  await page.goto('#/networks');
  await page.getByRole('button', { name: 'New network' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'My network' })).toBeVisible();
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(other.getByLabel('Classes', { exact: true })).toHaveValue('12');
  await page.getByLabel('Classes', { exact: true }).fill('7');
  await page.keyboard.press('Enter');
  await expect(other.getByLabel('Classes', { exact: true })).toHaveValue('7');
  await expect(other.getByText('Saved.')).toBeVisible();
  expect((await stored(other))[0]!.prototxt).toContain('num_output: 7');
});
