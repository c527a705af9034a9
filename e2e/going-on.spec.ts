// An import that was ended in the middle leaves a dataset whose counts are right, and goes on to the very dataset that an undisturbed
// import makes, byte for byte.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from '@playwright/test';
import { drop, expect, test } from './fixtures/page-test';
import { storedDataset } from './fixtures/stored';
import { greyPng, imagePng, street, writeStreets } from './fixtures/street';
import { chromiumArgs, findChromium } from './tools/chromium.mjs';

const pairs = 60;

/** Streets with three bad files among them. */
function writeSource(folder: string) {
  const source = writeStreets(folder, pairs);
  for (const [number, image, label] of [
    [10, 'This is no picture.', greyPng(street(10))],
    [47, imagePng(street(47)).subarray(0, 900), greyPng(street(47))],
    [52, imagePng(street(52)), greyPng(street(52, 32, 24))],
  ] as const) {
    const name = `street-00${number}.png`;
    writeFileSync(join(source.images, name), image);
    writeFileSync(join(source.labels, name), label);
  }
  return source;
}
type Source = ReturnType<typeof writeSource>;

async function open(page: Page): Promise<void> {
  await page.goto('');
  await page.waitForFunction(() => 'intarsia' in window);
}

/** Picks the folders and fills the form: pictures large enough that many batches are stored, in tiles that overlap. */
async function fill(page: Page, { images, labels, classes }: Source, name: string): Promise<void> {
  await page.goto('#/datasets/new');
  await page.getByLabel('Class list', { exact: true }).setInputFiles(classes);
  await page.getByLabel('Folder of images', { exact: true }).setInputFiles(images);
  await page.getByLabel('Folder of labels', { exact: true }).setInputFiles(labels);
  await expect(page.getByRole('region', { name: 'Found' })).toContainText(`${pairs} pairs`);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await choose(page);
}

async function choose(page: Page): Promise<void> {
  await page.getByLabel('Size', { exact: true }).selectOption('other');
  await page.getByLabel('Size width').fill('640');
  await page.getByLabel('Size height').fill('480');
  await page.getByLabel('Tiles', { exact: true }).selectOption('other');
  await page.getByLabel('Tiles width').fill('256');
  await page.getByLabel('Tiles height').fill('256');
  await page.getByLabel('Overlap', { exact: true }).fill('16');
  await page.getByLabel('Validation share (%)').fill('20');
}

const start = (page: Page) => page.getByRole('button', { name: 'Import', exact: true }).click();

async function importWhole(page: Page, source: Source): Promise<void> {
  await fill(page, source, 'whole');
  await start(page);
  await expect(page.getByRole('heading', { level: 1, name: 'whole' })).toBeVisible({ timeout: 120_000 });
}

/** The record of a dataset; undefined before there is one. */
const recordOf = (page: Page, name: string) =>
  page.evaluate(async (name) => (await window.intarsia.datasets()).find((one) => one.name === name), name);

/** Waits until at least so many pairs of the dataset are stored or rejected, and not all. */
async function reached(page: Page, name: string, done: number): Promise<void> {
  const poll = { intervals: [10], timeout: 120_000 };
  await expect
    .poll(async () => (await recordOf(page, name))?.unfinished?.done ?? -1, poll)
    .toBeGreaterThanOrEqual(done);
}

/** Ends the page's process, its workers with it. */
async function crash(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  // It is never answered.
  session.send('Page.crash').catch(() => undefined);
  await crashed;
}

/** A new page after the old one died, on the page of the partial dataset, whose counts agree with its tiles. */
async function openPartial(context: BrowserContext, url: string, name: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${url}#/datasets`);
  await page.getByRole('link', { name, exact: true }).click();
  const notice = page.getByRole('region', { name: 'Unfinished import' });
  await expect(notice).toContainText(new RegExp(`after \\d+ of ${pairs} pairs`));
  const { record, tiles } = await storedDataset(page, name);
  expect(record.state).toBe('partial');
  expect(tiles).toHaveLength(record.tiles.train + record.tiles.val);
  expect(record.tileSizes.reduce((sum, { count }) => sum + count, 0)).toBe(tiles.length);
  const bad = record.rejected.filter(({ file }) => /street/.test(file)).length;
  expect(record.pairs.train + record.pairs.val + bad).toBe(record.unfinished!.done);
  return page;
}

async function expectSame(page: Page, name: string): Promise<void> {
  await expect.poll(async () => (await recordOf(page, name))?.state, { timeout: 120_000 }).toBe('ready');
  expect(await storedDataset(page, name)).toEqual(await storedDataset(page, 'whole'));
  await expect(page.getByRole('region', { name: 'Unfinished import' })).toBeHidden();
}

test('after a crash at any moment the same files complete it', async ({ page, context, baseURL, folder }) => {
  test.setTimeout(400_000);
  const source = writeSource(folder);
  await open(page);
  await importWhole(page, source);
  for (const done of [0, 20, 45]) {
    const name = `crashed at ${done}`;
    const doomed = await context.newPage();
    await open(doomed);
    await fill(doomed, source, name);
    await start(doomed);
    await reached(doomed, name, done);
    await crash(doomed);
    const after = await openPartial(context, baseURL!, name);
    // Other files are refused, and say which.
    await drop(after, [source.labels]);
    await expect(after.getByRole('region', { name: 'Unfinished import' })).toContainText(
      `${pairs + 1} files are missing or not as before`,
    );
    await drop(after, [source.images, source.classes]);
    await expectSame(after, name);
    await after.close();
  }
});

test('after the browser was killed', async ({ baseURL, folder }) => {
  test.setTimeout(240_000);
  const source = writeSource(folder);
  const executablePath = await findChromium();
  const launch = () =>
    chromium.launchPersistentContext(join(folder, 'profile'), {
      args: chromiumArgs,
      baseURL: baseURL!,
      viewport: { width: 1280, height: 800 },
      ...(executablePath ? { executablePath } : {}),
    });
  let context = await launch();
  let page = context.pages()[0]!;
  await open(page);
  await importWhole(page, source);
  await fill(page, source, 'killed');
  await start(page);
  await reached(page, 'killed', 30);
  const session = await context.browser()!.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const closed = context.waitForEvent('close');
  process.kill(processInfo.find(({ type }) => type === 'browser')!.id, 'SIGKILL');
  await closed;
  context = await launch();
  page = await openPartial(context, baseURL!, 'killed');
  await drop(page, [source.images, source.labels, source.classes]);
  await expectSame(page, 'killed');
  await context.close();
});

test('after it was cancelled', async ({ page, folder }) => {
  test.setTimeout(240_000);
  const source = writeSource(folder);
  await open(page);
  await importWhole(page, source);

  await fill(page, source, 'cancelled');
  await start(page);
  await reached(page, 'cancelled', 20);
  await page.getByRole('region', { name: 'Import' }).getByRole('button', { name: 'Cancel' }).click();
  const notice = page.getByRole('region', { name: 'Unfinished import' });
  await expect(notice).toContainText('The import was cancelled after');
  await drop(page, [source.images, source.labels, source.classes]);
  await expectSame(page, 'cancelled');
});

test('after the disk was full', async ({ page, context, baseURL, folder }) => {
  test.setTimeout(240_000);
  const source = writeSource(folder);
  await open(page);
  await importWhole(page, source);

  const session = await context.newCDPSession(page);
  const origin = new URL(baseURL!).origin;
  // Room for some of another dataset of the same size; the browser packs it, and how much is its own matter.
  const used = await page.evaluate(async () => (await navigator.storage.estimate()).usage!);
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: Math.round(used * 1.4) });
  // Chromium remembers for about half a minute how much room a database has left, so a new quota counts only then.
  await page.goto('about:blank');
  await page.waitForTimeout(40_000);
  await open(page);
  await fill(page, source, 'full');
  await start(page);
  await expect(page.getByRole('region', { name: 'Unfinished import' })).toContainText(
    'The browser had no storage left',
  );
  await expect(page.getByRole('link', { name: 'Train on it' })).toBeVisible();
  await session.send('Storage.overrideQuotaForOrigin', { origin });
  await drop(page, [source.images, source.labels, source.classes]);
  await expectSame(page, 'full');
});

test('what is here can be kept as it is', async ({ page, folder }) => {
  const source = writeSource(folder);
  await open(page);
  await fill(page, source, 'part');
  await start(page);
  await reached(page, 'part', 20);
  await page.getByRole('region', { name: 'Import' }).getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('region', { name: 'Unfinished import' })).toBeVisible();
  await page.goto('#/datasets');
  await page.getByRole('button', { name: 'Keep what is here of part' }).click();
  await expect(page.getByRole('button', { name: 'Keep what is here of part' })).toBeHidden();
  const { record } = await storedDataset(page, 'part');
  expect(record.state).toBe('ready');
  expect(record.unfinished).toBeUndefined();
  const kept = record.pairs.train + record.pairs.val;
  expect(kept).toBeGreaterThanOrEqual(18);
  expect(record.rejected.at(-1)!.reason).toContain('ended before their turn');
});

test('a city goes on by itself', async ({ page, context }) => {
  test.setTimeout(300_000);
  await open(page);
  const city = { frames: 5, size: { width: 800, height: 600 }, seed: 3 };
  await page.evaluate((city) => window.intarsia.makeCity({ name: 'whole', ...city }), city);
  const doomed = await context.newPage();
  await open(doomed);
  await doomed.evaluate((city) => void window.intarsia.makeCity({ name: 'city', ...city }), city);
  await reached(doomed, 'city', 3);
  await crash(doomed);
  await page.goto('#/datasets');
  await page.reload();
  await page.getByRole('button', { name: 'Go on with city' }).click();
  await expectSame(page, 'city');
});

test('a folder that the page may read again goes on with a click', async ({
  page,
  context,
  baseURL,
  folder,
}) => {
  test.setTimeout(240_000);
  const source = writeSource(folder);
  await open(page);
  await importWhole(page, source);
  const doomed = await context.newPage();
  // The system's dialogue cannot be operated; a folder of the browser's own file system is given in its place.
  await doomed.addInitScript(() => {
    Object.assign(window, {
      showDirectoryPicker: async () => (await navigator.storage.getDirectory()).getDirectoryHandle('set'),
    });
  });
  await open(doomed);
  await doomed.evaluate(() => {
    const input = document.createElement('input');
    Object.assign(input, { type: 'file', id: 'given', webkitdirectory: true, hidden: true });
    document.body.append(input);
  });
  await doomed.locator('#given').setInputFiles(folder);
  await doomed.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const set = await root.getDirectoryHandle('set', { create: true });
    for (const file of (document.getElementById('given') as HTMLInputElement).files!) {
      const parts = file.webkitRelativePath.split('/').slice(1);
      let inner = set;
      for (const part of parts.slice(0, -1)) inner = await inner.getDirectoryHandle(part, { create: true });
      const writable = await (await inner.getFileHandle(parts.at(-1)!, { create: true })).createWritable();
      await writable.write(file);
      await writable.close();
    }
  });
  await doomed.goto('#/datasets/new');
  await doomed.locator('label', { hasText: 'Parent folder' }).click();
  await expect(doomed.getByRole('region', { name: 'Found' })).toContainText(`${pairs} pairs`);
  await doomed.getByLabel('Name', { exact: true }).fill('by handle');
  await choose(doomed);
  await start(doomed);
  await reached(doomed, 'by handle', 20);
  await crash(doomed);
  const after = await openPartial(context, baseURL!, 'by handle');
  await after.getByRole('button', { name: 'Go on', exact: true }).click();
  await expect.poll(async () => (await recordOf(after, 'by handle'))?.state).toBe('ready');
  const [whole, again] = [await storedDataset(after, 'whole'), await storedDataset(after, 'by handle')];
  expect(again.tiles).toEqual(whole.tiles);
  expect(again.record.pixels).toEqual(whole.record.pixels);
});
