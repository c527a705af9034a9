// The page's end of a worker: calls that always settle, errors that keep their code.
import { proxy, wrap, type Remote } from 'comlink';
import { AppError, errorFromRecord, type ErrorRecord } from '../core/errors';

/** What a served call answers: comlink alone would keep only an error's message and name. */
export type Reply = { ok: true; value: unknown } | { ok: false; error: ErrorRecord };

type Served = (method: string, ...args: unknown[]) => Promise<Reply>;

/** An API as its caller sees it: every function asynchronous. */
export type Connected<Api> = {
  [Key in keyof Api]: Api[Key] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never;
};

/** A live worker, its API, and the one way to end it. */
export interface Connection<Api> {
  api: Connected<Api>;
  /** Settles when the worker died; never rejects. */
  died: Promise<AppError>;
  /** Calls that have not been answered yet. */
  pending(): number;
  /** Ends the worker: every pending call rejects with 'worker-died'. */
  terminate(): void;
}

/**
 * Connects to a worker that called `serve`. Functions among the arguments are called back over a proxy.
 * A worker that fails to load, throws outside a call or is terminated rejects every call, pending and later.
 */
export function connect<Api>(worker: Worker, name: string): Connection<Api> {
  const remote: Remote<Served> = wrap<Served>(worker);
  let dead: AppError | null = null;
  let announce: (error: AppError) => void;
  const died = new Promise<AppError>((resolve) => (announce = resolve));
  // Pending calls only: a race against `died` would keep every reply, pixels and all, for as long as the worker lives.
  const pending = new Set<(error: AppError) => void>();
  const die = (reason: string) => {
    if (dead) return;
    dead = new AppError('worker-died', `The ${name} stopped: ${reason} What was stored is kept. Try again.`);
    worker.terminate();
    announce(dead);
    for (const reject of pending) reject(dead);
    pending.clear();
  };
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    die(event.message || 'its script could not be loaded.');
  });
  worker.addEventListener('messageerror', () => die('a message could not be read.'));

  const call = async (method: string, args: unknown[]): Promise<unknown> => {
    if (dead) throw dead;
    const sent = args.map((value) => (typeof value === 'function' ? proxy(value as () => void) : value));
    const reply = await new Promise<Reply>((resolve, reject) => {
      pending.add(reject);
      (remote(method, ...sent) as Promise<Reply>).then(resolve, reject).finally(() => pending.delete(reject));
    });
    if (!reply.ok) throw errorFromRecord(reply.error);
    return reply.value;
  };
  const api = new Proxy({} as Connected<Api>, {
    get: (_target, method) =>
      // A thenable would be called by `await`, so the proxy must not look like one.
      typeof method === 'string' && method !== 'then'
        ? (...args: unknown[]) => call(method, args)
        : undefined,
  });
  return { api, died, pending: () => pending.size, terminate: () => die('it was ended.') };
}
