// Scaling before tiles are cut: images smoothly, labels by the nearest pixel, both with pixel centres at halves.
import type { LabelMap, RgbImage, Size } from './types';

/** Weights are kept with 22 bits after the point, so that equal inputs give equal bytes on every machine. */
const fractionBits = 22;
const one = 2 ** fractionBits;

/** For each output pixel the first input pixel it sees, and the weights of that and the following ones. */
interface Filter {
  first: Int32Array;
  count: Int32Array;
  /** `taps` entries per output pixel. */
  weights: Int32Array;
  taps: number;
}

/** A triangle one input pixel wide to each side, widened when shrinking so that every input pixel counts. */
function triangleFilter(from: number, to: number): Filter {
  const scale = from / to;
  const radius = Math.max(scale, 1);
  const taps = Math.ceil(radius) * 2 + 1;
  const filter: Filter = {
    first: new Int32Array(to),
    count: new Int32Array(to),
    weights: new Int32Array(to * taps),
    taps,
  };
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - radius + 0.5));
    const end = Math.min(from, Math.floor(centre + radius + 0.5));
    const raw = Array.from({ length: end - first }, (_, k) =>
      Math.max(0, 1 - Math.abs((first + k + 0.5 - centre) / radius)),
    );
    const sum = raw.reduce((a, b) => a + b, 0);
    raw.forEach((weight, k) => (filter.weights[i * taps + k] = Math.round((weight / sum) * one)));
    filter.first[i] = first;
    filter.count[i] = end - first;
  }
  return filter;
}

/** Filters `lines` lines of `from` pixels each; strides say how far pixels and lines lie apart, in pixels. */
function filterLines(
  source: Uint8Array,
  target: Uint8Array,
  filter: Filter,
  lines: number,
  sourceStride: { pixel: number; line: number },
  targetStride: { pixel: number; line: number },
): void {
  const { first, count, weights, taps } = filter;
  const step = sourceStride.pixel * 3;
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < first.length; i++) {
      let red = one / 2;
      let green = one / 2;
      let blue = one / 2;
      let at = (line * sourceStride.line + first[i]! * sourceStride.pixel) * 3;
      for (let k = i * taps; k < i * taps + count[i]!; k++, at += step) {
        const weight = weights[k]!;
        red += source[at]! * weight;
        green += source[at + 1]! * weight;
        blue += source[at + 2]! * weight;
      }
      const to = (line * targetStride.line + i * targetStride.pixel) * 3;
      target[to] = red >> fractionBits;
      target[to + 1] = green >> fractionBits;
      target[to + 2] = blue >> fractionBits;
    }
  }
}

/** Bilinear with antialiasing: rows first, rounded to bytes, then columns. The same image where the size is the same. */
export function resizeImage(image: RgbImage, size: Size): RgbImage {
  const { width, height } = size;
  let { rgb } = image;
  if (width !== image.width) {
    const wide = new Uint8Array(width * image.height * 3);
    const filter = triangleFilter(image.width, width);
    filterLines(rgb, wide, filter, image.height, { pixel: 1, line: image.width }, { pixel: 1, line: width });
    rgb = wide;
  }
  if (height !== image.height) {
    const tall = new Uint8Array(width * height * 3);
    const filter = triangleFilter(image.height, height);
    filterLines(rgb, tall, filter, width, { pixel: width, line: 1 }, { pixel: width, line: 1 });
    rgb = tall;
  }
  return { width, height, rgb };
}

/** The label of the input pixel in which the centre of each output pixel lies. */
export function resizeLabels(map: LabelMap, size: Size): LabelMap {
  const { width, height } = size;
  if (width === map.width && height === map.height) return map;
  const columns = nearest(map.width, width);
  const rows = nearest(map.height, height);
  const labels = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = rows[y]! * map.width;
    for (let x = 0; x < width; x++) labels[y * width + x] = map.labels[row + columns[x]!]!;
  }
  return { width, height, labels };
}

function nearest(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to }, (_, i) => Math.floor(((2 * i + 1) * from) / (2 * to)));
}
