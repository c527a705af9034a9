// Photos of one's own as a dataset that grows: more are added later, and what was painted before stays.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './fixtures/page-test';
import { imagePng, street, writeFolder } from './fixtures/street';
import { makePhotos, Stage, storedLabels } from './fixtures/strokes';

const size = { width: 64, height: 48 };

/** Writes photos of these numbers and returns their paths. */
function photos(folder: string, numbers: number[]): string[] {
  const to = join(folder, 'photos');
  for (const number of numbers) writeFolder(to, { [`photo-${number}.png`]: imagePng(street(number)) });
  return numbers.map((number) => join(to, `photo-${number}.png`));
}

test('photos are added later; strokes stay, and a photo that is there is not added twice', async ({
  page,
  folder,
}) => {
  await makePhotos(page, photos(folder, [0, 1, 2]), ['car', 'other'], { name: 'Mine', longest: size.width });
  const stage = new Stage(page, size);
  await expect(stage.canvas).toBeVisible();
  await page.keyboard.press('1');
  await stage.drag([
    [10, 10],
    [40, 10],
  ]);
  await stage.stored();
  const painted = await storedLabels(page, 'train', 0);
  expect(painted).toContain(0);

  await page.goto('#/datasets');
  await page.getByRole('link', { name: 'Mine' }).click();
  const more = page.getByRole('region', { name: 'More photos' });
  const broken = join(folder, 'broken.png');
  writeFileSync(broken, 'no picture');
  await more
    .getByLabel('Add photos', { exact: true })
    .setInputFiles([...photos(folder, [2, 3, 4, 5, 6, 7, 8]), broken]);
  await expect(more).toContainText('6 photos added, 2 left out');
  await expect(page.getByRole('region', { name: 'Not usable' })).toContainText('broken.png');
  const dataset = () => page.evaluate(async () => (await window.intarsia.datasets())[0]!);
  expect(await dataset()).toMatchObject({
    state: 'ready',
    source: { kind: 'photos' },
    pairs: { train: 7, val: 2 },
    tiles: { train: 7, val: 2 },
    tileSizes: [{ ...size, count: 9 }],
  });
  expect(await storedLabels(page, 'train', 0)).toEqual(painted);
  await expect(page.getByRole('listitem').filter({ hasText: 'photo-8' }).first()).toBeVisible();

  // Nothing new: the dataset is as it was, and the page says why.
  const before = await dataset();
  await more.getByLabel('Add photos', { exact: true }).setInputFiles(photos(folder, [3]));
  await expect(page.getByRole('alert')).toContainText('has photos of these names already');
  await more.getByLabel('Add photos', { exact: true }).setInputFiles([broken]);
  await expect(page.getByRole('alert')).toContainText('None of these photos can be used');
  expect(await dataset()).toEqual(before);

  // The new ones are annotated like the old ones.
  await page.goto(`#/datasets/${before.id}/annotate/train/6`);
  await expect(page.getByText('picture 7 of 7: photo-')).toBeVisible();
  await page.keyboard.press('2');
  await stage.drag([
    [10, 20],
    [40, 20],
  ]);
  await stage.stored();
  expect(await storedLabels(page, 'train', 6)).toContain(1);
});
