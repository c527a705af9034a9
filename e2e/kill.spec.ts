// Whatever kills a run, and whenever: it goes on from its last snapshot, and ends with the very bits of a run that nobody disturbed.
import type { BrowserContext, Page } from '@playwright/test';
import { atMoment, begin, done, goOn, kept, moments, openAgain } from './fixtures/kill';
import { expect, importFolders, test } from './fixtures/page-test';
import { storedDataset } from './fixtures/stored';
import { writeStreets } from './fixtures/street';

const epochs = 40;

/** A dataset, a run on it that is left alone, and one that is about to be disturbed. */
async function prepare(page: Page, folder: string, backend: 'wasm' | 'webgpu') {
  await page.goto('');
  await importFolders(page, writeStreets(folder, 10), 'streets');
  const dataset = await storedDataset(page, 'streets');
  await begin(page, 'undisturbed', backend, epochs);
  await done(page, 'undisturbed');
  return { dataset, undisturbed: await kept(page, 'undisturbed') };
}

async function expectSame(page: Page, { dataset, undisturbed }: Awaited<ReturnType<typeof prepare>>) {
  await done(page, 'killed');
  expect(await kept(page, 'killed')).toEqual(undisturbed);
  expect(await storedDataset(page, 'streets')).toEqual(dataset);
}

/** Kills the page's run ten times in a way that takes the page with it; a new one goes on each time. */
async function killPages(
  context: BrowserContext,
  url: string,
  first: Page,
  seed: number,
  kill: (page: Page) => Promise<BrowserContext>,
): Promise<Page> {
  let page = first;
  let begun = false;
  for (const moment of moments(seed)) {
    const now = atMoment(page, moment);
    if (begun) await goOn(page, 'killed');
    else await begin(page, 'killed', 'wasm', epochs);
    begun = true;
    await now;
    context = await kill(page);
    page = await openAgain(context, url, 'killed');
  }
  await goOn(page, 'killed');
  return page;
}

test.setTimeout(600_000);

test('a tab that is closed', async ({ page, context, baseURL, folder }) => {
  const before = await prepare(page, folder, 'wasm');
  const doomed = await context.newPage();
  await doomed.goto(baseURL!);
  const last = await killPages(context, baseURL!, doomed, 2, async (victim) => {
    await victim.close();
    return context;
  });
  await expectSame(last, before);
});
