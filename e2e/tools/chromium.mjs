// Finds a Chromium that has WebGPU. Playwright's headless shell has none, so it is never chosen.
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const quiet = [
  // Chromium refuses to start as root with its sandbox, as in a container.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-background-networking',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
];

/** WebGPU and WebGL by programs on the processor: the same on every machine, which is what tests want. */
const softwareGpu = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--enable-unsafe-swiftshader',
];

/** The machine's own graphics processor, also where Chromium would not trust its driver without being told. */
const realGpu = ['--enable-unsafe-webgpu', '--enable-features=Vulkan', '--ignore-gpu-blocklist'];

/** Whether this machine seems to have a graphics processor; on Linux, whether there is a device for one. */
function hasGpu() {
  if (process.platform !== 'linux') return true;
  const render = existsSync('/dev/dri') ? readdirSync('/dev/dri') : [];
  return render.some((name) => name.startsWith('renderD')) || existsSync('/dev/nvidia0');
}

/** Arguments for tests and benchmarks: software graphics, and a browser that keeps off the network. */
export const chromiumArgs = [...quiet, ...softwareGpu];

/** Arguments for real work: the machine's graphics processor where there is one. */
export const workArgs = [...quiet, ...(hasGpu() ? realGpu : softwareGpu)];

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
