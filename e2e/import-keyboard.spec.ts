// The import page by keyboard alone: from the choice of the files to the stored dataset, and to its end before that.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { zipBytes, type ZipPart } from '../src/formats/zip-bytes';
import { expect, test } from './fixtures/page-test';
import { storedDataset } from './fixtures/stored';
import { classList, greyPng, imagePng, street } from './fixtures/street';

/** An archive of `count` pairs of ten streets. */
function archive(folder: string, count: number): string {
  const streets = Array.from({ length: 10 }, (_, i) => {
    const one = street(i);
    return { image: new Uint8Array(imagePng(one)), label: new Uint8Array(greyPng(one)) };
  });
  const parts: ZipPart[] = [{ name: 'classes.txt', content: new TextEncoder().encode(classList) }];
  for (let i = 0; i < count; i++) {
    const { image, label } = streets[i % 10]!;
    parts.push({ name: `images/${i}.png`, content: image }, { name: `labels/${i}.png`, content: label });
  }
  const path = join(folder, 'keys.zip');
  writeFileSync(path, zipBytes(parts));
  return path;
}

/** Presses Tab, or another key, until the focus is where it is wanted. */
async function go(page: Page, target: Locator, key = 'Tab'): Promise<void> {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 80; presses++) {
    if (await target.evaluate((node) => node === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} does not lead to ${String(target)}`);
}

/** Chooses the archive with the file dialogue that a key opens. */
async function choose(page: Page, path: string): Promise<void> {
  // Early: the browser is only now told to hand its dialogues over, and a key, unlike a click, does not wait for that.
  const dialogue = page.waitForEvent('filechooser');
  await page.goto('#/datasets/new');
  for (const label of ['Folder of images', 'Folder of labels', 'Parent folder', 'Archive']) {
    await go(page, page.getByLabel(label, { exact: true }));
  }
  await page.keyboard.press('Space');
  await (await dialogue).setFiles(path);
  await expect(page.getByRole('region', { name: 'Found' })).toContainText('pairs');
}

async function type(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+A');
  await page.keyboard.type(text);
}

test('classes, pairs, size, tiles and the import itself', async ({ page, folder }) => {
  const { keyboard } = page;
  await choose(page, archive(folder, 10));
  const samples = page.getByRole('region', { name: 'Sample pairs' });
  await expect(samples.getByLabel('Label', { exact: true })).toBeVisible();

  await go(page, page.getByText('Edit classes'));
  await keyboard.press('Enter');
  const table = page.getByRole('table', { name: 'Classes' });
  // Void, merged, renamed; a row that moves takes the focus along.
  await go(page, table.getByLabel('sky becomes'));
  await keyboard.press('ArrowDown');
  await expect(table.getByLabel('sky becomes')).toHaveValue('void');
  await go(page, table.getByLabel('Colour of class 2'));
  await go(page, table.getByLabel('Name of class 2', { exact: true }));
  await type(page, 'street');
  await go(page, table.getByLabel('car becomes'));
  for (let presses = 0; presses < 3; presses++) await keyboard.press('ArrowDown');
  await expect(table.getByLabel('car becomes').locator('option:checked')).toHaveText('Part of street');
  const up = table.getByRole('button', { name: 'Move street up' });
  await go(page, up, 'Shift+Tab');
  await keyboard.press('Enter');
  await expect(up).toBeFocused();
  await keyboard.press('Space');
  // At the top there is no further up.
  await expect(table.getByRole('button', { name: 'Move street down' })).toBeFocused();

  // Undone, the focus stays; done once more.
  const undo = page.getByRole('button', { name: 'Undo all changes of classes' });
  await go(page, undo);
  await keyboard.press('Enter');
  await expect(undo).toBeFocused();
  await expect(undo).toBeDisabled();
  await go(page, table.getByLabel('Name of class 2', { exact: true }), 'Shift+Tab');
  await expect(table.getByLabel('Name of class 2', { exact: true })).toHaveValue('road');
  await type(page, 'street');

  // Through the pairs to the last one, and not beyond.
  const next = samples.getByRole('button', { name: 'Next pair' });
  await go(page, next);
  for (let presses = 0; presses < 8; presses++) await keyboard.press('Enter');
  await expect(samples).toContainText('6 of 6 samples');
  await expect(next).toBeFocused();
  await go(page, samples.getByRole('button', { name: 'Previous pair' }), 'Shift+Tab');
  await keyboard.press('Enter');
  await expect(samples).toContainText('5 of 6 samples');

  await go(page, page.getByLabel('Name', { exact: true }));
  await type(page, 'by keys');
  await go(page, page.getByLabel('Tiles', { exact: true }));
  await keyboard.press('End');
  await go(page, page.getByLabel('Tiles width'));
  await type(page, '40');
  await go(page, page.getByLabel('Tiles height'));
  await type(page, '36');
  await go(page, page.getByLabel('Overlap', { exact: true }));
  await type(page, '4');
  await go(page, page.getByLabel('Validation share (%)'));
  await type(page, '20');
  await go(page, page.getByRole('button', { name: 'Import', exact: true }));
  await keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'by keys' })).toBeFocused();
  const { record } = await storedDataset(page, 'by keys');
  expect(record).toMatchObject({
    pairs: { train: 8, val: 2 },
    tile: { width: 40, height: 36 },
    overlap: 4,
    split: { kind: 'share', percent: 20, seed: 1 },
  });
  expect(record.classes.map(({ name }) => name)).toEqual(['sky', 'building', 'street', 'car']);
});

test('an import is ended, and what was chosen is taken back', async ({ page, folder }) => {
  const { keyboard } = page;
  await choose(page, archive(folder, 4000));
  await go(page, page.getByRole('button', { name: 'Import', exact: true }));
  await keyboard.press('Enter');
  const running = page.getByRole('region', { name: 'Import' });
  await expect(running.getByRole('heading')).toBeFocused();
  await keyboard.press('Tab');
  await expect(running.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await expect
    .poll(() => page.evaluate(async () => (await window.intarsia.datasets())[0]?.tiles.train ?? 0))
    .toBeGreaterThan(0);
  await keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Unfinished import' })).toContainText('was cancelled');
  await expect(page.getByRole('heading', { level: 1, name: 'keys' })).toBeFocused();

  // Removing what was chosen, and starting over, leave the focus on the page.
  await choose(page, archive(folder, 10));
  await go(page, page.getByRole('button', { name: 'Remove keys.zip' }), 'Shift+Tab');
  await keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Files' })).toBeFocused();
  await choose(page, archive(folder, 10));
  await go(page, page.getByRole('button', { name: 'Start over' }));
  await keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'New dataset' })).toBeFocused();
  await expect(page.getByRole('region', { name: 'Found' })).toBeHidden();
});
