// Label maps as pictures. Pure functions over bytes; what is drawn on a canvas is made here.
import { VOID, type LabelClass, type Rgb } from '../../data/types';

/** How a label map is to be shown. */
export interface LabelStyle {
  classes: readonly LabelClass[];
  /** Class positions that are not drawn. */
  hidden?: ReadonlySet<number>;
  /** The only class position that stands out; the others fade. */
  highlight?: number | null;
  /** Draws only the borders between classes, this many pixels wide; 0 fills. */
  outline?: number;
  /** Colour of void pixels; none are drawn without it. */
  voidColour?: Rgb | null;
}

const FADED = 56;

/** An opaque RGBA picture of `rgb` (three bytes a pixel). */
export function imageToRgba(rgb: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const pixels = rgb.length / 3;
  const out = new Uint8ClampedArray(pixels * 4);
  for (let i = 0, from = 0, to = 0; i < pixels; i++, from += 3, to += 4) {
    out[to] = rgb[from]!;
    out[to + 1] = rgb[from + 1]!;
    out[to + 2] = rgb[from + 2]!;
    out[to + 3] = 255;
  }
  return out;
}

/** RGBA of a label map: class colours, transparent where nothing is drawn. */
export function labelsToRgba(
  labels: Uint8Array,
  width: number,
  height: number,
  style: LabelStyle,
): Uint8ClampedArray<ArrayBuffer> {
  const colours = colourTable(style);
  const out = new Uint32Array(labels.length);
  const edge = style.outline ? outlineMask(labels, width, height, style.outline) : null;
  for (let i = 0; i < labels.length; i++) {
    if (!edge || edge[i]) out[i] = colours[labels[i]!]!;
  }
  return new Uint8ClampedArray(out.buffer);
}

/** Blends a label picture over an image, both RGBA: the image is opaque, `opacity` is 0 to 1. */
export function blend(
  image: Uint8ClampedArray,
  overlay: Uint8ClampedArray,
  opacity: number,
): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(image.length);
  for (let i = 0; i < image.length; i += 4) {
    const share = (opacity * overlay[i + 3]!) / 255;
    out[i] = image[i]! * (1 - share) + overlay[i]! * share;
    out[i + 1] = image[i + 1]! * (1 - share) + overlay[i + 1]! * share;
    out[i + 2] = image[i + 2]! * (1 - share) + overlay[i + 2]! * share;
    out[i + 3] = 255;
  }
  return out;
}

/** 1 where a pixel lies within `width` pixels of a pixel of another class (measured along rows and columns), else 0. */
export function outlineMask(labels: Uint8Array, width: number, height: number, border: number): Uint8Array {
  let mask = new Uint8Array(labels.length);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const own = labels[i]!;
      if (x + 1 < width && labels[i + 1] !== own) mask[i] = mask[i + 1] = 1;
      if (y + 1 < height && labels[i + width] !== own) mask[i] = mask[i + width] = 1;
    }
  }
  for (let grown = 1; grown < border; grown++) {
    const next = mask.slice();
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        if (!mask[i]) continue;
        if (x > 0) next[i - 1] = 1;
        if (x + 1 < width) next[i + 1] = 1;
        if (y > 0) next[i - width] = 1;
        if (y + 1 < height) next[i + width] = 1;
      }
    }
    mask = next;
  }
  return mask;
}

/** Pixels per value, 256 of them. */
export function histogram(labels: Uint8Array): Uint32Array {
  const counts = new Uint32Array(256);
  for (let i = 0; i < labels.length; i++) counts[labels[i]!]!++;
  return counts;
}

/** The prediction where it is wrong, VOID where it is right or the truth is void. */
export function wrongPixels(prediction: Uint8Array, truth: Uint8Array): Uint8Array {
  const out = new Uint8Array(prediction.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = truth[i] === VOID || truth[i] === prediction[i] ? VOID : prediction[i]!;
  }
  return out;
}

/** Little-endian RGBA per label value, as every browser's typed arrays are. */
function colourTable({ classes, hidden, highlight = null, voidColour = null }: LabelStyle): Uint32Array {
  const table = new Uint32Array(256);
  const packed = ([red, green, blue]: Rgb, alpha: number) =>
    ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  classes.forEach(({ colour }, position) => {
    if (hidden?.has(position)) return;
    table[position] = packed(colour, highlight === null || highlight === position ? 255 : FADED);
  });
  if (voidColour) table[VOID] = packed(voidColour, highlight === null ? 255 : FADED);
  return table;
}

/** Intersection over union per class position, null for a class in neither map; void truth does not count. */
export function iouPerClass(prediction: Uint8Array, truth: Uint8Array, classes: number): (number | null)[] {
  const both = new Uint32Array(256);
  const either = new Uint32Array(256);
  for (let i = 0; i < truth.length; i++) {
    const actual = truth[i]!;
    const guess = prediction[i]!;
    if (actual === VOID) continue;
    either[actual]!++;
    if (guess === actual) both[actual]!++;
    else either[guess]!++;
  }
  return Array.from({ length: classes }, (_, position) =>
    either[position] ? both[position]! / either[position] : null,
  );
}
