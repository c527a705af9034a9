import { expect, test } from 'vitest';
import { LabelWriter, type LabelledTile } from './label-writer.svelte';

const tile = (index: number, value: number): LabelledTile => ({
  key: { dataset: 'd', split: 'train', index },
  labels: Uint8Array.of(value),
  classIds: [0, 1],
});

/** A store that is as slow, or as broken, as the test wants. */
function store() {
  const kept: [index: number, value: number][] = [];
  const waiting: (() => void)[] = [];
  let broken = false;
  const writer = new LabelWriter(async ({ key, labels }) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    if (broken) throw new Error('the disk is full');
    kept.push([key.index, labels[0]!]);
  });
  const goOn = async () => {
    // Each write asks once, and the next may follow from its end.
    for (let i = 0; i < 20; i++) {
      waiting.shift()?.();
      await Promise.resolve();
    }
    await writer.settled();
  };
  return { writer, kept, goOn, breaks: (now: boolean) => (broken = now) };
}

test('every map is stored, and of several of one tile at least the newest', async () => {
  const { writer, kept, goOn } = store();
  writer.store(tile(0, 1));
  writer.store(tile(0, 2));
  writer.store(tile(0, 3));
  writer.store(tile(1, 4));
  expect(writer.unstored).toBe(2);
  await goOn();
  expect(writer.unstored).toBe(0);
  expect(kept.findLast(([index]) => index === 0)).toEqual([0, 3]);
  expect(kept).toContainEqual([1, 4]);
});

test('a map is stored as it was when it was given', async () => {
  const { writer, kept, goOn } = store();
  const changing = tile(0, 1);
  writer.store(changing);
  changing.labels[0] = 9;
  await goOn();
  expect(kept).toEqual([[0, 1]]);
});

test('what could not be stored is kept, told of, and stored when it is tried again', async () => {
  const { writer, kept, goOn, breaks } = store();
  breaks(true);
  writer.store(tile(0, 1));
  writer.store(tile(1, 2));
  await goOn();
  expect(writer.error).toEqual(new Error('the disk is full'));
  expect(writer.unstored).toBe(2);
  breaks(false);
  writer.retry();
  await goOn();
  expect(kept).toEqual([
    [0, 1],
    [1, 2],
  ]);
  expect([writer.error, writer.unstored]).toEqual([null, 0]);
});

test('what cannot be stored can be given up', async () => {
  const { writer, kept, goOn, breaks } = store();
  breaks(true);
  writer.store(tile(0, 1));
  await goOn();
  writer.giveUp();
  expect([writer.error, writer.unstored]).toEqual([null, 0]);
  breaks(false);
  writer.store(tile(1, 2));
  await goOn();
  expect(kept).toEqual([[1, 2]]);
});
