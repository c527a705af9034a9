// Flood fill by the picture's colours, inside what has one label: it never runs over what was labelled otherwise.
import type { LabelMap, RgbImage } from '../types';
import type { Shape } from './spans';

/**
 * The pixels that are reached from pixel `x`, `y` over pixels beside or below one another that have its label and, in each
 * channel, its colour up to `tolerance` (0 to 255).
 */
export function flood(image: RgbImage, { labels }: LabelMap, x: number, y: number, tolerance: number): Shape {
  return ({ width, height }, emit) => {
    const { rgb } = image;
    const seed = y * width + x;
    const label = labels[seed];
    const red = rgb[seed * 3]!;
    const green = rgb[seed * 3 + 1]!;
    const blue = rgb[seed * 3 + 2]!;
    const seen = new Uint8Array(width * height);
    const belongs = (pixel: number) =>
      !seen[pixel] &&
      labels[pixel] === label &&
      Math.abs(rgb[pixel * 3]! - red) <= tolerance &&
      Math.abs(rgb[pixel * 3 + 1]! - green) <= tolerance &&
      Math.abs(rgb[pixel * 3 + 2]! - blue) <= tolerance;
    const waiting = [seed];
    for (let pixel = waiting.pop(); pixel !== undefined; pixel = waiting.pop()) {
      if (!belongs(pixel)) continue;
      const row = Math.floor(pixel / width) * width;
      let from = pixel;
      let to = pixel + 1;
      while (from > row && belongs(from - 1)) from--;
      while (to < row + width && belongs(to)) to++;
      seen.fill(1, from, to);
      for (const beside of [from - width, from + width]) {
        if (beside < 0 || beside >= seen.length) continue;
        // One pixel of each run is enough: the run is found from it.
        for (let i = beside; i < beside + to - from; i++) {
          if (belongs(i) && (i === beside || !belongs(i - 1))) waiting.push(i);
        }
      }
      emit(row / width, from - row, to - row);
    }
  };
}
