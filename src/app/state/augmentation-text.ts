// Augmentation in words.
import type { Augmentation } from '../../data/augment/settings';
import { size } from './format';

/** The operations that are on with their ranges; empty where none is. */
export function augmentationTexts(augmentation: Augmentation): string[] {
  const { flip, crop, scale, rotation, brightness, contrast, saturation, hue, noise, blur } = augmentation;
  const share = (name: string, value: number) => (value ? `${name} ± ${Math.round(100 * value)} %` : '');
  return [
    flip ? 'mirrored' : '',
    crop ? `crop ${size(crop)}` : '',
    scale[0] === 1 && scale[1] === 1 ? '' : `scale ${scale[0]} to ${scale[1]}`,
    rotation ? `rotation ± ${rotation}°` : '',
    share('brightness', brightness),
    share('contrast', contrast),
    share('saturation', saturation),
    hue ? `hue ± ${hue}°` : '',
    noise ? `noise up to ${noise}` : '',
    blur ? `blur up to ${blur} px` : '',
  ].filter((text) => text !== '');
}
