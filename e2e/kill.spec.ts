// Whatever kills a run, and whenever: it goes on from its last snapshot, and ends with the very bits of a run that nobody disturbed.
import type { BrowserContext, Page } from '@playwright/test';
import {
  atMoment,
  begin,
  disturb,
  epochsOf,
  epochsOn,
  expectSame,
  goOn,
  heard,
  launch,
  moments,
  openAgain,
  prepare,
  statusOf,
} from './fixtures/kill';
import { expect, test } from './fixtures/page-test';

/** Kills the page's run ten times in a way that takes the page with it; a new one goes on each time. */
async function killPages(
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
    else await begin(page, 'killed', 'wasm', epochsOn.wasm);
    begun = true;
    await now;
    page = await openAgain(await kill(page), url, 'killed');
  }
  await goOn(page, 'killed');
  return page;
}

// A machine that is busy takes its time over a graphics adapter that is a program.
test.setTimeout(1_200_000);

test('a page that crashes', async ({ page, context, baseURL, folder }) => {
  const before = await prepare(page, folder, 'wasm');
  const doomed = await context.newPage();
  await doomed.goto(baseURL!);
  const last = await killPages(baseURL!, doomed, 1, async (victim) => {
    const session = await context.newCDPSession(victim);
    const crashed = victim.waitForEvent('crash');
    // It is never answered.
    session.send('Page.crash').catch(() => undefined);
    await crashed;
    return context;
  });
  await expectSame(last, before);
});

test('a tab that is closed', async ({ page, context, baseURL, folder }) => {
  const before = await prepare(page, folder, 'wasm');
  const doomed = await context.newPage();
  await doomed.goto(baseURL!);
  const last = await killPages(baseURL!, doomed, 2, async (victim) => {
    await victim.close();
    return context;
  });
  await expectSame(last, before);
});

test('a browser that is killed', async ({ baseURL, folder }) => {
  let context = await launch(folder, baseURL!);
  const page = context.pages()[0]!;
  const before = await prepare(page, folder, 'wasm');
  const last = await killPages(baseURL!, page, 3, async () => {
    const session = await context.browser()!.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const closed = context.waitForEvent('close');
    process.kill(processInfo.find(({ type }) => type === 'browser')!.id, 'SIGKILL');
    await closed;
    context = await launch(folder, baseURL!);
    return context;
  });
  await expectSame(last, before);
  await context.close();
});

test('a worker that is terminated', async ({ page, folder }) => {
  await page.addInitScript(() => {
    const workers: Worker[] = [];
    Object.assign(window, { workers });
    window.Worker = class extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        if (options?.name === 'trainer') workers.push(this);
      }
    };
  });
  const before = await prepare(page, folder, 'wasm');
  await disturb(page, 'wasm', 4, () =>
    page.evaluate(async () => {
      const all = window as unknown as { workers: Worker[]; killed?: Worker };
      // What a dead worker had said may arrive late: its successor is not there yet.
      while (all.workers.at(-1) === all.killed) await new Promise((resolve) => setTimeout(resolve, 20));
      all.killed = all.workers.at(-1)!;
      all.killed.terminate();
    }),
  );
  await expectSame(page, before);
  const started = await page.evaluate(() => (window as unknown as { workers: Worker[] }).workers.length);
  expect(started).toBeGreaterThan(10);
});

test('a computer that sleeps', async ({ page, browser, folder }) => {
  const before = await prepare(page, folder, 'wasm');
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const ids = processInfo.filter(({ type }) => type === 'renderer' || type === 'GPU').map(({ id }) => id);
  await disturb(page, 'wasm', 5, async () => {
    for (const id of ids) process.kill(id, 'SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 400));
    for (const id of ids) process.kill(id, 'SIGCONT');
  });
  expect(await statusOf(page, 'killed')).toMatch(/running|done/);
  await expectSame(page, before);
});

test('a disk that is full', async ({ page, context, baseURL, folder }) => {
  const before = await prepare(page, folder, 'wasm');
  const session = await context.newCDPSession(page);
  const { origin } = new URL(baseURL!);
  const { usage } = await session.send('Storage.getUsageAndQuota', { origin });
  let quotaSize = usage + 24_000;
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize });
  // Chromium goes on with what it knew of the room for half a minute; that there is more is known at once.
  await page.waitForTimeout(35_000);
  let waits = heard(page, 'paused');
  await begin(page, 'killed', 'wasm', epochsOn.wasm);
  const full = new Set<number>();
  for (let time = 1; time <= 10; time++) {
    await waits;
    full.add(await epochsOf(page, 'killed'));
    if (time < 10) waits = heard(page, 'paused');
    // Room for a few snapshots at most.
    quotaSize += 2500;
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize });
    await page.evaluate(() => window.intarsia.resume());
  }
  expect(full.size).toBeGreaterThan(3);
  await session.send('Storage.overrideQuotaForOrigin', { origin });
  await page.evaluate(() => window.intarsia.resume());
  await expectSame(page, before);
});
