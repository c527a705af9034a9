// Finds a Chromium that has WebGPU. Playwright's headless shell has none, so it is never chosen.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Arguments that give a machine without a GPU a software WebGPU adapter and keep the browser off the network. */
export const chromiumArgs = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
];

const installed = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) =>
    process.env[name] ? [join(process.env[name], 'Google', 'Chrome', 'Application', 'chrome.exe')] : [],
  ),
};

function onPath() {
  const names = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

/**
 * The path of a usable Chromium: `CHROMIUM` from the environment, Playwright's own, an installed Chrome, Debian's.
 * @returns {Promise<string | undefined>}
 */
export async function findChromium() {
  const { chromium } = await import('playwright');
  const platform =
    process.platform === 'darwin' || process.platform === 'win32' ? installed[process.platform] : [];
  const candidates = [process.env['CHROMIUM'], chromium.executablePath(), ...platform, ...onPath()];
  return candidates.find((path) => path && existsSync(path));
}
