// The page of a run: its charts zoom together and give their numbers away, and what is changed while it runs is kept.
import { readFileSync } from 'node:fs';
import { expect, importFolders, startRun, test } from './fixtures/page-test';
import { writeStreets } from './fixtures/street';

test('charts, matrix, a new learning rate, an end after the epoch, and a clone', async ({ page, folder }) => {
  await importFolders(page, writeStreets(folder, 12), 'streets');
  await startRun(page, 'streets', { name: 'watched', epochs: 500, learningRate: 1e-4, batch: 2 });

  const rate = page.getByLabel('Change the learning rate', { exact: true });
  await rate.fill('nothing');
  await expect(page.getByRole('button', { name: 'Change', exact: true })).toBeDisabled();
  await rate.fill('0.0003');
  await rate.press('Enter');
  await expect(page.getByText(/The next step has 2\.9\d?e-4/)).toBeVisible();

  const loss = page.getByRole('figure', { name: 'Loss' });
  await expect(page.getByRole('region', { name: 'Confusion matrix' })).toBeVisible({ timeout: 120_000 });
  await page.getByRole('button', { name: 'End after this epoch' }).click();
  await expect(page.getByRole('status', { name: 'Run status' })).toContainText(/stopped/i, {
    timeout: 120_000,
  });
  const run = await page.evaluate(async () => (await window.intarsia.runs())[0]!);
  const mark = run.marks!.find(({ kind }) => kind === 'learning-rate')!;
  expect(mark).toMatchObject({ learningRate: 0.0003 });
  expect(run.marks!.at(-1)).toMatchObject({ kind: 'stopped', step: run.epochs.length * run.stepsPerEpoch });
  expect(run.curve.step.at(-1)).toBe(run.epochs.at(-1)!.step);

  await page.getByText('Events').click();
  await expect(page.getByRole('row').filter({ hasText: 'learning rate 3e-4 from here on' })).toContainText(
    String(mark.step),
  );

  await page.getByLabel('First epoch shown').fill('0.5');
  await page.getByLabel('First epoch shown').press('Enter');
  await expect(page.getByRole('button', { name: 'Show all' })).toBeEnabled();
  const chart = loss.getByRole('img');
  await chart.dblclick();
  await expect(page.getByRole('button', { name: 'Show all' })).toBeDisabled();
  const box = (await chart.boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  await expect(page.getByRole('button', { name: 'Show all' })).toBeEnabled();
  const shown = Number(await page.getByLabel('First epoch shown').inputValue());
  expect(shown).toBeGreaterThan(0);
  expect(shown).toBeLessThan(run.epochs.length / 2);

  const [numbers] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save Loss as CSV' }).click(),
  ]);
  expect(numbers.suggestedFilename()).toBe('watched-loss.csv');
  const lines = readFileSync(await numbers.path(), 'utf8')
    .trim()
    .split('\r\n');
  expect(lines[0]).toBe('epoch,each step,train,validation');
  expect(lines).toHaveLength(1 + run.curve.step.length);
  expect(Number(lines[1]!.split(',')[1])).toBe(run.curve.loss[0]);
  const [picture] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save Accuracy as PNG' }).click(),
  ]);
  const bytes = readFileSync(await picture.path());
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  expect(bytes.readUInt32BE(16)).toBeGreaterThan(300);

  const matrix = page.getByRole('region', { name: 'Confusion matrix' });
  await matrix.locator('[data-field="0,0"]').focus();
  await page.keyboard.press('ArrowDown');
  const said = matrix.getByRole('status');
  const last = run.epochs.at(-1)!;
  const second = run.classes[1]!.name;
  await expect(said).toContainText(`${second}:`);
  await expect(said).toContainText(`taken for ${run.classes[0]!.name}`);
  await expect(said).toContainText(`(${last.confusion[1]![0]!.toLocaleString('en')} pixels)`);

  await page.getByRole('link', { name: 'Clone' }).click();
  await expect(page.getByLabel('Epochs', { exact: true })).toHaveValue('500');
  await expect(page.getByLabel('Other width', { exact: true })).toHaveValue('0.0625');
  await expect(page.getByLabel('Batch size', { exact: true })).toHaveValue('2');
  await page.getByLabel('Epochs', { exact: true }).fill('1');
  await page.getByLabel('Name', { exact: true }).fill('again');
  const { id, snapshots } = run;
  await page.getByLabel('Starting weights', { exact: true }).selectOption(`${id}@${snapshots.last}`);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByRole('status', { name: 'Run status' })).toContainText(/done/i, { timeout: 120_000 });

  await page.goto('#/train');
  await page.getByLabel('Compare again').check();
  await page.getByLabel('Compare watched').check();
  const both = page.getByRole('figure', { name: 'Mean IoU' });
  await both.getByRole('button', { name: 'Show as table' }).click();
  await expect(both.getByRole('columnheader')).toHaveText(['Epoch', 'again', 'watched']);
  await expect(page.getByRole('table', { name: 'Runs' })).toContainText('from watched');
});
