// Imports that have not ended: what they need to go on, and what becomes of them when their page is gone.
import type { ImportPlan } from '../data/import-plan';
import type { DatasetId, DatasetRecord } from '../data/types';
import { withDatabase, write } from './database';
import { nameTaken, noDataset } from './datasets';
import { heldLocks } from './locks';

/** The name of the Web Lock that an import holds, so that another tab does not take it for dead. */
export function importLockName(id: DatasetId): string {
  return `intarsia-import-${id}`;
}

/** Marks as 'partial' every dataset whose import ended with its page. Those whose lock is held are left alone. */
export async function markInterruptedImports(): Promise<void> {
  const held = await heldLocks();
  await write(['datasets'], 'strict', async (transaction) => {
    const store = transaction.objectStore('datasets');
    for (const dataset of await store.getAll()) {
      if (dataset.state !== 'importing' || held.has(importLockName(dataset.id))) continue;
      await store.put({ ...dataset, state: 'partial' });
    }
  });
}

/**
 * Stores the record of a dataset whose import begins, without tiles, and what the import needs to go on. Throws AppError
 * 'bad-settings' where another dataset has the name.
 */
export function beginImport(record: DatasetRecord, plan: ImportPlan): Promise<void> {
  return write(['datasets', 'imports'], 'strict', async (transaction) => {
    const store = transaction.objectStore('datasets');
    const all = await store.getAll();
    if (all.some(({ name }) => name === record.name)) throw nameTaken(record.name);
    await Promise.all([store.put(record), transaction.objectStore('imports').put(plan)]);
  });
}

export function getImportPlan(id: DatasetId): Promise<ImportPlan | undefined> {
  return withDatabase((database) => database.get('imports', id));
}

/** Makes a dataset of what is stored of an import, for good; what was not imported is listed. Throws AppError 'not-found'. */
export function keepImported(id: DatasetId): Promise<void> {
  return write(['datasets', 'imports'], 'strict', async (transaction) => {
    const store = transaction.objectStore('datasets');
    const record = await store.get(id);
    if (!record) throw noDataset();
    const { unfinished, ...rest } = record;
    const missing = (unfinished?.total ?? 0) - (unfinished?.done ?? 0);
    const rejected = missing
      ? [{ file: `${missing} pairs`, reason: 'Not imported: the import was ended before their turn.' }]
      : [];
    await store.put({ ...rest, state: 'ready', rejected: [...record.rejected, ...rejected] });
    await transaction.objectStore('imports').delete(id);
  });
}
