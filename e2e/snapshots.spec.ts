// The snapshots of a run: taken by hand, kept, saved, let go, and started from; and what has changed is said before a run goes on.
import { readFileSync } from 'node:fs';
import type { TileFacts } from '../src/data/types';
import { expect, importFolders, startRun, test } from './fixtures/page-test';
import { writeStreets } from './fixtures/street';

test('snapshots are taken, kept, saved, started from and let go', async ({ page, folder }) => {
  await importFolders(page, writeStreets(folder, 12), 'streets');
  await startRun(page, 'streets', { name: 'watched', epochs: 500, learningRate: 1e-4, batch: 2 });
  const section = page.getByRole('region', { name: 'Snapshots' });
  const rows = section.locator('tbody tr');
  await expect(rows.first()).toContainText('epoch 1', { timeout: 120_000 });
  await section.getByRole('button', { name: 'Snapshot now' }).press('Enter');
  const kept = rows.filter({ hasText: 'kept' });
  await expect(kept).toHaveCount(1, { timeout: 60_000 });
  const before = await page.evaluate(async () => (await window.intarsia.runs())[0]!);
  const taken = before.snapshots.all.find((facts) => facts.kept)!;
  expect(before.marks!.find(({ kind }) => kind === 'snapshot')).toMatchObject({ step: taken.step });

  // It is there when those around it are gone.
  const gone = taken.step + 4 * before.stepsPerEpoch;
  const last = () =>
    page.evaluate(
      async () => (await window.intarsia.runs()).find(({ name }) => name === 'watched')!.snapshots.last ?? 0,
    );
  await expect.poll(last, { timeout: 120_000 }).toBeGreaterThan(gone);
  await page.getByRole('button', { name: 'Stop', exact: true }).first().click();
  await expect(page.getByRole('status', { name: 'Run status' })).toContainText(/stopped/i);
  const run = await page.evaluate(async () => (await window.intarsia.runs())[0]!);
  const { snapshots } = run;
  expect(snapshots.last).toBe(run.epochs.at(-1)!.step);
  expect(snapshots.previous).toBe(run.epochs.at(-2)!.step);
  const best = Math.max(...run.epochs.map(({ meanIoU }) => meanIoU));
  expect(snapshots.best).toBe(run.epochs.find(({ meanIoU }) => meanIoU === best)!.step);
  const steps = new Set([taken.step, snapshots.last!, snapshots.previous!, snapshots.best!]);
  expect(snapshots.all.map(({ step }) => step)).toEqual([...steps].sort((a, b) => a - b));
  await expect(rows).toHaveCount(steps.size);
  await expect(rows.first()).toContainText('last');

  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    kept.getByRole('button', { name: /^Save weights of/ }).click(),
  ]);
  const file = readFileSync(await saved.path());
  const header = file.subarray(8, 8 + Number(file.readBigUInt64LE())).toString();
  expect(JSON.parse(header)).toHaveProperty(['score_fr/0']);
  // Weights without the solver history, which is as large, and a header.
  expect(file.length).toBeGreaterThan(taken.bytes / 2);

  await kept.getByRole('link', { name: /^New run from/ }).press('Enter');
  const start = page.getByLabel('Starting weights', { exact: true });
  await expect(start).toHaveValue(`${run.id}@${taken.step}`);
  await expect(start.locator('option:checked')).toHaveText(/^watched, (step|epoch) \d+, /);
  await page.getByLabel('Epochs', { exact: true }).fill('1');
  await page.getByLabel('Name', { exact: true }).fill('from it');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByRole('status', { name: 'Run status' })).toContainText(/done/i, { timeout: 120_000 });
  const [from] = await page.evaluate(() => window.intarsia.runs());
  expect(from!.start).toMatchObject({ snapshot: { run: run.id, step: taken.step } });
  expect(from!.start!.report.missing).toEqual([]);

  await page.goto(`#/train/${run.id}`);
  await kept.getByRole('button', { name: /^Let go of/ }).click();
  const needed = new Set([snapshots.last, snapshots.previous, snapshots.best]);
  if (!needed.has(taken.step)) await page.getByRole('dialog').getByRole('button', { name: 'Let go' }).click();
  await expect(kept).toHaveCount(0);
  await expect(rows).toHaveCount(needed.size);

  // One pixel of one label is another, and the page says so before it goes on.
  await page.evaluate(async (id) => {
    const settled = <Value>(request: IDBRequest<Value>) =>
      new Promise<Value>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error(String(request.error)));
      });
    const database = await settled(indexedDB.open('intarsia'));
    const store = database.transaction('tiles', 'readwrite').objectStore('tiles');
    const tile = (await settled(store.get([id, 'train', 0]))) as TileFacts;
    const [first = 0, second = 0, ...more] = tile.pixels.classes;
    await settled(
      store.put({ ...tile, pixels: { ...tile.pixels, classes: [first + 1, second - 1, ...more] } }),
    );
    database.close();
  }, run.settings.dataset);
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Go on with what has changed?' });
  await expect(dialog).toContainText(
    'The dataset "streets" has changed. Labels of its pictures were changed.',
  );
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('status', { name: 'Run status' })).toContainText(/stopped/i);
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await expect.poll(last, { timeout: 120_000 }).toBeGreaterThan(snapshots.last!);
  await page.getByRole('button', { name: 'Stop', exact: true }).first().click();
  const after = await page.evaluate(
    (id) => window.intarsia.runs().then((all) => all.find((one) => one.id === id)!),
    run.id,
  );
  expect(after.marks!.filter(({ kind }) => kind === 'dataset-changed')).toMatchObject([
    { step: snapshots.last },
  ]);
});
