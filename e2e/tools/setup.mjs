// What every command needs before its work: a new enough Node.js, the packages, the built page. Uses no package itself.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Whether the tools run on this version: ^20.19 || ^22.13 || >=24, as in package.json. @param {string} version */
export function isSupported(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 13) || major >= 24;
}

/** Ends the process with a sentence where the tools do not run on this Node.js. */
export function checkNode() {
  if (isSupported(process.versions.node)) return;
  console.error(
    `Intarsia needs Node.js 20.19, 22.13, 24 or newer, and this is ${process.versions.node}. ` +
      'Install one of them from https://nodejs.org, then run the command again.',
  );
  process.exit(1);
}

/**
 * Runs a command in the repository's root. `output` is where its standard output goes; errors always reach the terminal.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ output?: 'stdout' | 'stderr', env?: Record<string, string> }} [options]
 * @returns {Promise<number>} the exit status; 1 where it could not be started or was killed
 */
export function run(command, args, { output = 'stdout', env = {} } = {}) {
  return new Promise((settle) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', output === 'stdout' ? 'inherit' : 2, 'inherit'],
      // npm and npx are scripts on Windows, which only a shell starts.
      shell: process.platform === 'win32',
    });
    child.on('error', (error) => {
      console.error(`${command} could not be started: ${error.message}`);
      settle(1);
    });
    child.on('exit', (code) => settle(code ?? 1));
  });
}

/** @param {string} path @returns {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }>} */
const packagesOf = (path) => JSON.parse(readFileSync(join(root, path), 'utf8')).packages;

/** Whether every package of the lock file lies in node_modules in the version it names. */
function dependenciesAreInstalled() {
  const installedList = 'node_modules/.package-lock.json';
  if (!existsSync(join(root, installedList))) return false;
  const installed = packagesOf(installedList);
  return Object.entries(packagesOf('package-lock.json')).every(
    ([path, wanted]) =>
      path === '' || wanted.optional || wanted.devOptional || installed[path]?.version === wanted.version,
  );
}

/**
 * Installs the packages of the lock file where they are missing or other ones.
 * @param {'stdout' | 'stderr'} [output]
 */
export async function ensureDependencies(output = 'stdout') {
  if (dependenciesAreInstalled()) return;
  console.error('Installing packages (npm ci) ...');
  const status = await run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], { output });
  if (status === 0) return;
  console.error('The packages could not be installed. See the lines above; npm needs its registry for this.');
  process.exit(1);
}

/** When a file under `path` last changed, in milliseconds; a folder's own time counts, so that deletions do. @param {string} path @returns {number} */
function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const times = readdirSync(path)
    .filter((name) => name !== 'node_modules' && !/\.test\.ts$/.test(name))
    .map((name) => newest(join(path, name)));
  return Math.max(stat.mtimeMs, ...times);
}

/**
 * Builds the page where there is no build or something it is made of is newer.
 * @param {'stdout' | 'stderr'} [output]
 */
export async function ensureBuild(output = 'stdout') {
  // The page's index.html lies in src; package.json has the version that the page tells.
  const sources = [
    'src',
    'workers',
    'public',
    'vite.config.ts',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
  ];
  const built = join(root, 'dist', 'index.html');
  const present = sources.map((path) => join(root, path)).filter((path) => existsSync(path));
  if (existsSync(built) && statSync(built).mtimeMs >= Math.max(...present.map(newest))) return;
  console.error('Building the page ...');
  if ((await run('npx', ['vite', 'build', '--logLevel', 'warn'], { output })) === 0) return;
  console.error('The page could not be built. See the lines above.');
  process.exit(1);
}
