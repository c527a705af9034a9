// Whether a run keeps its speed when nobody looks: its tab in front, and hidden behind another one.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { chromiumArgs, findChromium } from '../tools/chromium.mjs';
import { servePage } from '../tools/serve.mjs';
import { ensureBuild } from '../tools/setup.mjs';
import { head, median, percent, row } from './stats';

export interface BackgroundRequest {
  /** How long each place of the tab is watched at a time. */
  seconds: number;
  rounds: number;
}

const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

interface Answer {
  /** Absent where it is an event. */
  id?: number;
  result?: never;
  error?: { message: string };
}

/** Chromium spoken to over a pipe, because Playwright keeps every page visible and focused. */
class PlainChromium {
  readonly #browser: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  #calls = 0;

  constructor(executable: string, profile: string) {
    const args = [
      ...chromiumArgs,
      `--user-data-dir=${profile}`,
      '--remote-debugging-pipe',
      '--no-default-browser-check',
      'about:blank',
    ];
    // Without a screen, one that exists in memory only.
    const [command, ...rest] =
      process.platform === 'linux' && !process.env['DISPLAY']
        ? ['xvfb-run', '-a', executable, ...args]
        : [executable, ...args];
    this.#browser = spawn(command, rest, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    let received = '';
    (this.#browser.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => {
      const messages = (received + text).split('\0');
      received = messages.pop()!;
      for (const message of messages) this.#hear(JSON.parse(message) as Answer);
    });
  }

  #hear({ id, result, error }: Answer): void {
    const call = this.#waiting.get(id ?? 0);
    if (!call) return;
    this.#waiting.delete(id!);
    if (error) call.reject(new Error(error.message));
    else call.resolve(result!);
  }

  send<Result>(method: string, params: object = {}, sessionId?: string): Promise<Result> {
    const id = ++this.#calls;
    const message = JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) });
    (this.#browser.stdio[3] as Writable).write(`${message}\0`);
    return new Promise<Result>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  async open(url: string): Promise<{ target: string; session: string }> {
    const { targetId } = await this.send<{ targetId: string }>('Target.createTarget', { url });
    const { sessionId } = await this.send<{ sessionId: string }>('Target.attachToTarget', {
      targetId,
      flatten: true,
    });
    return { target: targetId, session: sessionId };
  }

  /** The value of an expression on a page; a promise is awaited. */
  async evaluate<Value>(session: string, expression: string): Promise<Value> {
    const { result, exceptionDetails } = await this.send<{
      result: { value: Value };
      exceptionDetails?: { exception?: { description?: string } };
    }>('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, session);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? 'The page failed.');
    return result.value;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#browser.once('close', resolve));
    await this.send('Browser.close');
    await closed;
  }
}

/** Begins a run that is longer than the benchmark, on pictures of two halves, and counts its steps. */
const begin = `(async () => {
  const picture = async (path, left, right) => {
    const canvas = new OffscreenCanvas(160, 120);
    const context = canvas.getContext('2d');
    [left, right].forEach((grey, i) => {
      context.fillStyle = 'rgb(' + [grey, grey, grey] + ')';
      context.fillRect(80 * i, 0, 80, 120);
    });
    return { path, file: new File([await canvas.convertToBlob()], path) };
  };
  const names = Array.from({ length: 12 }, (_, i) => i + '.png');
  const images = await Promise.all(names.map((name) => picture('images/' + name, 60, 200)));
  const labels = await Promise.all(names.map((name) => picture('labels/' + name, 0, 1)));
  const { dataset } = await intarsia.importFiles({ name: 'halves', files: { images, labels } });
  globalThis.step = 0;
  const network = { kind: 'zoo', id: 'fcn-alexnet' };
  intarsia.train({ dataset, network, width: 0.25, batch: 2, epochs: 10000, backend: 'wasm' }, (event) => {
    if (event.kind === 'progress') globalThis.step = event.step;
  });
})()`;

/** Trains while the tab changes its place in turns, and prints the steps per second of each place. */
export async function benchBackground({ seconds, rounds }: BackgroundRequest): Promise<void> {
  const executable = await findChromium();
  if (!executable)
    throw new Error('No Chromium was found. Install one with: npx playwright install chromium');
  await ensureBuild();
  const server = await servePage(4173);
  const folder = mkdtempSync(join(tmpdir(), 'intarsia-bench-'));
  const browser = new PlainChromium(executable, folder);
  try {
    const page = await browser.open(server.url);
    // A page that is being loaded has no place yet where anything could be evaluated.
    const isThere = () => browser.evaluate<boolean>(page.session, `'intarsia' in window`).catch(() => false);
    while (!(await isThere())) await sleep(0.2);
    await browser.evaluate(page.session, begin);
    const other = await browser.open('about:blank');
    const activate = (targetId: string) => browser.send('Target.activateTarget', { targetId });
    const places: Record<string, string> = { 'in front': page.target, 'behind another tab': other.target };
    // The first steps are slower than the others.
    await activate(page.target);
    await sleep(seconds);
    const rates = new Map<string, number[]>(Object.keys(places).map((place) => [place, []]));
    const seen = new Map<string, string>();
    for (let round = 0; round < rounds; round++) {
      for (const [place, target] of Object.entries(places)) {
        await activate(target);
        await sleep(2);
        const look = () =>
          browser.evaluate<[number, number, string]>(
            page.session,
            '[step, performance.now(), document.visibilityState]',
          );
        const [from, began, visibility] = await look();
        await sleep(seconds);
        const [to, ended] = await look();
        rates.get(place)!.push((1000 * (to - from)) / (ended - began));
        seen.set(place, visibility);
      }
    }
    const front = median(rates.get('in front')!);
    console.log(head('the tab', 'document.visibilityState', 'steps per second', 'of that in front'));
    for (const [place, values] of rates) {
      const rate = median(values);
      console.log(row(place, seen.get(place)!, rate.toFixed(2), percent(rate / front)));
    }
  } finally {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
