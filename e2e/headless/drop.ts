// Folders of this machine dropped on the page, as a person drops them: their files are listed at once and opened when they are read.
import { AppError } from '../../src/core/errors';
import type { FoundFile, Rejection } from '../../src/data/types';
import type { InputName } from './files';
import type { Driver } from './page';

type Drop = Promise<{ files: FoundFile[]; rejected: Rejection[] }>;

declare global {
  interface Window {
    /** What was dropped, by what it is for. */
    headlessDrops?: Partial<Record<string, Drop>>;
  }
}

const attempts = 20;

/** Drops a folder; the page finds what it held in `window.headlessDrops`. @throws AppError */
export async function dropFolder({ page }: Driver, name: InputName, path: string): Promise<void> {
  await page.evaluate((key) => {
    const drops = (window.headlessDrops ??= {});
    const taken = new AbortController();
    const options = { capture: true, signal: taken.signal };
    // Before the page's own listeners, which would take the files for its import page.
    const mine = (event: DragEvent) => {
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    window.addEventListener('dragenter', mine, options);
    window.addEventListener('dragover', mine, options);
    window.addEventListener(
      'drop',
      (event) => {
        mine(event);
        drops[key] = window.intarsia.droppedFiles(event.dataTransfer!);
        taken.abort();
      },
      options,
    );
  }, name);
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  // What is dropped before a busy page has answered the drag is discarded by the browser.
  for (let attempt = 0; attempt < attempts; attempt++) {
    for (const type of ['dragEnter', 'dragOver', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, x: 100, y: 100, data });
    }
    const there = page.waitForFunction((key) => window.headlessDrops?.[key], name, { timeout: 1000 });
    if (await there.then(() => true).catch(() => false)) {
      await session.detach();
      return;
    }
  }
  throw new AppError('internal', `The page did not take the folder ${path}.`);
}
