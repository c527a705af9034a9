import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { layerCases } from './e2e/oracles/layer-cases.ts';
import { opencvMissing, opencvScores, type OpencvRequest } from './e2e/oracles/opencv.ts';
import { assembly } from './e2e/tools/assembly.mjs';
import { chromiumArgs, findChromium } from './e2e/tools/chromium.mjs';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const executablePath = process.env['VITEST'] ? await findChromium() : undefined;

/** With them a page may share memory between threads; see src/app/isolation.ts for hosts that do not send them. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  root: here('src'),
  publicDir: here('public'),
  base: './',
  cacheDir: here('node_modules/.vite'),
  plugins: [svelte(), assembly()],
  worker: { format: 'es', plugins: () => [assembly()] },
  // Only a worker imports it, when it is asked for: found late, it would reload the page that is being tested.
  optimizeDeps: { include: ['three'] },
  build: { outDir: here('dist'), emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 4000 },
  server: { fs: { allow: [here('.')] }, headers: isolation },
  preview: { headers: isolation },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Not a bar for speed: a busy machine takes its time.
          testTimeout: 120_000,
          environment: 'node',
          include: ['**/*.test.ts', '../e2e/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['**/*.browser.test.ts'],
          testTimeout: 120_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { args: chromiumArgs, ...(executablePath ? { executablePath } : {}) },
            }),
            instances: [{ browser: 'chromium' }],
            commands: {
              /** The bytes of a file under ../shared as base64, or null where there is no such folder. */
              readShared: async (_context, path: string) => {
                try {
                  return (await readFile(here('../shared/' + path))).toString('base64');
                } catch {
                  return null;
                }
              },
              layerCases: (_context, seed: number) => layerCases(seed),
              opencvMissing: () => opencvMissing(),
              opencvScores: (_context, request: OpencvRequest) => opencvScores(request),
            },
          },
        },
      },
    ],
  },
});
