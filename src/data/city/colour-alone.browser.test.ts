import { expect, test } from 'vitest';
import { VOID } from '../types';
import { defaultScene } from './city-settings';
import { CityStudio } from './city-studio';
import { colourAccuracy, type ColourPoint } from './testing/colour-classifier';

test('the colour of a pixel does not give its class away', () => {
  const studio = new CityStudio();
  const points: ColourPoint[] = [];
  for (let frame = 0; frame < 16; frame++) {
    const { image, label } = studio.frame({ ...defaultScene, seed: 1 }, frame, { width: 96, height: 72 });
    for (let i = frame % 19; i < label.labels.length; i += 19) {
      if (label.labels[i] === VOID) continue;
      points.push({ rgb: [...image.rgb.subarray(i * 3, i * 3 + 3)], label: label.labels[i]!, frame });
    }
  }
  const counts = new Map<number, number>();
  for (const { label } of points) counts.set(label, (counts.get(label) ?? 0) + 1);
  const accuracy = colourAccuracy(points, 11);
  // It learns what there is to learn: the sky is bright, most often.
  expect(accuracy).toBeGreaterThan(Math.max(...counts.values()) / points.length);
  expect(accuracy).toBeLessThan(0.6);
}, 240_000);
