import { expect, test } from 'vitest';
import { noAugmentation } from '../../data/augment/settings';
import { augmentationTexts } from './augmentation-text';

test('names the operations that are on, with their ranges', () => {
  expect(augmentationTexts(noAugmentation)).toEqual([]);
  const some = {
    ...noAugmentation,
    flip: true,
    crop: { width: 64, height: 48 },
    rotation: 10,
    brightness: 0.3,
  };
  expect(augmentationTexts(some)).toEqual([
    'mirrored',
    'crop 64 × 48',
    'rotation ± 10°',
    'brightness ± 30 %',
  ]);
  expect(augmentationTexts({ ...noAugmentation, scale: [0.5, 2], blur: 1.5 })).toEqual([
    'scale 0.5 to 2',
    'blur up to 1.5 px',
  ]);
});
