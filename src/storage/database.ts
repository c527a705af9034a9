// The page's one database, and transactions on it whose failures are sentences.
import type { IDBPDatabase, IDBPTransaction } from 'idb';
import { connect, remove, storageError } from './connection';
import { migrations, type IntarsiaSchema, type Store } from './schema';

export type { IntarsiaSchema } from './schema';

const name = 'intarsia';

let opened: Promise<IDBPDatabase<IntarsiaSchema>> | null = null;

/**
 * The open database. The connection is shared, and made anew after it was closed: by another tab's upgrade, by
 * deleteEverything, or by the browser. Throws AppError 'storage-failed'.
 */
export function openDatabase(): Promise<IDBPDatabase<IntarsiaSchema>> {
  if (opened) return opened;
  const mine = connect(name, migrations, () => {
    if (opened === mine) opened = null;
  });
  opened = mine;
  mine.catch(() => {
    if (opened === mine) opened = null;
  });
  return mine;
}

/** Deletes every dataset, network, run and model of this page, for good. */
export async function deleteEverything(): Promise<void> {
  const last = opened;
  opened = null;
  if (last) {
    await last.then(
      (database) => database.close(),
      () => {},
    );
  }
  await remove(name);
}

/** Runs `query` on the open database, once more on a new connection where the old one had just been closed. */
export async function withDatabase<Result>(
  query: (database: IDBPDatabase<IntarsiaSchema>) => Promise<Result>,
): Promise<Result> {
  try {
    return await query(await openDatabase());
  } catch (error) {
    if (!isClosed(error)) throw storageError(error);
  }
  opened = null;
  try {
    return await query(await openDatabase());
  } catch (error) {
    throw storageError(error);
  }
}

type WriteTransaction<Names extends Store[]> = IDBPTransaction<IntarsiaSchema, Names, 'readwrite'>;

/**
 * One transaction: either all that `body` asks for is stored, or nothing. `body` may await requests of the
 * transaction and nothing else. 'strict' returns when the data is on the disk, 'relaxed' when the system has it.
 * Throws AppError 'storage-full' or 'storage-failed'.
 */
export function write<Names extends Store[]>(
  stores: Names,
  durability: 'strict' | 'relaxed',
  body: (transaction: WriteTransaction<Names>) => Promise<unknown>,
): Promise<void> {
  return withDatabase(async (database) => {
    const transaction = database.transaction(stores, 'readwrite', { durability });
    const ask = async () => {
      try {
        await body(transaction);
      } catch (error) {
        abort(transaction);
        throw error;
      }
    };
    const [wanted, done] = await Promise.allSettled([ask(), transaction.done]);
    if (done.status === 'fulfilled') return;
    // A transaction that ran out of storage fails its requests with a bare AbortError; the reason is its own.
    const reasons: unknown[] = [
      transaction.error,
      wanted.status === 'rejected' ? wanted.reason : null,
      done.reason,
    ];
    throw reasons.find((reason) => reason && !isAbort(reason)) ?? done.reason;
  });
}

function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // It has ended already, which is what was wanted.
  }
}

function isAbort(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'AbortError';
}

/** Whether a transaction could not begin because its connection was closed meanwhile. */
function isClosed(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'InvalidStateError';
}
