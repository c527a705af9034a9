// What chance makes of one tile in one epoch: a function of the seed, the epoch and the tile's index, so that a continued run draws the same.
import { random32, randomUniform } from '../../core/random';
import type { Size } from '../types';
import type { Augmentation } from './settings';

/** What is done to one tile. */
export interface Draw {
  mirrored: boolean;
  crop: Size | null;
  scale: number;
  /** Counter-clockwise. */
  degrees: number;
  /** Where in the room that there is, from 0 (left, top) to 1. */
  across: number;
  down: number;
  /** Factors; 1 changes nothing. */
  brightness: number;
  contrast: number;
  saturation: number;
  /** Degrees of the colour circle. */
  hue: number;
  /** Standard deviations of noise (grey values) and blur (pixels). */
  noise: number;
  blur: number;
  noiseSeed: number;
}

export function drawAugmentation(
  augmentation: Augmentation,
  seed: number,
  epoch: number,
  index: number,
): Draw {
  const uniform = (stream: string) => randomUniform(seed, stream, epoch, index);
  const around = (centre: number, most: number, stream: string) =>
    most ? centre + most * (2 * uniform(stream) - 1) : centre;
  const upTo = (most: number, stream: string) => most && most * uniform(stream);
  const [least, most] = augmentation.scale;
  return {
    mirrored: augmentation.flip && uniform('flip') < 0.5,
    crop: augmentation.crop,
    scale: least === most ? least : least + (most - least) * uniform('scale'),
    degrees: around(0, augmentation.rotation, 'rotation'),
    across: uniform('across'),
    down: uniform('down'),
    brightness: around(1, augmentation.brightness, 'brightness'),
    contrast: around(1, augmentation.contrast, 'contrast'),
    saturation: around(1, augmentation.saturation, 'saturation'),
    hue: around(0, augmentation.hue, 'hue'),
    noise: upTo(augmentation.noise, 'noise'),
    blur: upTo(augmentation.blur, 'blur'),
    noiseSeed: random32(seed, 'noise pixels', epoch, index),
  };
}
