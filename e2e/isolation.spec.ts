// Threads in the built page: with the host's headers, with the service worker's where the host sends none, and without either.
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures/page-test';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const types: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/** A host that sends files and no headers for isolation, under a path as a project's page has it. */
function startHost(): Promise<Server> {
  const server = createServer((request, response) => {
    const path =
      new URL(request.url!, 'http://localhost').pathname.replace(/^\/project\//, '') || 'index.html';
    readFile(join(dist, path)).then(
      (bytes) => response.writeHead(200, { 'Content-Type': types[extname(path)] ?? '' }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  return new Promise((resolve) => server.listen(0, 'localhost', () => resolve(server)));
}

/** Trains a little on wasm and tells with how many threads. */
async function trainedThreads(page: Page): Promise<number | undefined> {
  await page.waitForFunction(() => 'intarsia' in window);
  return page.evaluate(async () => {
    const size = { width: 64, height: 48 };
    await window.intarsia.makeCity({ name: 'Town', frames: 4, validationPercent: 25, ...size });
    const request = { dataset: 'Town', width: 0.0625, epochs: 1, backend: 'wasm' as const };
    return (await window.intarsia.train(request)).threads;
  });
}

const everyThread = (page: Page) => page.evaluate(() => Math.min(8, navigator.hardwareConcurrency));

test('the served page trains on every processor and says so', async ({ page }) => {
  await page.goto('#/');
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  const threads = await everyThread(page);
  const words = threads === 1 ? 'one thread' : `${threads} threads`;
  await expect(page.getByRole('region', { name: 'This machine' })).toContainText(
    `WebAssembly SIMD, ${words}`,
  );
  expect(await trainedThreads(page)).toBe(threads);
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
});

test.describe('on a host without headers', () => {
  const onHost = test.extend({
    baseURL: async ({ browserName: _browserName }, use) => {
      const server = await startHost();
      await use(`http://localhost:${(server.address() as AddressInfo).port}/project/`);
      server.closeAllConnections();
      server.close();
    },
  });

  /** Counts the loads of the page from now on. */
  function loads(page: Page): () => number {
    let count = 0;
    page.on('load', () => count++);
    return () => count;
  }

  onHost('the first visit loads twice and is isolated from then on; nothing is kept', async ({ page }) => {
    const count = loads(page);
    await page.goto('');
    await page.waitForFunction(() => crossOriginIsolated && 'intarsia' in window);
    expect(await trainedThreads(page)).toBe(await everyThread(page));
    expect(count()).toBe(2);
    await page.reload();
    await page.waitForFunction(() => 'intarsia' in window);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(count()).toBe(3);
    expect(await page.evaluate(() => caches.keys())).toEqual([]);
  });

  onHost.describe('where service workers are blocked', () => {
    onHost.use({ serviceWorkers: 'block' });

    onHost('the page loads once and trains on one thread', async ({ page }) => {
      const count = loads(page);
      await page.goto('');
      expect(await trainedThreads(page)).toBe(1);
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
      expect(count()).toBe(1);
    });
  });
});
