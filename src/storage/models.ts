// Models: networks with weights.
import type { ModelId, ModelRecord } from '../training/types';
import { withDatabase, write } from './database';

/** All models with their files, newest first. */
export async function listModels(): Promise<ModelRecord[]> {
  const all = await withDatabase((database) => database.getAll('models'));
  return all.sort((a, b) => b.createdAt - a.createdAt);
}

export function getModel(id: ModelId): Promise<ModelRecord | undefined> {
  return withDatabase((database) => database.get('models', id));
}

export function putModel(record: ModelRecord): Promise<void> {
  return write(['models'], 'strict', (transaction) => transaction.objectStore('models').put(record));
}

export function deleteModelRecord(id: ModelId): Promise<void> {
  return write(['models'], 'strict', (transaction) => transaction.objectStore('models').delete(id));
}
