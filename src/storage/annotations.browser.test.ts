// Against a real IndexedDB: what annotating writes, and what it refuses.
import { expect, it } from 'vitest';
import { inflateLabels } from '../data/label-codec';
import { VOID } from '../data/types';
import { appendClass, putLabelMap } from './annotations';
import { deleteEverything } from './database';
import { getDataset, getTile, listTiles, putTiles } from './datasets';
import { datasetRecord, tileRecord } from './test-records';

it('counts change with the label map, a further class leaves stored maps as they are, and other classes are refused', async () => {
  await deleteEverything();
  await putTiles([tileRecord('a', 'train', 0)], datasetRecord('a', 'photos'));
  const key = { dataset: 'a', split: 'train', index: 0 } as const;
  await putLabelMap(key, Uint8Array.of(0, VOID), [0]);
  expect((await getDataset('a'))?.pixels.train).toEqual({ classes: [1], void: 1 });

  await appendClass('a', { name: ' road ', colour: [9, 9, 9] });
  expect((await getDataset('a'))?.classes).toEqual([
    { id: 0, name: 'sky', colour: [1, 2, 3] },
    { id: 1, name: 'road', colour: [9, 9, 9] },
  ]);
  expect((await listTiles('a', 'train'))[0]?.pixels).toEqual({ classes: [1, 0], void: 1 });
  await putLabelMap(key, Uint8Array.of(0, 1), [0, 1]);
  const tile = (await getTile('a', 'train', 0))!;
  expect([...inflateLabels(tile.labels, 2)]).toEqual([0, 1]);
  expect((await getDataset('a'))?.pixels.train).toEqual({ classes: [1, 1], void: 0 });

  await expect(putLabelMap(key, Uint8Array.of(1, 1), [0, 7])).rejects.toMatchObject({ code: 'bad-label' });
  await expect(appendClass('a', { name: 'Road', colour: [8, 8, 8] })).rejects.toMatchObject({
    code: 'bad-classes',
  });
  await expect(appendClass('b', { name: 'car', colour: [8, 8, 8] })).rejects.toMatchObject({
    code: 'not-found',
  });
  await expect(putLabelMap({ ...key, index: 5 }, Uint8Array.of(0, 0), [0, 1])).rejects.toMatchObject({
    code: 'not-found',
  });
  expect((await getDataset('a'))?.pixels.train).toEqual({ classes: [1, 1], void: 0 });
});
