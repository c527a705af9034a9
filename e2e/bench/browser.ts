// Serves the benchmark page from source and opens it in Chromium.
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { createServer } from 'vite';
import { chromiumArgs, findChromium } from '../tools/chromium.mjs';
import type { CityFacts, CityRequest } from './city-page';
import type { DeviceBench } from './device-bench';
import type { StepRequest, StepTimes } from './page';
import type { StorageRequest, StorageTimes } from './storage-page';

export interface BenchPage extends DeviceBench {
  version: string;
  step(request: StepRequest): Promise<StepTimes>;
  city(request: CityRequest): Promise<CityFacts>;
  /** Gives the page the pictures and label maps that `storage` stores. */
  give(files: { images: string[]; labels: string[] }): Promise<void>;
  storage(request: StorageRequest): Promise<StorageTimes>;
  close(): Promise<void>;
}

/** `profile` is the folder where the browser keeps what the page stores; a temporary one where it is empty. */
export async function openBenchPage(profile = ''): Promise<BenchPage> {
  const executablePath = await findChromium();
  if (!executablePath)
    throw new Error('No Chromium was found. Install one with: npx playwright install chromium');
  const server = await createServer({
    configFile: fileURLToPath(new URL('../../vite.config.ts', import.meta.url)),
    root: fileURLToPath(new URL('.', import.meta.url)),
    server: { port: 0, hmr: false },
    logLevel: 'error',
  });
  await server.listen();
  const context = await chromium.launchPersistentContext(profile, { executablePath, args: chromiumArgs });
  const page = context.pages()[0] ?? (await context.newPage());
  // The first time, Vite bundles the packages before it answers.
  page.setDefaultTimeout(600_000);
  await page.goto(server.resolvedUrls!.local[0]!);
  await page.waitForFunction(() => 'bench' in window);
  return {
    version: context.browser()!.version(),
    step: (request) => page.evaluate((given) => window.bench.step(given), request),
    city: (request) => page.evaluate((given) => window.bench.city(given), request),
    bestRates: () => page.evaluate(() => window.bench.bestRates()),
    counts: (request) => page.evaluate((given) => window.bench.counts(given), request),
    kernels: (request) => page.evaluate((given) => window.bench.kernels(given), request),
    async memory(request) {
      // What the last one kept must not serve this one.
      await page.reload();
      await page.waitForFunction(() => 'bench' in window);
      return page.evaluate((given) => window.bench.memory(given), request);
    },
    memoryPlans: () => page.evaluate(() => window.bench.memoryPlans()),
    train: (request) => page.evaluate((given) => window.bench.train(given), request),
    async give(files) {
      for (const [id, paths] of Object.entries(files)) {
        await page.evaluate((id) => {
          const input = Object.assign(document.createElement('input'), { id, type: 'file', multiple: true });
          document.body.append(input);
        }, id);
        await page.setInputFiles(`#${id}`, paths);
      }
    },
    storage: (request) => page.evaluate((given) => window.bench.storage(given), request),
    async close() {
      await context.close();
      await server.close();
    },
  };
}
