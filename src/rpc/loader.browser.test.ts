// The loader as the page has it: the worker, its database and the messages between.
import { expect, test } from 'vitest';
import type { ImportProgress, ImportSettings } from '../data/import-types';
import type { ClassList, SourceFile } from '../data/types';
import { loader } from './workers';

const classes: ClassList = {
  classes: [
    { id: 0, name: 'sky', colour: [0, 0, 255] },
    { id: 4, name: 'road', colour: [90, 80, 70] },
  ],
  voidClass: null,
};
const settings: ImportSettings = {
  name: 'worker streets',
  classes,
  format: null,
  validationPercent: 50,
  seed: 1,
  scale: null,
  tile: null,
};

async function picture(): Promise<Blob> {
  const canvas = new OffscreenCanvas(6, 4);
  canvas.getContext('2d')!.fillRect(0, 0, 3, 4);
  return canvas.convertToBlob();
}

async function dropTwoPairs(): Promise<void> {
  const image = await picture();
  const png = await loader().encodeLabelPng(
    { width: 6, height: 4, labels: new Uint8Array(24).fill(1) },
    classes,
  );
  const source = (path: string, part: BlobPart): SourceFile => ({ path, file: new File([part], path) });
  const files = {
    images: ['a', 'b'].map((name) => source(`i/${name}.png`, image)),
    labels: ['a', 'b'].map((name) => source(`l/${name}.png`, new Uint8Array(png))),
  };
  const paths = (list: readonly SourceFile[]) => list.map(({ path }) => path);
  await loader().takeFiles({ images: paths(files.images), labels: paths(files.labels) }, (role, index) =>
    Promise.resolve(files[role as keyof typeof files][index]!.file),
  );
}

test('imports, renames and deletes a dataset', async () => {
  await dropTwoPairs();
  expect((await loader().survey()).format).toBe('palette-index');
  const pair = await loader().transferPair('b', classes);
  expect(pair.label.labels).toEqual(new Uint8Array(24).fill(1));
  expect(pair.image.rgb).toHaveLength(72);

  const said: ImportProgress[] = [];
  const report = await loader().importDataset(settings, (progress) => said.push(progress));
  expect(report).toMatchObject({ name: 'worker streets', train: 1, val: 1, complete: true, rejected: [] });
  expect(report.classes.map(({ pixels }) => pixels)).toEqual([0, 48]);
  await expect.poll(() => said.at(-1)?.phase).toBe('finishing');

  await expect(loader().importDataset(settings, () => {})).rejects.toMatchObject({
    code: 'bad-settings',
    message: expect.stringMatching(/called "worker streets" already/) as string,
  });
  await loader().renameDataset(report.dataset, ' other streets ');
  // The loader lets go of the files with the import.
  await dropTwoPairs();
  const second = await loader().importDataset(settings, () => {});
  await expect(loader().renameDataset(second.dataset, 'other streets')).rejects.toMatchObject({
    code: 'bad-settings',
  });
  for (const { dataset } of [report, second]) await loader().deleteDataset(dataset);
  await expect(loader().deleteDataset(report.dataset)).rejects.toMatchObject({ code: 'not-found' });
});

test('decodes an image and says what is wrong with one', async () => {
  const image = await loader().transferImage(new File([await picture()], 'a.png'));
  expect([image.width, image.height, image.rgb.length]).toEqual([6, 4, 72]);
  await expect(loader().transferImage(new File(['text'], 'a.png'))).rejects.toMatchObject({
    code: 'bad-file',
    message: expect.stringMatching(/^a\.png: .* text file/) as string,
  });
});
