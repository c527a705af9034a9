// What the page of a network does about a text that is wrong, foreign, or changed and changed back.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main, openNetwork, problems, row, stored } from './fixtures/network-page';
import { drop, expect, test } from './fixtures/page-test';

test('a built-in network that is typed in and undone leaves no copy', async ({ page }) => {
  await openNetwork(page, 'FCN-32s');
  await page.locator('.cm-line').first().click();
  await page.keyboard.type('x');
  await expect(page.getByRole('heading', { level: 1, name: 'My FCN-32s' })).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(page.getByRole('heading', { level: 1, name: 'FCN-32s', exact: true })).toBeVisible();
  expect(await stored(page)).toEqual([]);
  expect(page.url()).toMatch(/networks\/fcn-32s$/);
  await page.keyboard.type('# kept');
  await expect(page.getByRole('heading', { level: 1, name: 'My FCN-32s' })).toBeVisible();
});

test('a repair is one click, and can be taken back', async ({ page }) => {
  await openNetwork(page, 'FCN-8s as Berkeley wrote it');
  const fixes = problems(page).getByRole('button', { name: 'Add group: 21' });
  await expect(fixes).toHaveCount(3);
  for (const left of [2, 1, 0]) {
    await fixes.first().click();
    await expect(fixes).toHaveCount(left);
  }
  await expect(problems(page)).toContainText('No problems');
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+z');
  await expect(fixes).not.toHaveCount(0);
});

test('a mean file that is dropped on a network is subtracted by its data layer', async ({ page, folder }) => {
  await openNetwork(page, 'FCN-AlexNet');
  // A BlobProto of 1 x 3 x 1 x 1: num, channels, height, width, and three packed floats.
  const means = Buffer.from(new Float32Array([104, 116.5, 122.75]).buffer);
  const file = Buffer.concat([Buffer.from([8, 1, 16, 3, 24, 1, 32, 1, 42, means.length]), means]);
  const path = join(folder, 'mean.binaryproto');
  writeFileSync(path, file);
  await drop(page, [path]);
  await expect(main(page)).toContainText('means of blue, green and red 104.0, 116.5, 122.8');
  await expect
    .poll(async () => (await stored(page))[0]?.prototxt)
    .toContain('transform_param { mean_value: 104 mean_value: 116.5 mean_value: 122.75 }');
  await expect(problems(page)).toContainText('takes away 116 once more');
});

test('a network with layers of unknown types is drawn, and each unknown type is one problem', async ({
  page,
}) => {
  const bn = (i: number) =>
    `layer { name: "bn${i}" type: "BN" bottom: "${i ? `bn${i - 1}` : 'data'}" top: "bn${i}" }`;
  const prototxt = [
    'layer { name: "data" type: "DenseImageData" top: "data" top: "label" }',
    ...[0, 1, 2, 3].map(bn),
  ].join('\n');
  await page.goto('');
  await page.evaluate((text) => window.intarsia.saveNetwork({ name: 'foreign', prototxt: text }), prototxt);
  await openNetwork(page, 'foreign');
  await expect(page.getByRole('button', { name: /^data, unknown type DenseImageData/ })).toBeVisible();
  await expect(row(page, 'bn3').getByRole('cell', { name: '–' })).not.toHaveCount(0);
  await expect(problems(page).getByRole('listitem')).toHaveCount(2);
  await expect(problems(page)).toContainText('4 layers have the type "BN", which Intarsia does not run.');
  await problems(page).getByRole('button', { name: 'Line 4' }).click();
  await expect(row(page, 'bn2')).toHaveAttribute('aria-current', 'true');
});

test('what is misspelt, a missing brace and the keys are said where the person writes', async ({ page }) => {
  await openNetwork(page, 'FCN-AlexNet');
  await expect(page.getByRole('link', { name: 'Add skips' })).toBeVisible();
  await page.locator('.cm-line', { hasText: 'name: "conv1"' }).click();
  await expect(page.getByText('Ctrl and Space completes')).toBeVisible();
  await expect(row(page, 'conv1')).toHaveAttribute('aria-current', 'true');
  await expect(page.getByRole('button', { name: /^conv1, / })).toHaveAttribute('aria-pressed', 'true');

  await page.locator('.cm-line', { hasText: 'kernel_size: 11' }).click();
  await page.keyboard.press('Home');
  await page.keyboard.press('Delete');
  await expect(problems(page).getByRole('listitem')).toHaveCount(1);
  await expect(problems(page)).toContainText('Without it kernel_size is missing');
  await problems(page).getByRole('button', { name: 'Write kernel_size' }).click();
  await expect(problems(page)).toContainText('No problems');

  await page.locator('.cm-line', { hasText: 'std: 0.00128' }).click();
  await page.keyboard.press('End');
  await page.keyboard.press('Backspace');
  await expect(problems(page)).toContainText('By the indentation, its "}" is missing here.');
  await problems(page).getByRole('button', { name: 'Add the "}"' }).click();
  await expect(problems(page)).toContainText('No problems');

  await openNetwork(page, 'FCN-8s');
  await expect(page.getByRole('link', { name: 'Add skips' })).toHaveCount(0);
});
