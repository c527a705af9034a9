// The graphics process dies while a run trains on it: the page says so at once, what was stored is sound, and the run goes on by itself.
import type { Page } from '@playwright/test';
import type { RunRecord, SnapshotRecord } from '../src/training/types';
import { expect, fillRun, importFolders, test } from './fixtures/page-test';
import { writeStreets } from './fixtures/street';

/** Small enough for a software adapter, and a few steps an epoch. */
const prototxt = `name: "Small"
layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
  convolution_param { num_output: 8 kernel_size: 3 pad: 1 weight_filler { type: "msra" } } }
layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
layer { name: "score" type: "Convolution" bottom: "conv1" top: "score"
  convolution_param { num_output: 3 kernel_size: 1 weight_filler { type: "msra" } } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "score" bottom: "label" top: "loss" loss_param { ignore_label: 255 } }
`;

const title = 'The graphics device was lost';

/** Kills the graphics process; resolves with the milliseconds until the page shows what happened. */
async function crashAndTime(page: Page): Promise<number> {
  const session = await page.context().browser()!.newBrowserCDPSession();
  const before = Date.now();
  await session.send('Browser.crashGpuProcess');
  const shown = await page.waitForFunction(
    (title) => document.body.innerText.includes(title) && performance.timeOrigin + performance.now(),
    title,
    { polling: 10 },
  );
  return Number(await shown.jsonValue()) - before;
}

/** The run's record, and the snapshot that it would go on from, straight from the database. */
async function stored(page: Page): Promise<{ run: RunRecord; epoch: number; step: number; finite: boolean }> {
  return page.evaluate(async () => {
    const done = <Value>(request: IDBRequest<Value>) =>
      new Promise<Value>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error(String(request.error)));
      });
    const [run] = await window.intarsia.runs();
    const database = await done(indexedDB.open('intarsia'));
    const store = database.transaction('snapshots').objectStore('snapshots');
    const { epoch, step, weights } = (await done(
      store.get([run!.id, run!.snapshots.last!]),
    )) as SnapshotRecord;
    database.close();
    const blobs = [...weights.values()];
    const finite =
      blobs.length > 0 && blobs.every(({ data }) => data.every((value) => Number.isFinite(value)));
    return { run: run!, epoch, step, finite };
  });
}

const epochsOf = (page: Page) =>
  page.evaluate(async () => (await window.intarsia.runs())[0]?.epochs.length ?? 0);

/** Waits until the run has finished more epochs than that. */
const trains = (page: Page, epochs: number) =>
  expect.poll(() => epochsOf(page), { timeout: 120_000 }).toBeGreaterThan(epochs);

test('a crash of the graphics process is told at once, and the run goes on by itself', async ({
  page,
  folder,
}) => {
  const source = writeStreets(folder, 10);
  await page.goto('');
  await importFolders(page, source, 'streets');
  await page.evaluate((prototxt) => window.intarsia.saveNetwork({ name: 'Small', prototxt }), prototxt);
  await fillRun(page, 'streets', { name: 'on WebGPU', epochs: 5000, learningRate: 0.001, batch: 9 });
  await page.getByLabel('Network', { exact: true }).selectOption({ label: 'Small' });
  await page.getByLabel('Width', { exact: true }).selectOption('1');
  await page.getByLabel('Backend', { exact: true }).selectOption('webgpu');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await trains(page, 0);

  const milliseconds = await crashAndTime(page);
  test.info().annotations.push({ type: 'noticed after', description: `${Math.round(milliseconds)} ms` });
  console.log(`The loss was shown ${Math.round(milliseconds)} ms after the crash.`);
  // Half of the bound is the page's, which polls storage and draws on a machine that may be busy.
  expect(milliseconds).toBeLessThan(2000);
  await expect(page.getByRole('status').filter({ hasText: title })).toContainText(
    /goes on from (the end of epoch \d+|the beginning)/,
  );

  // The same page asks for the device anew, by itself.
  const before = await epochsOf(page);
  await trains(page, before);
  const { run, epoch, step, finite } = await stored(page);
  expect(run).toMatchObject({ status: 'running', error: null, backend: { name: 'webgpu' } });
  expect(run.epochs.find((record) => record.epoch === epoch)).toMatchObject({ step });
  expect(run.epochs.map((record) => record.epoch)).toEqual(run.epochs.map((_, i) => i + 1));
  expect(finite).toBe(true);

  // Chromium may give a page no adapter after its second loss. Then another backend takes over, and the page says so.
  await crashAndTime(page);
  const again = await epochsOf(page);
  const status = page.getByRole('status', { name: 'Run status' });
  const failed = async () => /failed/i.test(await status.innerText());
  const settled = async () => (await failed()) || (await epochsOf(page)) > again + 1;
  await expect.poll(settled, { timeout: 120_000 }).toBe(true);
  if (await failed()) {
    await page.getByLabel('Go on with').selectOption('wasm');
    await page.getByRole('button', { name: 'Continue' }).click();
    await trains(page, again);
    await expect(page.getByRole('region', { name: 'State' })).toContainText('The run began on webgpu.');
  }
  expect((await stored(page)).finite).toBe(true);
  await page.getByRole('button', { name: 'Stop' }).first().click();
});
