// `npm test`: installs what is missing, runs every test, and ends with one line that sums them up.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkNode, ensureBuild, ensureDependencies, run } from './setup.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Count */

/** What Vitest's report counts; a file that could not be loaded is one failure. @param {string} path @returns {Count} */
function vitestCount(path) {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  /** @type {{ status: string, assertionResults: unknown[] }[]} */
  const files = report.testResults;
  const broken = files.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** What Playwright's report counts; a test that passed only when repeated has failed. @param {string} path @returns {Count} */
function playwrightCount(path) {
  const { stats, errors } = JSON.parse(readFileSync(path, 'utf8'));
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
  };
}

/**
 * Runs one runner and counts its tests. One that crashed, or failed without a failed test, is a failure.
 * @param {string} name
 * @param {string[]} args
 * @param {Record<string, string>} env
 * @param {() => Count} count
 * @returns {Promise<Count>}
 */
async function runner(name, args, env, count) {
  console.log(`\n== ${name}`);
  const status = await run('npx', args, { env });
  /** @type {Count} */
  let result = { passed: 0, failed: 0, skipped: 0 };
  try {
    result = count();
  } catch (error) {
    console.error(`${name} left no report: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (status !== 0 && result.failed === 0) {
    console.error(`${name} ended with status ${status}.`);
    return { ...result, failed: 1 };
  }
  return result;
}

/** @returns {Promise<Count[]>} */
async function testAll() {
  checkNode();
  await ensureDependencies();
  const { ensureChromium } = await import('./install-chromium.mjs');
  console.log(`Chromium: ${await ensureChromium()}`);
  await ensureBuild();
  const reports = mkdtempSync(join(tmpdir(), 'intarsia-test-'));
  const vitest = join(reports, 'vitest.json');
  const playwright = join(reports, 'playwright.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${vitest}`];
    return [
      await runner('Unit and browser tests', ['vitest', 'run', ...reporters], {}, () => vitestCount(vitest)),
      await runner(
        'End-to-end tests',
        ['playwright', 'test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json'],
        { PLAYWRIGHT_JSON_OUTPUT_FILE: playwright },
        () => playwrightCount(playwright),
      ),
    ];
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
}

const counts = await testAll().catch((error) => {
  console.error(error instanceof Error ? error.message : String(error));
  return [{ passed: 0, failed: 1, skipped: 0 }];
});
/** @param {keyof Count} kind */
const total = (kind) => counts.reduce((sum, count) => sum + count[kind], 0);
const [passed, failed, skipped] = [total('passed'), total('failed'), total('skipped')];
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
if (skipped > 0) console.log(`\n${skipped} skipped`);
console.log(`\n${passed} passed, ${failed} failed`);
