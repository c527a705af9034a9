// A person's own networks.
import { AppError } from '../core/errors';
import type { NetworkDraft, NetworkId, NetworkRecord } from '../nets/network-record';
import { withDatabase, write } from './database';

/** All networks, the one that was changed last first. */
export async function listNetworks(): Promise<NetworkRecord[]> {
  const all = await withDatabase((database) => database.getAll('networks'));
  return all.sort((a, b) => b.changedAt - a.changedAt);
}

export function getNetwork(id: NetworkId): Promise<NetworkRecord | undefined> {
  return withDatabase((database) => database.get('networks', id));
}

/**
 * Stores a network under `newId`, or changes the one that the draft names. Returns what is stored then.
 * @throws AppError 'not-found', or 'bad-settings' where the name is empty or another network's.
 */
export async function saveNetworkDraft(draft: NetworkDraft, newId: NetworkId): Promise<NetworkRecord> {
  const name = draft.name.trim();
  if (!name) throw new AppError('bad-settings', 'Give the network a name.');
  let stored: NetworkRecord | undefined;
  await write(['networks'], 'strict', async (transaction) => {
    const store = transaction.objectStore('networks');
    const all = await store.getAll();
    const old = all.find(({ id }) => id === draft.id);
    if (draft.id !== undefined && !old) throw noNetwork();
    // A network keeps the name it has, so that nothing stands in the way of its text.
    if (all.some((other) => other.name === name && other.id !== draft.id) && old?.name !== name) {
      throw new AppError(
        'bad-settings',
        `There is a network called "${name}" already. Choose another name, or delete that network first.`,
      );
    }
    const changedAt = Date.now();
    stored = {
      id: old?.id ?? newId,
      schema: 1,
      name,
      prototxt: draft.prototxt,
      createdAt: old?.createdAt ?? changedAt,
      changedAt,
      origin: old?.origin ?? draft.origin ?? { kind: 'new' },
    };
    await store.put(stored);
  });
  return stored!;
}

/** Removes a network; runs and models have their own copy of its text. */
export function deleteNetworkRecord(id: NetworkId): Promise<void> {
  return write(['networks'], 'strict', (transaction) => transaction.objectStore('networks').delete(id));
}

function noNetwork(): AppError {
  return new AppError(
    'not-found',
    'This network is not stored any more; it may have been deleted in another tab. Its text is still on this page: Duplicate stores it as a new network.',
  );
}
