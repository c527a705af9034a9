// The worker's end: offers an object's functions to the page that started the worker.
import { expose, releaseProxy, transfer, type ProxyMethods } from 'comlink';
import { errorRecord } from '../core/errors';
import { newId } from '../core/ids';
import type { Ready, Reply } from './reply';

/** Buffers of pixels inside a result whose function promises to transfer them. */
function buffersOf(value: unknown): ArrayBuffer[] {
  if (value instanceof Uint8Array) return [value.buffer as ArrayBuffer];
  if (typeof value !== 'object' || value === null) return [];
  return [...new Set(Object.values(value).flatMap(buffersOf))];
}

/**
 * Callbacks among the arguments, each remembering its calls until the page has taken them: a reply that overtook them would make the page
 * believe that nothing more will come.
 */
function trackCallbacks(args: readonly unknown[], calls: Set<Promise<unknown>>): unknown[] {
  return args.map((arg) => {
    if (typeof arg !== 'function') return arg;
    const callback = arg as (...values: unknown[]) => unknown;
    return (...values: unknown[]) => {
      const call = Promise.resolve(callback(...values))
        // A page that cannot take an event is no reason to end the work that it tells of.
        .catch(() => undefined)
        .finally(() => calls.delete(call));
      calls.add(call);
    };
  });
}

function releaseCallbacks(args: readonly unknown[]): void {
  for (const arg of args) if (typeof arg === 'function') (arg as unknown as ProxyMethods)[releaseProxy]();
}

/**
 * Serves `api`. Call it synchronously while the worker's script runs, so that no early call is lost.
 * Functions whose name begins with "transfer" give their buffers away; all others send copies. Those whose name begins with "take" may
 * call their callbacks as long as they keep them, and get their answers; to all others callbacks only tell, until they return.
 */
export function serve<Api extends object>(api: Api): void {
  expose(async (method: string, ...args: unknown[]): Promise<Reply> => {
    const calls = new Set<Promise<unknown>>();
    const keeps = method.startsWith('take');
    try {
      const call = (api as Record<string, unknown>)[method];
      if (typeof call !== 'function') throw new Error(`no function ${method} is served here`);
      const value: unknown = await call.apply(api, keeps ? args : trackCallbacks(args, calls));
      const reply: Reply = { ok: true, value };
      await Promise.all(calls);
      return method.startsWith('transfer') ? transfer(reply, buffersOf(value)) : reply;
    } catch (error) {
      await Promise.all(calls);
      return { ok: false, error: errorRecord(error) };
    } finally {
      if (!keeps) releaseCallbacks(args);
    }
  });
  announce();
}

/** Says that calls are taken, with the lock that is held until the worker is no more. */
function announce(): void {
  const say = (life: string | null) => postMessage({ ready: true, life } satisfies Ready);
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return say(null);
  const life = `intarsia-worker-${newId()}`;
  void locks.request(life, () => {
    say(life);
    return new Promise(() => undefined);
  });
}
