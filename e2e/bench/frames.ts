// Input for the benchmarks that need many files: streets as pairs of PNGs, a few different ones under many names.
import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Size } from '../../src/data/types';
import { classList, greyPng, imagePng, street } from '../fixtures/street';

export interface FrameFolders {
  images: string;
  labels: string;
  classes: string;
}

/** How many frames differ. The others are hard links to these: each is read and decoded anew all the same. */
const different = 40;

/** Writes `count` frames as two folders in the new folder `parent`, and classes.txt beside them. Returns their paths. */
export function writeFrames(parent: string, count: number, { width, height }: Size): FrameFolders {
  const images = join(parent, 'images');
  const labels = join(parent, 'labels');
  const classes = join(parent, 'classes.txt');
  for (const folder of [images, labels]) mkdirSync(folder, { recursive: true });
  writeFileSync(classes, classList);
  const name = (index: number) => `frame-${String(index).padStart(6, '0')}.png`;
  for (let index = 0; index < count; index++) {
    if (index >= different) {
      for (const folder of [images, labels]) {
        linkSync(join(folder, name(index % different)), join(folder, name(index)));
      }
      continue;
    }
    const one = street(index, width, height);
    writeFileSync(join(images, name(index)), imagePng(one));
    writeFileSync(join(labels, name(index)), greyPng(one));
  }
  return { images, labels, classes };
}
