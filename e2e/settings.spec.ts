// The settings of the training form: presets, and what a run is trained with.
import { join } from 'node:path';
import { expect, fillRun, importFolders, test } from './fixtures/page-test';
import { writeStreets } from './fixtures/street';

test('a preset fills the form in one choice, and what differs from it is said', async ({ page, folder }) => {
  await importFolders(page, writeStreets(join(folder, 'streets'), 12), 'streets');
  await page.goto('#/train/new');
  const preset = page.getByLabel('Preset', { exact: true });
  const changed = page.getByRole('status', { name: 'Changed settings' });
  await expect(preset).toHaveValue('standard');
  await expect(changed).toBeEmpty();
  await page.getByText('Advanced').click();
  const value = (label: string) => page.getByLabel(label, { exact: true });

  await preset.selectOption({ label: 'FCN paper, AlexNet' });
  await expect(value('Batch size')).toHaveValue('1');
  await expect(value('Accumulation')).toHaveValue('20');
  await expect(value('Learning-rate policy')).toHaveValue('fixed');
  await expect(value('Network')).toHaveValue('fcn-alexnet');

  await preset.selectOption({ label: 'From random weights' });
  await expect(value('Accumulation')).toHaveValue('1');
  await expect(value('Solver')).toHaveValue('Adam');
  await expect(value('Learning rate')).toHaveValue('3e-4');
  await expect(value('Network')).toHaveValue('fcn-alexnet-scaled');
  await expect(changed).toBeEmpty();

  await value('Learning rate').fill('0.01');
  await value('Power').fill('2');
  await expect(changed).toContainText('Changed: learning rate, its parameters.');
  await changed.getByRole('button', { name: 'As in the preset' }).click();
  await expect(changed).toBeEmpty();
  await expect(value('Learning rate')).toHaveValue('3e-4');

  const created = await page.evaluate(async () => {
    const [dataset] = await window.intarsia.datasets();
    const network = { kind: 'zoo', id: 'fcn-alexnet' } as const;
    const report = await window.intarsia.train({
      ...{ dataset: dataset!.id, preset: 'digits', epochs: 1, width: 0.0625, network },
      ...{ backend: 'wasm', learningRate: 2e-4, augmentation: { flip: true } },
    });
    return (await window.intarsia.runs()).find(({ id }) => id === report.run)!;
  });
  expect(created.settings).toMatchObject({
    ...{ solver: 'SGD', batch: 1, policy: 'step', weightDecay: 1e-6, learningRate: 2e-4 },
    policyParameters: { gamma: 0.1, at: [33] },
    augmentation: { flip: true, noise: 0 },
  });
  // A clone has the name of the preset that it is as.
  await page.goto(`#/train/new?like=${created.id}`);
  await expect(value('Batch size')).toHaveValue('1');
  await preset.selectOption({ label: 'DIGITS 5' });
  await page.goto('#/train');
  const refused = page.evaluate(() => window.intarsia.train({ dataset: 'streets', preset: 'best' }));
  await expect(refused).rejects.toThrow(/There is no preset "best"/);
});

test('a run subtracts the mean that is chosen, and its model knows it', async ({ page, folder }) => {
  await importFolders(page, writeStreets(join(folder, 'streets'), 12), 'streets');
  await fillRun(page, 'streets', { name: 'mean colour', epochs: 1, learningRate: 1e-4, batch: 2 });
  await page.getByLabel('Mean subtraction', { exact: true }).selectOption({ label: 'Mean colour' });
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.getByRole('status', { name: 'Run status' })).toContainText(/done/i, { timeout: 120_000 });
  const { run, model } = await page.evaluate(async () => ({
    run: (await window.intarsia.runs())[0]!,
    model: (await window.intarsia.models())[0]!,
  }));
  expect(run.settings.mean).toBe('pixel');
  const values = [...run.prototxt.matchAll(/mean_value: ([\d.]+)/g)].map(([, value]) => Number(value));
  expect(values).toHaveLength(3);
  for (const value of values) expect(value > 0 && value < 255).toBe(true);
  expect(run.prototxt).toContain('shift: 0');
  expect(model.info.prototxt).toBe(run.prototxt);
  await page.getByText('Settings and network').click();
  await expect(page.getByText('Mean colour', { exact: true })).toBeVisible();
});
