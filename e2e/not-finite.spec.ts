// A loss that is no number: the run fails before anything of it is stored, and one click goes on from the last good snapshot.
import { begin } from './fixtures/kill';
import { expect, importFolders, test } from './fixtures/page-test';
import { writeStreets } from './fixtures/street';

test('a run that diverged goes on with a tenth of its learning rate', async ({ page, folder }) => {
  await page.goto('');
  await importFolders(page, writeStreets(folder, 10), 'streets');
  await begin(page, 'too fast', 'wasm', 30, 1e6);
  await page.goto('#/train');
  await page.getByRole('table').getByRole('link', { name: 'too fast', exact: true }).click();
  const note = page.getByRole('alert').filter({ hasText: 'The loss stopped being a number' });
  await expect(note).toContainText('Nothing of it is kept');
  await note.getByRole('button', { name: /with a learning rate of 100000$/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('too fast, learning rate 100000');
  await expect(page.getByRole('region', { name: 'State' })).toBeVisible();
  const [run] = await page.evaluate(() => window.intarsia.runs());
  expect(run!.settings).toMatchObject({ learningRate: 1e5, batch: 3 });
});
