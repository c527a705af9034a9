import { createServer, type AddressInfo } from 'node:net';
import { defineConfig } from '@playwright/test';
import { chromiumArgs, findChromium } from './tools/chromium.mjs';

/** A port that nothing listens on. */
function freePort(): Promise<string> {
  return new Promise((settle) => {
    const probe = createServer().listen(0, 'localhost', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => settle(String(port)));
    });
  });
}

// Every worker process loads this file again; the environment tells them the port that the first one chose.
const port = (process.env['INTARSIA_E2E_PORT'] ??= await freePort());
const url = `http://localhost:${port}/`;
const executablePath = await findChromium();

export default defineConfig({
  testMatch: '*.spec.ts',
  outputDir: '../test-results',
  forbidOnly: true,
  workers: 1,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  use: {
    baseURL: url,
    viewport: { width: 1280, height: 800 },
    actionTimeout: 30_000,
    launchOptions: { args: chromiumArgs, ...(executablePath ? { executablePath } : {}) },
  },
  webServer: { command: `node tools/start.mjs --port ${port}`, url, timeout: 180_000 },
});
