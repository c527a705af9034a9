import type { Rgb } from './types';

/** A colour for class `id` where the source has none: hues a golden angle apart, in three lightnesses. */
export function defaultColour(id: number): Rgb {
  const hue = (id * 137.508) % 360;
  const lightness = [0.5, 0.65, 0.35][id % 3]!;
  const chroma = 0.6 * Math.min(lightness, 1 - lightness);
  const channel = (offset: number) => {
    const k = (offset + hue / 30) % 12;
    return Math.round(255 * (lightness - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}
