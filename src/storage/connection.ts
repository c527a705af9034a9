// Opening and deleting a database by name: upgrades step by step, never hung by another tab.
import { deleteDB, openDB, type IDBPDatabase } from 'idb';
import { AppError } from '../core/errors';
import type { IntarsiaSchema, Migration } from './schema';

/** How long other tabs get to let go of the database before the person is told. */
const blockedMs = 10_000;

/**
 * Opens a database, applying the migrations it lacks; a migration that fails leaves the database as it was.
 * `onClose` is called when the connection is lost or given up to another tab; who wants to go on opens again.
 */
export async function connect(
  name: string,
  migrations: readonly Migration[],
  onClose: () => void,
): Promise<IDBPDatabase<IntarsiaSchema>> {
  const wait = patience();
  let failure: unknown = null;
  const opening = openDB<IntarsiaSchema>(name, migrations.length, {
    upgrade(database, oldVersion, _newVersion, transaction) {
      const upgrade = async () => {
        for (const migrate of migrations.slice(oldVersion)) await migrate(database, transaction);
      };
      transaction.done.catch(() => {});
      upgrade().catch((error: unknown) => {
        failure = error;
        transaction.abort();
      });
    },
    blocked: () => wait.begin(),
    blocking(_current, _wanted, event) {
      onClose();
      (event.target as IDBDatabase).close();
    },
    terminated: onClose,
  });
  try {
    return await Promise.race([opening, wait.over]);
  } catch (error) {
    // A connection that arrives after its caller gave up would block every later upgrade.
    opening.then((database) => database.close()).catch(() => {});
    throw storageError(failure ?? error);
  } finally {
    wait.end();
  }
}

/** Deletes a database; other tabs are asked to close theirs. Throws AppError 'storage-failed' when one does not. */
export async function remove(name: string): Promise<void> {
  const wait = patience();
  try {
    await Promise.race([deleteDB(name, { blocked: () => wait.begin() }), wait.over]);
  } catch (error) {
    throw storageError(error);
  } finally {
    wait.end();
  }
}

/** A promise that rejects some time after `begin`, unless `end` comes first. */
function patience() {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let fail: (error: AppError) => void;
  const over = new Promise<never>((_, reject) => (fail = reject));
  const tooLong = () =>
    fail(
      new AppError(
        'storage-failed',
        'Another tab of this page keeps its data open in an older version. Close the other tabs, then reload this one.',
      ),
    );
  return {
    over,
    begin: () => void (timer ??= setTimeout(tooLong, blockedMs)),
    end: () => clearTimeout(timer),
  };
}

/** The error a person should read for whatever IndexedDB threw. */
export function storageError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const kind = error instanceof Error || error instanceof DOMException ? error.name : '';
  if (kind === 'QuotaExceededError') {
    return new AppError(
      'storage-full',
      'The browser has no storage left for this page. What was stored before is kept. Delete a dataset or a run, or free disk space, then try again.',
    );
  }
  if (kind === 'VersionError') {
    return new AppError(
      'storage-failed',
      'The stored data is from a newer version of this page, open in another tab or seen before. Reload this tab to get the newer version.',
    );
  }
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new AppError(
    'storage-failed',
    `The browser could not read or write this page's data (${said}). Check that the disk is not full and that the browser may store data for this page, then reload.`,
    { cause: said },
  );
}
