// The page's end of a worker: calls that always settle, errors that keep their code, and a worker that must say that it is there.
import { proxy, wrap, type Remote } from 'comlink';
import { AppError, errorFromRecord } from '../core/errors';
import type { Ready, Reply } from './reply';

/** How long a worker may take to load, in seconds that this page was awake: a slow network is no fault. */
const START_SECONDS = 180;

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
  /** Ends the worker: every pending call rejects with 'worker-died' and the reason. */
  terminate(reason?: string): void;
}

/**
 * Connects to a worker that called `serve`. Functions among the arguments are called back over a proxy.
 * A worker that fails to load, does not say within `startSeconds` that it is ready, throws outside a call or is ended
 * by whomever rejects every call, pending and later.
 */
export function connect<Api>(worker: Worker, name: string, startSeconds = START_SECONDS): Connection<Api> {
  const remote: Remote<Served> = wrap<Served>(worker);
  let dead: AppError | null = null;
  let announce: (error: AppError) => void;
  const died = new Promise<AppError>((resolve) => (announce = resolve));
  // Pending calls only: a race against `died` would keep every reply, pixels and all, for as long as the worker lives.
  const pending = new Set<(error: AppError) => void>();
  const die = (reason: string) => {
    if (dead) return;
    stopWaiting();
    dead = new AppError('worker-died', `The ${name} stopped: ${reason} What was stored is kept. Try again.`);
    worker.terminate();
    announce(dead);
    for (const reject of pending) reject(dead);
    pending.clear();
  };
  let begin: () => void;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const stopWaiting = afterSeconds(startSeconds, () => die('it did not start.'));
  worker.addEventListener('message', ({ data }: MessageEvent<Partial<Ready> | null>) => {
    if (!data?.ready) return;
    stopWaiting();
    begin();
    if (data.life) void navigator.locks.request(data.life, () => die('the browser ended it.'));
  });
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
      begun
        .then(() => remote(method, ...sent) as Promise<Reply>)
        .then(resolve, reject)
        .finally(() => pending.delete(reject));
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
  return { api, died, pending: () => pending.size, terminate: (reason = 'it was ended.') => die(reason) };
}

/** Calls `act` after so many seconds; those that a computer slept do not count. Returns what calls it off. */
function afterSeconds(seconds: number, act: () => void): () => void {
  let left = seconds;
  const timer = setInterval(() => {
    if (--left > 0) return;
    clearInterval(timer);
    act();
  }, 1000);
  return () => clearInterval(timer);
}
