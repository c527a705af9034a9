// Work on datasets as the page asks for it: through the worker, in its database.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { noEdit } from '../data/class-edit';
import { storedTiles } from '../data/testing/tiles';
import type { TileProgress } from '../data/tile-meter';
import { deleteEverything } from '../storage/database';
import * as datasets from '../storage/datasets';
import { loader } from './workers';

const stored = storedTiles({ train: 150, val: 4 }, { width: 40, height: 32 });
const clone = { tiles: null, what: '', tile: null, edit: noEdit(stored.record) };

beforeAll(async () => {
  await deleteEverything();
  await datasets.putTiles([...stored.tiles.train, ...stored.tiles.val], stored.record);
});
afterAll(deleteEverything);

test('a clone that is stopped leaves nothing; one that is not has all', async () => {
  const said: TileProgress[] = [];
  const stopped = loader().cloneDataset('d', { ...clone, name: 'stopped' }, () => {
    void loader().cancelDatasetWork();
  });
  await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
  expect((await datasets.listDatasets()).map(({ id }) => id)).toEqual(['d']);
  const id = await loader().cloneDataset('d', { ...clone, name: 'copy' }, (one) => said.push(one));
  expect(said.at(-1)).toMatchObject({ done: 154, total: 154 });
  expect(await datasets.getDataset(id)).toMatchObject({ name: 'copy', tiles: { train: 150, val: 4 } });
  expect(await datasets.getTile(id, 'val', 3)).toEqual({ ...stored.tiles.val[3]!, dataset: id });
  await expect(loader().cloneDataset('d', { ...clone, name: 'copy' }, () => {})).rejects.toMatchObject({
    code: 'bad-settings',
  });
  await loader().deleteDataset(id);
});

test('an export goes into a file that was chosen, as it goes into a Blob', async () => {
  const folder = await navigator.storage.getDirectory();
  const handle = await folder.getFileHandle('export.zip', { create: true });
  const written = await loader().exportDataset('d', handle, () => {});
  expect(written.file).toBeNull();
  const file = await handle.getFile();
  expect(file.size).toBe(written.bytes);
  const { file: blob } = await loader().exportDataset('d', null, () => {});
  expect(new Uint8Array(await blob!.arrayBuffer())).toEqual(new Uint8Array(await file.arrayBuffer()));
  await folder.removeEntry('export.zip');
});

test('an export that is stopped leaves the chosen file as it was', async () => {
  const folder = await navigator.storage.getDirectory();
  const handle = await folder.getFileHandle('kept.zip', { create: true });
  const stream = await handle.createWritable();
  await stream.write('before');
  await stream.close();
  const stopped = loader().exportDataset('d', handle, () => void loader().cancelDatasetWork());
  await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
  expect(await (await handle.getFile()).text()).toBe('before');
  await folder.removeEntry('kept.zip');
});

test('one piece of work at a time, and a merge as a whole', async () => {
  const edit = noEdit(stored.record);
  edit.classes[0]!.into = 1;
  const merging = loader().editClasses('d', edit, () => {});
  await expect(loader().exportDataset('d', null, () => {})).rejects.toThrow(/Another dataset is being/);
  await merging;
  const { train } = stored.record.pixels;
  expect(await datasets.getDataset('d')).toMatchObject({
    classes: stored.record.classes.slice(1),
    pixels: {
      train: { classes: [train.classes[0]! + train.classes[1]!, train.classes[2], train.classes[3]] },
    },
  });
  await expect(loader().editClasses('d', edit, () => {})).rejects.toMatchObject({ code: 'bad-classes' });
});
