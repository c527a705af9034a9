// How tiles are best kept: one record or several, pictures raw or compressed. Disk, writing and reading, side by side.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Size } from '../../src/data/types';
import { openBenchPage } from './browser';
import { writeFrames } from './frames';
import { ways, type Way } from './storage-ways';

export interface StorageOptions {
  tiles: number;
  size: Size;
  batch: number;
  /** Folders of pictures and their label maps, in one order; streets made by code where they are not given. */
  images: string | undefined;
  labels: string | undefined;
}

/** Pictures that are decoded once and stored again and again. */
const pictures = 40;

function bytesIn(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0);
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder)
    .sort()
    .slice(0, pictures)
    .map((name) => join(folder, name));

export async function benchStorage({ tiles, size, batch, images, labels }: StorageOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'intarsia-bench-'));
  const profile = join(folder, 'profile');
  const frames = images && labels ? { images, labels } : writeFrames(join(folder, 'frames'), pictures, size);
  const page = await openBenchPage(profile);
  try {
    await page.give({ images: filesIn(frames.images), labels: filesIn(frames.labels) });
    const database = join(profile, 'Default', 'IndexedDB');
    const what = images ? 'pictures of the folder' : 'streets made by code';
    console.log(`${tiles} tiles of ${size.width}x${size.height}, ${what}; batches of ${batch}\n`);
    console.log(
      '| kept | disk, KiB per tile | encode, ms per tile | put, ms per tile | get, ms per batch | decode, ms per batch | all facts, ms | change labels, ms |',
    );
    console.log('|---|---|---|---|---|---|---|---|');
    let before = 0;
    for (const way of Object.keys(ways) as Way[]) {
      const times = await page.storage({ way, tiles, size, batch });
      const now = bytesIn(database);
      const kibibytes = (now - before) / tiles / 1024;
      before = now;
      const { encode, put, get, decode, list, change } = times;
      const cells = [kibibytes, encode, put, get, decode, list, change].map((value) => value.toFixed(1));
      console.log(`| ${way} | ${cells.join(' | ')} |`);
    }
  } finally {
    await page.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
