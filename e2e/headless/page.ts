// The built page in a browser of its own, and calls into it.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright';
import { AppError, errorFromRecord, type ErrorRecord } from '../../src/core/errors';
import { workArgs } from '../tools/chromium.mjs';
import { ensureChromium } from '../tools/install-chromium.mjs';
import { servePage } from '../tools/serve.mjs';
import { watchMemory } from './memory';

// IndexedDB belongs to an origin. The page's is the same on every run, whatever port happens to be free.
const host = 'intarsia.localhost';

declare global {
  interface Window {
    /** Takes what a verb says while it works; see `Driver.call`. */
    headlessProgress(value: unknown): void;
  }
}

type Reply<Result> = { ok: true; value: Result } | { ok: false; error: ErrorRecord };

export interface Driver {
  page: Page;
  /**
   * Calls `work(argument)` in the page and returns its result; argument and result are JSON values. What the
   * page gives to `window.headlessProgress` arrives at `onProgress`. `work` must not refer to anything outside.
   * @throws AppError with the code and details that the page's error has
   */
  call<Argument, Result>(
    work: (argument: Argument) => Result | Promise<Result>,
    argument: Argument,
    onProgress?: (value: unknown) => void,
  ): Promise<Result>;
  /** Closes browser and server. Returns the peak of memory in bytes, or null where it was not measured. */
  close(): Promise<number | null>;
}

/** Starts a browser on the profile. @throws AppError where it does not start */
async function launch(profile: string, port: number): Promise<BrowserContext> {
  const executablePath = await ensureChromium();
  try {
    return await chromium.launchPersistentContext(profile, {
      executablePath,
      args: [
        ...workArgs,
        '--no-proxy-server',
        `--host-resolver-rules=MAP ${host}:80 localhost:${port}, MAP * ~NOTFOUND, EXCLUDE localhost`,
      ],
    });
  } catch (error) {
    const why = (error as Error).message.split('\n')[0] ?? '';
    throw new AppError(
      'not-found',
      `Chromium did not start with the profile ${profile}. Another command may be using it: wait for it, or choose another --profile. (${why})`,
    );
  }
}

/** Serves the page, opens it and waits until `window.intarsia` is there. */
export async function openPage(options: { profile?: string; measureMemory: boolean }): Promise<Driver> {
  const kept = options.profile === undefined ? null : resolve(options.profile);
  const profile = kept ?? mkdtempSync(join(tmpdir(), 'intarsia-profile-'));
  if (kept) mkdirSync(kept, { recursive: true });
  const forget = () => {
    if (!kept) rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', forget);

  const server = await servePage(4573);
  let context: BrowserContext;
  try {
    context = await launch(profile, server.port);
  } catch (error) {
    await server.close();
    throw error;
  }
  const memory = options.measureMemory ? watchMemory(profile) : null;
  let progress: (value: unknown) => void = () => {};
  const page = context.pages()[0] ?? (await context.newPage());
  const died = new Promise<never>((_resolve, reject) => {
    page.once('crash', () => {
      reject(
        new AppError(
          'worker-died',
          'The page crashed; it may have run out of memory. What was stored is kept.',
        ),
      );
    });
  });
  died.catch(() => {});
  page.on('pageerror', (error) => console.error(`page: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') console.error(`page: ${message.text()}`);
  });
  await page.exposeFunction('headlessProgress', (value: unknown) => progress(value));
  // The TypeScript runner marks functions with a helper that the page does not have.
  await page.addInitScript('globalThis.__name = (value) => value');

  const close = async () => {
    const peak = memory?.stop() ?? null;
    await context.close();
    await server.close();
    forget();
    return peak;
  };
  try {
    await page.goto(`http://${host}/`);
    await Promise.race([page.waitForFunction(() => 'intarsia' in window, null, { timeout: 60_000 }), died]);
  } catch (error) {
    await close();
    const why = (error as Error).message.split('\n')[0];
    throw new AppError('internal', `The page did not come up: ${why} Its messages are above.`);
  }

  return {
    page,
    close,
    async call(work, argument, onProgress = () => {}) {
      progress = onProgress;
      const script = `(async () => {
        try {
          return { ok: true, value: await (${work.toString()})(${JSON.stringify(argument)}) };
        } catch (error) {
          const { code = 'internal', message = String(error), details = {} } = error ?? {};
          return { ok: false, error: { code, message, details } };
        }
      })()`;
      const reply = await Promise.race([
        page.evaluate<Reply<Awaited<ReturnType<typeof work>>>>(script),
        died,
      ]);
      if (!reply.ok) throw errorFromRecord(reply.error);
      return reply.value;
    },
  };
}
