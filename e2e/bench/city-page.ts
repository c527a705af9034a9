// The browser's side of the city's benchmark: frames, what is in them, and a classifier that sees nothing but colour.
import { random32 } from '../../src/core/random';
import { defaultScene } from '../../src/data/city/city-settings';
import { CityStudio } from '../../src/data/city/city-studio';
import { colourAccuracy, type ColourPoint } from '../../src/data/city/testing/colour-classifier';
import type { Size } from '../../src/data/types';

export interface CityRequest {
  frames: number;
  size: Size;
  seed: number;
}

export interface CityFacts {
  seconds: number;
  /** Share of all pixels, and the share of frames that have the class at all. */
  classes: { name: string; share: number; present: number }[];
  /** Frames of the first ten whose labels were equal when drawn again. */
  equal: number;
  /** Accuracy of multinomial logistic regression on red, green and blue, on frames that it was not fitted to. */
  colourAccuracy: number;
}

/** Pixels taken from each frame for the classifier. */
const sampled = 150;

export async function city({ frames, size, seed }: CityRequest): Promise<CityFacts> {
  const studio = new CityStudio();
  const scene = { ...defaultScene, seed };
  const pixels = size.width * size.height;
  const first = studio.frame(scene, 0, size);
  const names = [...first.classes.classes.map(({ name }) => name), 'void'];
  const counts = new Float64Array(names.length);
  const present = new Float64Array(names.length);
  const points: ColourPoint[] = [];
  const kept: Uint8Array[] = [];
  const start = performance.now();
  for (let frame = 0; frame < frames; frame++) {
    const { image, label } = studio.frame(scene, frame, size);
    const seen = new Float64Array(names.length);
    for (const position of label.labels) seen[Math.min(position, names.length - 1)]!++;
    seen.forEach((count, i) => {
      counts[i]! += count;
      if (count > 0) present[i]!++;
    });
    if (frame < 10) kept.push(label.labels);
    for (let i = 0; i < sampled; i++) {
      const at = random32(seed, 'sample', frame, i) % pixels;
      const position = label.labels[at]!;
      if (position === 255) continue;
      points.push({ rgb: [...image.rgb.subarray(at * 3, at * 3 + 3)], label: position, frame });
    }
  }
  const seconds = (performance.now() - start) / 1000;
  const equal = kept.filter((labels, frame) => {
    const again = studio.frame(scene, frame, size).label.labels;
    return labels.every((label, i) => label === again[i]);
  }).length;
  return {
    seconds,
    equal,
    classes: names.map((name, i) => ({
      name,
      share: counts[i]! / (frames * pixels),
      present: present[i]! / frames,
    })),
    colourAccuracy: colourAccuracy(points, names.length - 1),
  };
}
