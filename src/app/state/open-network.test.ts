import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AppError } from '../../core/errors';
import type { NetworkDraft, NetworkRecord } from '../../nets/network-record';
import { OpenNetwork, type NetworkKeeper } from './open-network.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const record: NetworkRecord = {
  id: 'n',
  schema: 1,
  name: 'mine',
  prototxt: 'a',
  createdAt: 1,
  changedAt: 1,
  origin: { kind: 'new' },
};

/** Stores in memory; `fault` makes it fail. */
function keeper() {
  const drafts: NetworkDraft[] = [];
  const copies: NetworkRecord[] = [];
  const discarded: string[] = [];
  const state = { fault: null as AppError | null };
  const kept: NetworkKeeper = {
    async save(draft) {
      drafts.push(draft);
      await Promise.resolve();
      if (state.fault) throw state.fault;
      const origin = draft.origin ?? record.origin;
      return { ...record, ...draft, id: draft.id ?? 'copy', origin, changedAt: 1 + drafts.length };
    },
    nameCopy: (name) => `${name} copy`,
    oncopy: (copy) => copies.push(copy),
    async discard(id) {
      await Promise.resolve();
      if (state.fault) throw state.fault;
      discarded.push(id);
    },
    onback: () => undefined,
  };
  return { kept, drafts, copies, discarded, state };
}

test('typing is stored once it rests, and only where something changed', async () => {
  const { kept, drafts } = keeper();
  const open = new OpenNetwork(record, kept);
  open.text = 'ab';
  open.text = 'abc';
  await vi.advanceTimersByTimeAsync(100);
  expect(drafts).toEqual([]);
  expect(open.dirty).toBe(true);
  await vi.advanceTimersByTimeAsync(1000);
  expect(drafts).toEqual([{ id: 'n', name: 'mine', prototxt: 'abc' }]);
  expect(open.dirty).toBe(false);
  open.text = 'x';
  open.text = 'abc';
  await vi.advanceTimersByTimeAsync(1000);
  expect(drafts).toHaveLength(1);
});

test('leaving stores at once, and what is typed meanwhile follows', async () => {
  const { kept, drafts } = keeper();
  const open = new OpenNetwork(record, kept);
  open.text = 'b';
  const flushed = open.flush();
  await Promise.resolve();
  open.text = 'c';
  await Promise.all([flushed, open.flush()]);
  expect(drafts.map(({ prototxt }) => prototxt)).toEqual(['b', 'c']);
  expect(open.record?.prototxt).toBe('c');
});

test('the first change of a built-in network makes a copy, once', async () => {
  const { kept, drafts, copies } = keeper();
  const open = new OpenNetwork({ id: 'fcn-8s', name: 'FCN-8s', prototxt: 'a' }, kept);
  expect(open.record).toBeNull();
  open.text = 'b';
  const first = open.flush();
  open.text = 'c';
  await Promise.all([first, open.flush()]);
  expect(drafts[0]).toMatchObject({ name: 'FCN-8s copy', origin: { kind: 'zoo', id: 'fcn-8s' } });
  expect(copies.map(({ id }) => id)).toEqual(['copy']);
  open.text = 'd';
  await open.flush();
  expect(drafts.at(-1)).toEqual({ id: 'copy', name: 'FCN-8s copy', prototxt: 'd' });
  expect(open.builtIn?.name).toBe('FCN-8s');
});

test('a copy that is its source again goes, and the next change makes another', async () => {
  const { kept, drafts, copies, discarded, state } = keeper();
  const open = new OpenNetwork({ id: 'fcn-8s', name: 'FCN-8s', prototxt: 'a' }, kept);
  open.text = 'b';
  await open.flush();
  open.text = 'a';
  state.fault = new AppError('storage-full', 'full');
  await open.flush();
  expect([open.record?.id, open.error, open.dirty]).toEqual(['copy', state.fault, true]);
  state.fault = null;
  await open.flush();
  expect(discarded).toEqual(['copy']);
  expect([open.record, open.name, open.dirty, open.error]).toEqual([null, 'FCN-8s', false, null]);
  open.text = 'c';
  await open.flush();
  expect(copies).toHaveLength(2);
  expect(drafts.at(-1)).toMatchObject({ name: 'FCN-8s copy', prototxt: 'c' });
});

test('a copy that was given a name stays, whatever its text', async () => {
  const { kept, discarded } = keeper();
  const open = new OpenNetwork({ id: 'fcn-8s', name: 'FCN-8s', prototxt: 'a' }, kept);
  open.text = 'b';
  await open.flush();
  await open.rename('streets');
  open.text = 'a';
  await open.flush();
  expect(discarded).toEqual([]);
  expect(open.record).toMatchObject({ name: 'streets', prototxt: 'a' });
});

test('a failure keeps the text and is shown until the text is stored', async () => {
  const { kept, state } = keeper();
  const open = new OpenNetwork(record, kept);
  state.fault = new AppError('storage-full', 'full');
  open.text = 'b';
  await open.flush();
  expect(open.error).toBe(state.fault);
  expect([open.text, open.dirty]).toEqual(['b', true]);
  state.fault = null;
  await open.flush();
  expect([open.error, open.dirty]).toEqual([null, false]);
});

test('a name that is refused leaves everything as it was', async () => {
  const { kept, state } = keeper();
  const open = new OpenNetwork(record, kept);
  state.fault = new AppError('bad-settings', 'taken');
  await expect(open.rename('other')).rejects.toEqual(state.fault);
  expect([open.name, open.error, open.dirty]).toEqual(['mine', null, false]);
  state.fault = null;
  await open.rename('other');
  expect(open.name).toBe('other');
});

test('a new name is written into the text', async () => {
  const { kept, drafts } = keeper();
  const prototxt = 'name: "mine" # as drawn\nlayer { name: "a" type: "ReLU" bottom: "data" top: "a" }';
  const open = new OpenNetwork({ ...record, prototxt }, kept);
  await open.rename('streets');
  expect(drafts).toEqual([{ id: 'n', name: 'streets', prototxt: prototxt.replace('mine', 'streets') }]);
  expect([open.name, open.text, open.dirty]).toEqual(['streets', drafts[0]!.prototxt, false]);
});

test("another tab's change is taken over, but not over one's own", () => {
  const { kept } = keeper();
  const open = new OpenNetwork(record, kept);
  open.adopt({ ...record, prototxt: 'theirs', changedAt: 2 });
  expect(open.text).toBe('theirs');
  open.text = 'mine';
  open.adopt({ ...record, prototxt: 'theirs again', changedAt: 3 });
  expect(open.text).toBe('mine');
});
