// What a worker sends to the page that started it.
import type { ErrorRecord } from '../core/errors';

/** Sent once, as soon as calls are taken. */
export interface Ready {
  ready: true;
  /**
   * The name of a Web Lock that the worker holds as long as it lives: a browser tells nobody that a worker was ended, but gives its locks to
   * whoever waits for them. Null where there are none, as on plain HTTP.
   */
  life: string | null;
}

/** What a served call answers: comlink alone would keep only an error's message and name. */
export type Reply = { ok: true; value: unknown } | { ok: false; error: ErrorRecord };
