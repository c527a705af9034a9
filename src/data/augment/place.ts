// Scaling, turning and cutting in one go, so that a picture is sampled once: images bilinearly, labels by the nearest pixel.
import { sineCosine } from '../../core/series';
import { VOID, type Rgb, type Size } from '../types';
import type { LabelledImage } from './augment';
import type { Draw } from './draw';

/** Weights of a neighbour have 11 bits after the point: two of them and a byte make less than 2^31. */
const one = 2 ** 11;
const shift = 22;
const half = 2 ** (shift - 1);

export type Placement = Pick<Draw, 'crop' | 'scale' | 'degrees' | 'across' | 'down'>;

/**
 * The tile scaled, a window of the draw's size (the tile's own without one) put where the draw says, and the picture turned around the middle
 * of the window. Pixels whose middle lies outside of the picture are void and have the colour `outside`.
 */
export function place(tile: LabelledImage, placement: Placement, outside: Rgb): LabelledImage {
  const { scale, degrees } = placement;
  const size: Size = placement.crop ?? tile.image;
  const left = offset(tile.image.width * scale, size.width, placement.across);
  const top = offset(tile.image.height * scale, size.height, placement.down);
  if (scale === 1 && degrees === 0) return cut(tile, size, left, top, outside);
  const middle = { x: (left + size.width / 2) / scale, y: (top + size.height / 2) / scale };
  return sample(tile, size, middle, scale, degrees, outside);
}

/** Where the window begins: a whole pixel of the scaled picture, each as likely; before the picture where the window is larger. */
function offset(length: number, window: number, share: number): number {
  const room = Math.floor(length) - window;
  return Math.sign(room) * Math.floor(share * (Math.abs(room) + 1));
}

/** A window of the tile as it is; the tile itself where the window is all of it. */
function cut(tile: LabelledImage, size: Size, left: number, top: number, outside: Rgb): LabelledImage {
  const { image } = tile;
  if (size.width === image.width && size.height === image.height) return tile;
  const target = empty(size, outside);
  const first = Math.max(0, -left);
  const end = Math.min(size.width, image.width - left);
  for (let y = Math.max(0, -top); y < Math.min(size.height, image.height - top); y++) {
    const from = (top + y) * image.width + left;
    const to = y * size.width;
    target.labels.set(tile.labels.subarray(from + first, from + end), to + first);
    target.image.rgb.set(image.rgb.subarray(3 * (from + first), 3 * (from + end)), 3 * (to + first));
  }
  return target;
}

function empty({ width, height }: Size, [red, green, blue]: Rgb): LabelledImage {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < rgb.length; i += 3) {
    rgb[i] = red;
    rgb[i + 1] = green;
    rgb[i + 2] = blue;
  }
  return { image: { width, height, rgb }, labels: new Uint8Array(width * height).fill(VOID) };
}

function sample(
  { image, labels }: LabelledImage,
  size: Size,
  middle: { x: number; y: number },
  scale: number,
  degrees: number,
  outside: Rgb,
): LabelledImage {
  const { width, height, rgb } = image;
  const target = empty(size, outside);
  const toRgb = target.image.rgb;
  const toLabels = target.labels;
  const { sine, cosine } = sineCosine(degrees);
  // A pixel further in the window is so much further in the picture.
  const [along, aside] = [cosine / scale, sine / scale];
  for (let y = 0; y < size.height; y++) {
    const dy = y + 0.5 - size.height / 2;
    for (let x = 0; x < size.width; x++) {
      const dx = x + 0.5 - size.width / 2;
      const u = middle.x + along * dx - aside * dy;
      const v = middle.y + aside * dx + along * dy;
      if (!(u >= 0 && u < width && v >= 0 && v < height)) continue;
      const to = y * size.width + x;
      toLabels[to] = labels[(v | 0) * width + (u | 0)]!;
      // The four pixels whose middles are around; at the border the outermost stands for what is missing.
      const left = Math.floor(u - 0.5);
      const top = Math.floor(v - 0.5);
      const right = Math.round((u - 0.5 - left) * one);
      const below = Math.round((v - 0.5 - top) * one);
      const x0 = left < 0 ? 0 : left;
      const x1 = left + 1 < width ? left + 1 : left;
      const row0 = (top < 0 ? 0 : top) * width;
      const row1 = (top + 1 < height ? top + 1 : top) * width;
      const a = 3 * (row0 + x0);
      const b = 3 * (row0 + x1);
      const c = 3 * (row1 + x0);
      const d = 3 * (row1 + x1);
      const wd = Math.imul(right, below);
      const wb = Math.imul(right, one - below);
      const wc = Math.imul(one - right, below);
      const wa = Math.imul(one - right, one - below);
      for (let channel = 0; channel < 3; channel++) {
        toRgb[3 * to + channel] =
          (Math.imul(rgb[a + channel]!, wa) +
            Math.imul(rgb[b + channel]!, wb) +
            Math.imul(rgb[c + channel]!, wc) +
            Math.imul(rgb[d + channel]!, wd) +
            half) >>
          shift;
      }
    }
  }
  return target;
}
