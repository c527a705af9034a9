// A training tile as chance changes it: colours first, so that what lies outside keeps its own, then places, then blur and noise.
import type { Rgb, RgbImage } from '../types';
import { blur } from './blur';
import { changeColours } from './colour';
import type { Draw } from './draw';
import { mirror } from './mirror';
import { addNoise } from './noise';
import { place } from './place';

/** A picture and the class of each of its pixels. */
export interface LabelledImage {
  image: RgbImage;
  labels: Uint8Array;
}

/**
 * What a draw makes of a tile, which stays as it is; the tile itself where the draw changes nothing.
 * @param outside the colour of what the picture does not cover, which is void. The dataset's mean colour comes out near 0 where a mean is
 *   subtracted, as the network's own padding does, and in the preview it is what it is in training, whatever network is chosen.
 */
export function augment(tile: LabelledImage, draw: Draw, outside: Rgb): LabelledImage {
  const { image, labels } = place({ ...tile, image: changeColours(tile.image, draw) }, draw, outside);
  const placed = draw.mirrored ? mirror({ image, labels }) : { image, labels };
  return { ...placed, image: addNoise(blur(placed.image, draw.blur), draw.noise, draw.noiseSeed) };
}
