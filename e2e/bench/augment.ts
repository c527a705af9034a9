// Milliseconds that each operation of augmentation takes for a tile. Node.js runs them on the same engine as Chromium does.
import { augment } from '../../src/data/augment/augment';
import { drawAugmentation } from '../../src/data/augment/draw';
import { noAugmentation, type Augmentation } from '../../src/data/augment/settings';
import type { Size } from '../../src/data/types';
import { writeBgr } from '../../src/engine/layout';
import { street } from '../fixtures/street';

const colours = { brightness: 0.3, contrast: 0.3, saturation: 0.3, hue: 10 };

function operations({ width, height }: Size): [name: string, changes: Partial<Augmentation>][] {
  const crop = { width: Math.round(width * 0.75), height: Math.round(height * 0.75) };
  return [
    ['mirrored', { flip: true }],
    [`crop to ${crop.width}x${crop.height}`, { crop }],
    ['scale 0.5 to 2', { scale: [0.5, 2] }],
    ['scale, and rotation up to 15 degrees', { scale: [0.5, 2], rotation: 15 }],
    ['brightness, contrast, saturation and hue', colours],
    ['noise', { noise: 8 }],
    ['blur up to 1.5', { blur: 1.5 }],
    [
      'all of them, with the crop',
      { flip: true, crop, scale: [0.5, 2], rotation: 15, ...colours, noise: 8, blur: 1.5 },
    ],
  ];
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Prints each operation's processor time for a tile: the median of `rounds` rounds of `tiles` tiles, in which the operations take turns. */
export function benchAugment(size: Size, tiles: number, rounds: number): void {
  const { rgb, labels } = street(1, size.width, size.height);
  const tile = { image: { ...size, rgb: Uint8Array.from(rgb) }, labels: Uint8Array.from(labels) };
  const bgr = new Float32Array(size.width * size.height * 3);
  const rows = operations(size).map(([name, changes]) => {
    const augmentation = { ...noAugmentation, ...changes };
    const run = (index: number): void => {
      augment(tile, drawAugmentation(augmentation, 1, 0, index), [99, 99, 99]);
    };
    return { name, run, times: [] as number[] };
  });
  rows.unshift({
    name: 'for comparison: bytes to the batch’s floats',
    run: () => writeBgr(tile.image.rgb, bgr, 0),
    times: [],
  });
  for (let round = 0; round <= rounds; round++) {
    for (const { run, times } of rows) {
      const before = process.cpuUsage();
      for (let index = 0; index < tiles; index++) run(index);
      const { user, system } = process.cpuUsage(before);
      // The first round is for the compiler.
      if (round > 0) times.push((user + system) / 1000 / tiles);
    }
  }
  console.log(`Tiles of ${size.width}x${size.height}\n\n| operation | ms per tile |\n|---|---|`);
  for (const { name, times } of rows) console.log(`| ${name} | ${median(times).toFixed(2)} |`);
}
