// Annotating: strokes by mouse, finger and keyboard, stored as they are made, and what a few of them are worth.
import { join } from 'node:path';
import { readIndices } from './fixtures/label-maps';
import { expect, startRun, test } from './fixtures/page-test';
import { classes, imagePng, street, writeFolder, type Street } from './fixtures/street';
import { makePhotos, Stage, storedLabels, type Place } from './fixtures/strokes';

const size = { width: 160, height: 120 };
const names = classes.slice(0, 4).map(({ name }) => name);
const VOID = 255;

function photos(folder: string, count: number): { files: string[]; streets: Street[] } {
  const streets = Array.from({ length: count }, (_, i) => street(i, size.width, size.height));
  const name = (i: number) => `photo-${i}.png`;
  const to = writeFolder(
    join(folder, 'photos'),
    Object.fromEntries(streets.map((one, i) => [name(i), imagePng(one)])),
  );
  return { files: streets.map((_, i) => join(to, name(i))), streets };
}

/** The longest stretch of a class in a row of the picture, a little inside of it; null where there is none. */
function strokeIn({ width, height, labels }: Street, id: number): [Place, Place] | null {
  let best: [Place, Place] | null = null;
  for (let y = 6; y < height - 6; y += 3) {
    for (let x = 0; x < width;) {
      let end = x;
      const same = (at: number) => [-4, 0, 4].every((dy) => labels[(y + dy) * width + at] === id);
      while (end < width && same(end)) end++;
      if (end - x > 16 && (!best || end - x > best[1][0] - best[0][0] + 12))
        best = [
          [x + 6, y],
          [end - 6, y],
        ];
      x = end + 1;
    }
  }
  return best;
}

test('ten photos with a few strokes each train to an overlay that beats the majority class', async ({
  page,
  folder,
}) => {
  test.slow();
  const { files, streets } = photos(folder, 10);
  await makePhotos(page, files, names, { name: 'My photos', longest: size.width });
  const stage = new Stage(page, size);
  await expect(stage.canvas).toBeVisible();
  await page.getByLabel('Brush size').fill('7');
  for (let number = 0; number < 10; number++) {
    const file = await page.getByText(/picture \d+ of \d+: photo-\d/).textContent();
    const one = streets[Number(/photo-(\d)/.exec(file!)![1])]!;
    for (const id of names.keys()) {
      const stroke = strokeIn(one, id);
      if (!stroke) continue;
      await page.keyboard.press(String(id + 1));
      await stage.drag(stroke);
    }
    if (number === 9) break;
    await page.getByRole('button', { name: 'Next' }).click();
    await expect(page.getByText(/picture \d+ of \d+: photo-\d/)).not.toHaveText(file!);
  }
  await stage.stored();
  const dataset = await page.evaluate(async () => (await window.intarsia.datasets())[0]!);
  const { train, val } = dataset.pixels;
  expect(dataset.tiles).toEqual({ train: 8, val: 2 });
  for (const { classes: counts, void: unlabelled } of [train, val]) {
    const labelled = counts.reduce((sum, count) => sum + count, 0);
    expect(labelled).toBeGreaterThan(0);
    expect(labelled / (labelled + unlabelled)).toBeLessThan(0.25);
  }

  await startRun(page, 'My photos', { name: 'few strokes', epochs: 30, learningRate: 3e-3, batch: 2 });
  await expect(page.getByRole('status', { name: 'Run status' })).toContainText(/done/i, { timeout: 120_000 });
  const seconds = await page.evaluate(async () => {
    const [run] = await window.intarsia.runs();
    return run!.epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  });
  expect(seconds).toBeLessThan(120);
  await page.getByRole('link', { name: 'Test this model' }).click();
  const fresh = street(99, size.width, size.height);
  const picture = writeFolder(join(folder, 'new'), { 'fresh.png': imagePng(fresh) });
  await page.getByLabel('Segment images', { exact: true }).setInputFiles(join(picture, 'fresh.png'));
  await expect(page.getByRole('status').filter({ hasText: 'segmented in' })).toContainText('WebAssembly');
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save label map', exact: true }).click(),
  ]);
  const { indices } = readIndices(await file.path());
  const counts = new Array<number>(names.length).fill(0);
  let right = 0;
  fresh.labels.forEach((truth, i) => {
    if (truth >= names.length) return;
    counts[truth]!++;
    if (indices[i] === truth) right++;
  });
  const total = counts.reduce((sum, count) => sum + count, 0);
  const majority = Math.max(...counts) / total;
  console.log(
    `pixel accuracy ${(right / total).toFixed(3)}, majority class ${majority.toFixed(3)}, ${seconds.toFixed(0)} s of training`,
  );
  expect(right / total).toBeGreaterThan(majority + 0.1);
});

test('each tool paints what it should, and each stroke can be undone and done again', async ({
  page,
  folder,
}) => {
  const { files, streets } = photos(folder, 3);
  await makePhotos(page, files, names, { name: 'Tools', longest: size.width });
  const stage = new Stage(page, size);
  await expect(stage.canvas).toBeVisible();
  await expect(page.getByText('picture 1 of 2: photo-')).toBeVisible();
  const shown = await page.getByText('picture 1 of 2: photo-').textContent();
  const one = streets[Number(/photo-(\d)/.exec(shown!)![1])]!;
  const labels = async () => {
    await stage.stored();
    return storedLabels(page, 'train', 0);
  };
  const at = ([x, y]: Place) => y * size.width + x;
  const states: number[][] = [await labels()];
  const remember = async () => states.push(await labels());
  expect(new Set(states[0])).toEqual(new Set([VOID]));

  await page.getByLabel('Brush size').fill('5');
  await page.keyboard.press('2');
  await stage.drag([
    [20, 100],
    [60, 100],
  ]);
  await remember();
  expect(states[1]!.filter((label) => label === 1)).toHaveLength(5 * 41 + 2 * 8);
  expect(states[1]![at([40, 98])]).toBe(1);
  expect(states[1]![at([40, 97])]).toBe(VOID);

  await page.keyboard.press('l');
  await page.keyboard.press('3');
  await stage.drag([
    [10, 60],
    [150, 60],
    [150, 90],
  ]);
  await remember();
  expect(states[2]![at([10, 60])]).toBe(2);
  expect(states[2]![at([150, 90])]).toBe(2);
  // A line shows its last course only.
  expect(states[2]![at([120, 60])]).toBe(VOID);

  await page.keyboard.press('p');
  await page.keyboard.press('4');
  for (const corner of [
    [100, 96],
    [130, 96],
    [130, 116],
    [100, 116],
  ] as const)
    await stage.click(corner);
  await stage.click([100, 96]);
  await remember();
  expect(states[3]!.filter((label) => label === 3)).toHaveLength(30 * 20);

  await page.keyboard.press('f');
  await page.keyboard.press('1');
  await stage.click([80, 2]);
  await remember();
  const sky = states[4]!.filter((label) => label === 0).length;
  expect(one.labels[at([80, 2])]).toBe(0);
  expect(sky).toBeGreaterThan(500);
  expect(states[4]!.filter((label, i) => label === 0 && one.labels[i] !== 0)).toHaveLength(0);

  await page.keyboard.press('e');
  await stage.drag([
    [20, 100],
    [60, 100],
  ]);
  await remember();
  expect(states[5]!.filter((label) => label === 1)).toHaveLength(0);

  // What is locked stays, whatever is painted over it.
  await page.getByRole('button', { name: 'Lock sky' }).click();
  await page.keyboard.press('b');
  await page.keyboard.press('2');
  await stage.drag([
    [2, 2],
    [2, 110],
  ]);
  await remember();
  expect(states[6]!.filter((label) => label === 0)).toHaveLength(sky);
  expect(states[6]![at([2, 110])]).toBe(1);
  await page.getByRole('button', { name: 'Label the rest as building' }).click();
  await remember();
  expect(states[7]).not.toContain(VOID);
  await page.getByRole('button', { name: 'Label the rest as void' }).click();
  await remember();
  expect(new Set(states[8])).toEqual(new Set([0, VOID]));

  for (const state of states.slice(0, -1).reverse()) {
    await page.keyboard.press('Control+z');
    expect(await labels()).toEqual(state);
  }
  await expect(page.getByRole('button', { name: 'Undo' })).toBeDisabled();
  for (const state of states.slice(1)) {
    await page.keyboard.press('Control+Shift+z');
    expect(await labels()).toEqual(state);
  }
});

test('strokes are there after the page was left in the middle of one', async ({ page, folder }) => {
  const { files } = photos(folder, 2);
  await makePhotos(page, files, names, { name: 'Left', longest: size.width });
  const stage = new Stage(page, size);
  await expect(stage.canvas).toBeVisible();
  await page.keyboard.press('2');
  await stage.drag([
    [20, 30],
    [60, 30],
  ]);
  await stage.stored();
  const before = await storedLabels(page, 'train', 0);
  await stage.press([
    [20, 90],
    [60, 90],
  ]);
  // As when the tab is killed: nothing of the page runs any more.
  await page.goto('about:blank');
  await page.goBack();
  await expect(stage.canvas).toBeVisible();
  expect(await storedLabels(page, 'train', 0)).toEqual(before);
  const shares = page.getByRole('region', { name: 'Classes' }).getByRole('listitem');
  await expect(shares.nth(1)).toContainText(/building [1-9]\d*\.\d %/);

  // To another page in the middle of a stroke: that is kept, too.
  await stage.press([
    [20, 90],
    [60, 90],
  ]);
  await page.evaluate(() => (location.hash = '#/datasets'));
  await expect(page.getByRole('heading', { level: 1, name: 'Datasets' })).toBeVisible();
  await page.mouse.up();
  await expect
    .poll(async () => (await storedLabels(page, 'train', 0)).filter((label) => label !== VOID).length)
    .toBeGreaterThan(before.filter((label) => label !== VOID).length);
});

test('everything can be done with the keyboard alone', async ({ page, folder }) => {
  const { files } = photos(folder, 2);
  await makePhotos(page, files, names, { name: 'Keys', longest: size.width });
  const stage = new Stage(page, size);
  await expect(stage.canvas).toBeVisible();
  const said = page.getByRole('status', { name: 'Annotation' });
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await stage.canvas.focus();
  await press('3');
  await expect(said).toHaveText('road, not locked');
  for (let i = 0; i < 11; i++) await press('[');
  await expect(said).toContainText('Brush 1 pixels');
  // To the top left corner, whence all steps are known.
  for (let i = 0; i < 16; i++) await press('Shift+ArrowLeft', 'Shift+ArrowUp');
  await expect(said).toHaveText('0, 0: not labelled');
  await press('Shift+ArrowDown', 'Enter', 'Shift+ArrowRight', 'ArrowDown', 'Enter');
  await stage.stored();
  let labels = await storedLabels(page, 'train', 0);
  expect(labels.flatMap((label, i) => (label === 2 ? [i] : []))).toEqual([
    ...Array.from({ length: 11 }, (_, x) => 10 * 160 + x),
    11 * 160 + 10,
  ]);
  // A polygon: four corners, and Enter once more on the last.
  await press('p', '4');
  await press('Shift+ArrowDown', 'Enter', 'Shift+ArrowRight', 'Enter', 'Shift+ArrowDown', 'Enter');
  await press('Shift+ArrowLeft', 'Enter', 'Enter');
  await stage.stored();
  labels = await storedLabels(page, 'train', 0);
  expect(labels.filter((label) => label === 3)).toHaveLength(100);
  // A stroke that is dropped leaves nothing.
  await press('b', '1', 'Enter', 'Shift+ArrowRight', 'Escape');
  await expect(said).toHaveText('Dropped.');
  await press('Control+z', 'Control+y');
  await stage.stored();
  expect(await storedLabels(page, 'train', 0)).toEqual(labels);
  await press('PageDown');
  await expect(page.getByText('Validation picture 1 of 1')).toBeVisible();
  await expect(stage.canvas).toBeFocused();
});
