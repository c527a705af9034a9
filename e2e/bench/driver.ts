// The terminal driver, as a person calls it.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const headless = fileURLToPath(new URL('../headless/main.mjs', import.meta.url));

/** Runs a verb of the terminal driver and returns its last line. */
export function verb(args: readonly string[]): unknown {
  const { stdout, status } = spawnSync(process.execPath, [headless, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
  });
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (status !== 0) throw new Error(`${args[0]} failed: ${last}`);
  return JSON.parse(last);
}
