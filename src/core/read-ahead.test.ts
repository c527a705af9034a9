import { expect, it, vi } from 'vitest';
import { readAhead } from './read-ahead';

it('gives every result in order, however long each takes', async () => {
  const delays = [5, 0, 3, 1];
  const make = vi.fn(async (index: number) => {
    await new Promise((resolve) => setTimeout(resolve, delays[index - 3]));
    return `batch ${index}`;
  });
  const take = readAhead(make, 3, 7, 2);
  const taken = [await take(), await take(), await take(), await take()];
  expect(taken).toEqual(['batch 3', 'batch 4', 'batch 5', 'batch 6']);
  expect(make.mock.calls).toEqual([[3], [4], [5], [6]]);
});

it('has two results waiting while one is used, and no more', async () => {
  const begun: number[] = [];
  const take = readAhead(
    (index) => {
      begun.push(index);
      return Promise.resolve(index);
    },
    0,
    1000,
    2,
  );
  expect(begun).toEqual([0, 1]);
  for (let step = 0; step < 20; step++) {
    expect(await take()).toBe(step);
    await new Promise((resolve) => setTimeout(resolve));
    expect(begun.length).toBe(step + 3);
  }
});

it('throws a failure where its result was to come, not before, and goes on', async () => {
  const take = readAhead(
    (index) => (index === 1 ? Promise.reject(new Error('tile 1 is gone')) : Promise.resolve(index)),
    0,
    3,
    1,
  );
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await take()).toBe(0);
  await expect(take()).rejects.toThrow('tile 1 is gone');
  expect(await take()).toBe(2);
});

it('reads nothing where there is nothing to read', async () => {
  const make = vi.fn((index: number) => Promise.resolve(index));
  const take = readAhead(make, 4, 4, 2);
  expect(make).not.toHaveBeenCalled();
  await expect(take()).rejects.toThrow('nothing left');
});
