// From a classifier to a network that labels pixels, by hand: definitions, proof, head, skips, and the new network opened.
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures/page-test';

const part = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

test('CaffeNet becomes FCN-AlexNet, is proved, gets skips and is saved', async ({ page }) => {
  await page.goto('#/networks/caffenet');
  await page.getByRole('link', { name: 'Make it fully convolutional' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Make it fully convolutional' })).toBeFocused();

  const turn = part(page, 'Fully connected becomes convolution');
  const fc6 = turn.getByRole('group', { name: 'fc6 before and after' });
  for (const line of ['type: "InnerProduct"', 'type: "Convolution"', 'kernel_size: 6']) {
    await expect(fc6).toContainText(line);
  }
  await expect(turn).toContainText('fc6 sees pool5, 256 × 6 × 6.');
  await expect(turn).toContainText('37,752,832 in all, before as after');
  await turn.getByText('fc7 sees fc6').click();
  await expect(turn.getByRole('group', { name: 'fc7 before and after' })).toContainText('kernel_size: 1');

  const proof = part(page, 'The proof');
  await proof.getByLabel('Width', { exact: true }).selectOption('other');
  await proof.getByLabel('Other width', { exact: true }).fill('0.0625');
  await proof.getByLabel('Backend', { exact: true }).selectOption('wasm');
  const found = part(page, 'What the proof found');
  const compare = proof.getByRole('button', { name: 'Compare' });
  await compare.click();
  await expect(found).toContainText(/All 1,000 scores are the same/);
  await expect(found).toContainText(/compared with those of the pass. They are the same but for rounding/);
  await expect(found.getByRole('table', { name: 'Largest scores' }).getByRole('row')).toHaveCount(6);
  await proof.getByLabel('Without padding').uncheck();
  await compare.click();
  await expect(found).toContainText('64 windows, one by one');
  await expect(found).toContainText('That is the padding');
  await expect(proof.getByRole('status')).toHaveText('Done.');

  const head = part(page, 'A head for every pixel');
  await expect(head).toContainText('31 − 13 = 18 pixels outside the image');
  await expect(head.getByLabel('Text of score', { exact: true })).toContainText('offset: 18');
  await head.getByLabel('Classes', { exact: true }).fill('1');
  await head.getByLabel('Classes', { exact: true }).blur();
  await expect(head).toContainText('from 2 to 255');
  await head.getByLabel('Classes', { exact: true }).fill('7');
  await head.getByLabel('Classes', { exact: true }).blur();
  await expect(head.getByLabel('Text of upscore', { exact: true })).toContainText('num_output: 7');
  await head.getByLabel('Classes', { exact: true }).fill('12');
  await head.getByLabel('Classes', { exact: true }).blur();
  await expect(head.getByRole('list', { name: 'Removed' })).toContainText('fc8');

  const result = part(page, 'The result');
  const name = result.getByLabel('Name', { exact: true });
  await expect(name).toHaveValue('FCN-CaffeNet');
  await expect(result).toContainText('56,965,016 parameters');

  const skips = part(page, 'Skips');
  await expect(skips.getByRole('checkbox', { name: /pool5/ })).toBeDisabled();
  await skips.getByRole('checkbox', { name: /pool2/ }).check();
  await skips.getByRole('checkbox', { name: /pool1/ }).check();
  const steps = skips.getByRole('region', { name: 'Steps to the image' }).getByRole('row');
  await expect(steps.filter({ hasText: 'to pool2' })).toContainText('5');
  await expect(steps.filter({ hasText: 'to the image' })).toContainText('18');
  await expect(name).toHaveValue('FCN-CaffeNet-8s');
  await expect(result).toContainText('No problems');
  await result.getByRole('button', { name: 'Save as a network' }).click();

  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/FCN-CaffeNet-8s/);
  await expect(part(page, 'Problems')).toContainText('No problems');
  const stored = await page.evaluate(async () => {
    const [network] = await window.intarsia.networks();
    const text = network!.prototxt;
    const { offset } = await window.intarsia.describe({ network: { kind: 'prototxt', text } });
    return { origin: network!.origin, offset };
  });
  expect(stored).toMatchObject({ origin: { kind: 'copy', of: 'CaffeNet' }, offset: 18 });
});

test('a proof can be stopped, and what cannot be turned says why', async ({ page }) => {
  await page.goto('#/networks/vgg-16/convolutional');
  const proof = part(page, 'The proof');
  await proof.getByLabel('Width', { exact: true }).selectOption('0.5');
  await proof.getByLabel('Backend', { exact: true }).selectOption('wasm');
  await proof.getByRole('button', { name: 'Compare' }).click();
  await proof.getByRole('button', { name: 'Stop' }).click();
  await expect(proof.getByRole('status')).toHaveText('Stopped.');

  await page.goto('#/networks/fcn-32s/convolutional');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Add skips');
  await expect(part(page, 'The result')).toContainText('Choose a skip');
  const id = await page.evaluate(async () => {
    const prototxt = `input: "data" input_shape { dim: 1 dim: 8 }
layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" inner_product_param { num_output: 2 } }`;
    return (await window.intarsia.saveNetwork({ name: 'rows', prototxt })).id;
  });
  await page.goto(`#/networks/${id}/convolutional`);
  await expect(page.getByRole('alert')).toContainText('Line 2: layer "ip"');
  await page.getByRole('link', { name: 'Open it in the editor' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/rows/);
});
