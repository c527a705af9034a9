// Finds a Chromium, and installs one where that is possible without a person.
import { existsSync } from 'node:fs';
import { findChromium } from './chromium.mjs';
import { run } from './setup.mjs';

const advice = `No Chromium was found, and none could be installed from here. Any one of these helps:
  - npx playwright install --with-deps chromium
  - install Google Chrome or Chromium the way this system installs programs (Debian: apt-get install chromium)
  - set the environment variable CHROMIUM to the path of a Chromium's program`;

/** Debian's own package: it brings every library with it, which Playwright's download does not. */
async function installFromDebian() {
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) return;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { env });
  await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], { env });
}

/**
 * The path of a Chromium, installed now if there was none.
 * @returns {Promise<string>}
 * @throws {Error} that says how to install one
 */
export async function ensureChromium() {
  const found = await findChromium();
  if (found) return found;
  console.log('No Chromium found; installing one ...');
  await installFromDebian();
  if (!(await findChromium())) await run('npx', ['playwright', 'install', 'chromium']);
  const installed = await findChromium();
  if (!installed) throw new Error(advice);
  return installed;
}
