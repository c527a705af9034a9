// Where the pixels of blobs lie over the image, in numbers for a head: strides, upsampling kernels, crops, and whether they fit at every size.
import { AppError } from '../../core/errors';
import { coordMapFromTo } from '../coord-map';
import { dataShape, placeLayers } from '../place-layers';
import type { NetSpec } from '../spec';

/** Pixel i of a blob lies over pixel `stride * i + start` of the image. */
export interface Sampling {
  stride: number;
  start: number;
}

/** Sums of halves and thirds are not exact. */
const rounded = (value: number) => Math.round(value * 1e6) / 1e6 + 0;

/** @throws AppError 'bad-network' where the blob is not made of the image by windows, or is sampled differently along both axes. */
export function samplingOf(spec: NetSpec, blob: string, image: string): Sampling {
  const { scale, shift } = coordMapFromTo(spec, blob, image);
  const [stride, other = stride] = scale.map(rounded) as [number, number?];
  const [start, otherStart = start] = shift.map(rounded) as [number, number?];
  if (stride !== other || start !== otherStart)
    throw new AppError(
      'bad-network',
      `"${blob}" has one value for every ${other} x ${stride} pixels, beginning at ${otherStart}, ${start}; ` +
        'a head needs the same along both axes.',
    );
  return { stride, start };
}

/** A bilinear enlargement. */
export interface Upsampling {
  ratio: number;
  kernel: number;
}

export function upsampled({ stride, start }: Sampling, { ratio, kernel }: Upsampling): Sampling {
  const fine = stride / ratio;
  return { stride: fine, start: rounded(start - ((kernel - 1) / 2) * fine) };
}

/** What must be cut off `from` so that it begins where `to` does, in their pixels; may be negative or no whole number. */
export const offsetBetween = (from: Sampling, to: Sampling) => rounded((to.start - from.start) / from.stride);

/** The kernel 2 * ratio, or the next smaller one where only that lets pixels meet pixels (FCN-AlexNet's 63); null where neither does. */
export function upsamplingFor(
  from: Sampling,
  to: Sampling,
  offsetOf: (up: Sampling, to: Sampling) => number,
): (Upsampling & { offset: number }) | null {
  const ratio = rounded(from.stride / to.stride);
  if (!Number.isInteger(ratio) || ratio < 1) return null;
  // What is not enlarged is not blurred either, unless it lies half a pixel off.
  for (const kernel of ratio === 1 ? [1, 2] : [2 * ratio, 2 * ratio - 1]) {
    const offset = offsetOf(upsampled(from, { ratio, kernel }), to);
    if (Number.isInteger(offset)) return { ratio, kernel, offset };
  }
  return null;
}

/** The length of an enlarged blob. */
export const upsampledLength = (length: number, { ratio, kernel }: Upsampling) =>
  ratio * (length - 1) + kernel;

/** A square image of one size, and the length of every blob then. */
export interface Lengths {
  size: number;
  of: ReadonlyMap<string, number>;
}

/**
 * Lengths of every blob at the smallest sizes at which the network runs, twice as many as the stride: lengths at a size that is larger by
 * the stride are larger by whole pixels, so what holds at these sizes holds at all.
 */
export function lengthsAtEverySize(spec: NetSpec, stride: number): Lengths[] {
  const found: Lengths[] = [];
  for (let size = 1; size <= 1024 + 2 * stride && found.length < 2 * stride; size++) {
    try {
      const of = new Map<string, number>();
      for (const { layer, tops } of placeLayers(spec, dataShape(spec, { width: size, height: size }))) {
        layer.tops.forEach((top, at) => of.set(top, tops[at]![2] ?? 1));
      }
      found.push({ size, of });
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'bad-network')) throw error;
    }
  }
  return found;
}
