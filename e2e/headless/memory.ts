// How much memory and processor time the browser's processes take together: PSS counts a page that n processes share as 1/n in each.
import { readdirSync, readFileSync } from 'node:fs';
import { AppError } from '../../src/core/errors';

/** Of every Linux that a browser runs on. */
const ticksPerSecond = 100;

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process ended between the listing and the reading.
    return '';
  }
}

/** The processes whose command line names the profile, and all that descend from them. */
function browserProcesses(profile: string): string[] {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const children = new Map<string, string[]>();
  const found: string[] = [];
  for (const id of ids) {
    // The name in parentheses may hold spaces; state and parent follow it.
    const parent = /\) \S (\d+)/.exec(read(`/proc/${id}/stat`))?.[1] ?? '0';
    children.set(parent, [...(children.get(parent) ?? []), id]);
    if (read(`/proc/${id}/cmdline`).split('\0').includes(`--user-data-dir=${profile}`)) found.push(id);
  }
  const all = new Set<string>();
  for (const id of found) {
    if (all.has(id)) continue;
    all.add(id);
    found.push(...(children.get(id) ?? []));
  }
  return [...all];
}

/** Summed PSS of the browser that runs on the profile, in bytes. */
function summedPss(profile: string): number {
  const kilobytes = browserProcesses(profile).map((id) =>
    Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${id}/smaps_rollup`))?.[1] ?? 0),
  );
  return 1024 * kilobytes.reduce((sum, one) => sum + one, 0);
}

/** What the processes of the browser that runs on the profile have used of the processors up to now, in seconds. Linux only. */
export function processorSeconds(profile: string): number {
  const ticks = browserProcesses(profile).map((id) => {
    // After the name in parentheses: state, parent and so on; user and system time are the 12th and 13th.
    const fields = read(`/proc/${id}/stat`).split(') ').at(-1)!.split(' ');
    return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  });
  return ticks.reduce((sum, one) => sum + one, 0) / ticksPerSecond;
}

/**
 * Looks at the memory of the profile's browser four times a second until stopped, which returns the peak in bytes.
 * @throws AppError where the system does not tell
 */
export function watchMemory(profile: string): { stop: () => number } {
  if (process.platform !== 'linux') {
    throw new AppError('bad-settings', '--measure-memory needs Linux, which tells the PSS of a process.');
  }
  let peak = summedPss(profile);
  const look = () => (peak = Math.max(peak, summedPss(profile)));
  const timer = setInterval(look, 250);
  return {
    stop() {
      clearInterval(timer);
      return look();
    },
  };
}
