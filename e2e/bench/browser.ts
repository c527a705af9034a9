// Serves the benchmark page from source and opens it in Chromium.
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { createServer } from 'vite';
import { chromiumArgs, findChromium } from '../tools/chromium.mjs';
import type { CityFacts, CityRequest } from './city-page';
import type { StepRequest, StepTimes } from './page';

export interface BenchPage {
  version: string;
  step(request: StepRequest): Promise<StepTimes>;
  city(request: CityRequest): Promise<CityFacts>;
  close(): Promise<void>;
}

export async function openBenchPage(): Promise<BenchPage> {
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
  const browser = await chromium.launch({ executablePath, args: chromiumArgs });
  const page = await browser.newPage();
  await page.goto(server.resolvedUrls!.local[0]!);
  await page.waitForFunction(() => 'bench' in window);
  return {
    version: browser.version(),
    step: (request) => page.evaluate((given) => window.bench.step(given), request),
    city: (request) => page.evaluate((given) => window.bench.city(given), request),
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
