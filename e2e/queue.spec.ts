// Runs that wait for one another: their order is changed, and one is taken out, in the list of runs.
import { join } from 'node:path';
import { expect, importFolders, test } from './fixtures/page-test';
import { writeStreets } from './fixtures/street';

test('the queue is put in another order, and a run leaves it', async ({ page, folder }) => {
  await importFolders(page, writeStreets(join(folder, 'streets'), 12), 'streets');
  await page.goto('#/train');
  await page.evaluate(() => {
    const settings = { dataset: 'streets', width: 0.0625, batch: 2, backend: 'wasm' } as const;
    const train = (name: string, epochs: number) =>
      window.intarsia.train({ ...settings, name, epochs }).then(
        () => 'done',
        (error: { code?: string }) => error.code ?? 'unknown',
      );
    const ends = { first: train('first', 1000) } as Record<string, Promise<string>>;
    Object.assign(window, { ends });
    // One after the other, so that their order is known.
    return ['second', 'third', 'fourth'].reduce(async (before, name) => {
      await before;
      ends[name] = train(name, 1);
      while (!(await window.intarsia.runs()).some((run) => run.name === name)) {
        await new Promise((settle) => setTimeout(settle, 20));
      }
    }, Promise.resolve());
  });
  const queue = page.getByRole('region', { name: 'Queue' });
  const names = queue.getByRole('link');
  await expect(names).toHaveText(['1. second', '2. third', '3. fourth']);
  await expect(queue.getByRole('button', { name: 'Move second up' })).toBeDisabled();
  await expect(queue.getByRole('button', { name: 'Move fourth down' })).toBeDisabled();

  await queue.getByRole('button', { name: 'Move fourth up' }).click();
  await queue.getByRole('button', { name: 'Move second down' }).click();
  await expect(names).toHaveText(['1. fourth', '2. second', '3. third']);
  await queue.getByRole('button', { name: 'Remove third from the queue' }).click();
  await expect(names).toHaveText(['1. fourth', '2. second']);
  const endOf = (name: string) =>
    page.evaluate((one) => (window as unknown as { ends: Record<string, Promise<string>> }).ends[one], name);
  expect(await endOf('third')).toBe('aborted');

  await page.evaluate(() => window.intarsia.stop());
  expect(await endOf('second')).toBe('done');
  expect(await endOf('fourth')).toBe('done');
  await expect(queue).toBeHidden();
  const runs = await page.evaluate(() => window.intarsia.runs());
  const begun = (name: string) =>
    runs.find((run) => run.name === name)!.marks!.find(({ kind }) => kind === 'begun')!.at;
  expect(begun('fourth')).toBeLessThan(begun('second'));
  expect(runs.find(({ name }) => name === 'third')).toMatchObject({ status: 'waiting', epochs: [] });
});
