// One run and two tabs: the second watches it live and can take it over, and the first one then stores nothing more.
import type { Page } from '@playwright/test';
import type { RunRecord } from '../src/training/types';
import { begin, done, kept, statusOf } from './fixtures/kill';
import { expect, importFolders, test } from './fixtures/page-test';
import { writeStreets } from './fixtures/street';

const record = (page: Page): Promise<RunRecord> =>
  page.evaluate(async () => (await window.intarsia.runs()).find(({ name }) => name === 'shared')!);

async function openRun(page: Page): Promise<void> {
  await page.goto('#/train');
  await page.getByRole('table').getByRole('link', { name: 'shared', exact: true }).click();
}

const stepShown = async (page: Page) => {
  const text = await page.getByRole('region', { name: 'State' }).locator('dd').first().innerText();
  return Number(text.split(' of ')[0]!.replace(/\D/g, ''));
};

test('the second tab watches, and takes over', async ({ page, context, baseURL, folder }) => {
  test.setTimeout(400_000);
  await page.goto('');
  await importFolders(page, writeStreets(folder, 10), 'streets');
  await begin(page, 'undisturbed', 'wasm', 100);
  await done(page, 'undisturbed');
  await begin(page, 'shared', 'wasm', 100);
  await openRun(page);

  const second = await context.newPage();
  await second.goto(baseURL!);
  await openRun(second);
  await expect(second.getByText('Trains in another tab.')).toBeVisible();
  await expect(second.getByRole('button', { name: 'Pause' })).toBeHidden();
  await expect(second.getByRole('button', { name: 'Delete run' })).toBeHidden();
  // It is followed step by step.
  const seen = await stepShown(second);
  await expect.poll(() => stepShown(second)).toBeGreaterThan(seen);

  const owner = (await record(page)).owner!;
  await second.getByRole('button', { name: 'Take over here' }).click();
  await expect(page.getByText('Trains in another tab.')).toBeVisible();
  await expect(second.getByRole('button', { name: 'Pause' }).first()).toBeVisible();
  expect((await record(page)).owner).toBe(owner + 1);

  // The former owner watches in its turn; both see the end, which is that of a run that nobody disturbed.
  await done(second, 'shared');
  for (const tab of [page, second]) {
    await expect(tab.getByRole('status', { name: 'Run status' })).toHaveText(/done/i);
  }
  expect(await kept(page, 'shared')).toEqual(await kept(page, 'undisturbed'));
});

test('a watcher learns that the tab which trained is gone', async ({ page, context, baseURL, folder }) => {
  await page.goto('');
  await importFolders(page, writeStreets(folder, 10), 'streets');
  const doomed = await context.newPage();
  await doomed.goto(baseURL!);
  await begin(doomed, 'shared', 'wasm', 2000);
  await expect.poll(() => statusOf(page, 'shared')).toBe('running');
  await openRun(page);
  await expect(page.getByText('Trains in another tab.')).toBeVisible();
  await doomed.close();
  await expect(page.getByRole('status', { name: 'Run status' })).toHaveText(/interrupted/i);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('button', { name: 'Stop' }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Stop' }).first().click();
});
