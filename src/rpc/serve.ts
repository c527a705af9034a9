// The worker's end: offers an object's functions to the page that started the worker.
import { expose, transfer } from 'comlink';
import { errorRecord } from '../core/errors';
import type { Reply } from './connect';

/** Buffers of pixels inside a result whose function promises to transfer them. */
function buffersOf(value: unknown): ArrayBuffer[] {
  if (value instanceof Uint8Array) return [value.buffer as ArrayBuffer];
  if (typeof value !== 'object' || value === null) return [];
  return [...new Set(Object.values(value).flatMap(buffersOf))];
}

/**
 * Serves `api`. Call it synchronously while the worker's script runs, so that no early call is lost.
 * Functions whose name begins with "transfer" give their buffers away; all others send copies.
 */
export function serve<Api extends object>(api: Api): void {
  expose(async (method: string, ...args: unknown[]): Promise<Reply> => {
    try {
      const call = (api as Record<string, unknown>)[method];
      if (typeof call !== 'function') throw new Error(`no function ${method} is served here`);
      const value: unknown = await call.apply(api, args);
      const reply: Reply = { ok: true, value };
      return method.startsWith('transfer') ? transfer(reply, buffersOf(value)) : reply;
    } catch (error) {
      return { ok: false, error: errorRecord(error) };
    }
  });
}
