import type { LabelledImage } from './augment';

/** Left and right exchanged, in new arrays. */
export function mirror({ image, labels }: LabelledImage): LabelledImage {
  const { width, height, rgb } = image;
  const mirroredRgb = new Uint8Array(rgb.length);
  const mirroredLabels = new Uint8Array(labels.length);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 0; x < width; x++) {
      const from = row + x;
      const to = row + width - 1 - x;
      mirroredLabels[to] = labels[from]!;
      mirroredRgb[3 * to] = rgb[3 * from]!;
      mirroredRgb[3 * to + 1] = rgb[3 * from + 1]!;
      mirroredRgb[3 * to + 2] = rgb[3 * from + 2]!;
    }
  }
  return { image: { width, height, rgb: mirroredRgb }, labels: mirroredLabels };
}
