// Scaling before tiles are cut: images smoothly, labels by the nearest pixel, both with pixel centres at halves.
import type { LabelMap, RgbImage, Size } from './types';

/** Weights are kept with 22 bits after the point, so that equal inputs give equal bytes on every machine. */
const fractionBits = 22;
const one = 2 ** fractionBits;
/** Added before the bits after the point are cut off, which rounds. */
const half = one / 2;

/** For each output pixel the first input pixel it sees, and the weights of that and the following ones. */
interface Filter {
  first: Int32Array;
  count: Int32Array;
  /** `taps` entries per output pixel. */
  weights: Int32Array;
  taps: number;
}

/** The filters that were made last: pictures of one size follow each other. */
const filters = new Map<string, Filter>();

function filterOf(from: number, to: number): Filter {
  const key = `${from} ${to}`;
  let filter = filters.get(key);
  if (!filter) {
    if (filters.size >= 4) filters.clear();
    filters.set(key, (filter = triangleFilter(from, to)));
  }
  return filter;
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

/** Filters each of `rows` rows to the length of the filter. */
function filterRows(source: Uint8Array, width: number, rows: number, filter: Filter): Uint8Array {
  const { first, count, weights, taps } = filter;
  const target = new Uint8Array(first.length * rows * 3);
  let to = 0;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < first.length; i++) {
      let red = half;
      let green = half;
      let blue = half;
      let at = (row * width + first[i]!) * 3;
      const end = i * taps + count[i]!;
      for (let k = i * taps; k < end; k++, at += 3) {
        const weight = weights[k]!;
        // Whole numbers below 2^31 all the way; other than `*`, imul tells the compiler so.
        red = (red + Math.imul(source[at]!, weight)) | 0;
        green = (green + Math.imul(source[at + 1]!, weight)) | 0;
        blue = (blue + Math.imul(source[at + 2]!, weight)) | 0;
      }
      target[to++] = red >> fractionBits;
      target[to++] = green >> fractionBits;
      target[to++] = blue >> fractionBits;
    }
  }
  return target;
}

/** Filters all columns to the height of the filter, a whole row at a time, so that memory is read in its order. */
function filterColumns(source: Uint8Array, width: number, filter: Filter): Uint8Array {
  const { first, count, weights, taps } = filter;
  const length = width * 3;
  const target = new Uint8Array(length * first.length);
  const sums = new Int32Array(length);
  for (let row = 0; row < first.length; row++) {
    sums.fill(half);
    for (let k = 0; k < count[row]!; k++) {
      const weight = weights[row * taps + k]!;
      const from = (first[row]! + k) * length;
      for (let i = 0; i < length; i++) sums[i] = (sums[i]! + Math.imul(source[from + i]!, weight)) | 0;
    }
    const to = row * length;
    for (let i = 0; i < length; i++) target[to + i] = sums[i]! >> fractionBits;
  }
  return target;
}

/** Bilinear with antialiasing: rows first, rounded to bytes, then columns. The same image where the size is the same. */
export function resizeImage(image: RgbImage, size: Size): RgbImage {
  const { width, height } = size;
  let { rgb } = image;
  if (width !== image.width) rgb = filterRows(rgb, image.width, image.height, filterOf(image.width, width));
  if (height !== image.height) rgb = filterColumns(rgb, width, filterOf(image.height, height));
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
