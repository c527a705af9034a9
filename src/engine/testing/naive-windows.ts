// The layers with windows by their definitions: convolution, deconvolution, pooling, local response normalization.
import type { ConvolutionSpec, LrnSpec, PoolingSpec } from '../../nets/spec';
import { makeBlob, mapBlob, offset, valueAt, indices, type Blob } from './blob';

/** Calls `visit` with every tap of a window's rows and columns, and its place in the image where that exists. */
function eachTap(
  [kh, kw]: readonly number[],
  place: (tap: number, axis: 0 | 1) => number,
  [, , height, width]: readonly number[],
  visit: (row: number, column: number, r: number, s: number) => void,
): void {
  for (let r = 0; r < kh!; r++) {
    for (let s = 0; s < kw!; s++) {
      const [row, column] = [place(r, 0), place(s, 1)];
      if (row >= 0 && column >= 0 && row < height! && column < width!) visit(row, column, r, s);
    }
  }
}

export function convolve(
  { stride, pad, dilation, kernel, group, numOutput }: ConvolutionSpec,
  x: Blob,
  [weight, bias]: Blob[],
  top: readonly number[],
): Blob {
  const perGroup = x.shape[1]! / group;
  return makeBlob(top, ([n, o, y, v]) => {
    const first = Math.floor(o! / (numOutput / group)) * perGroup;
    const place = (tap: number, axis: 0 | 1) =>
      [y!, v!][axis]! * stride[axis] - pad[axis] + tap * dilation[axis];
    let sum = bias?.data[o!] ?? 0;
    eachTap(kernel, place, x.shape, (row, column, r, s) => {
      for (let i = 0; i < perGroup; i++)
        sum += valueAt(x, [n!, first + i, row, column]) * valueAt(weight!, [o!, i, r, s]);
    });
    return sum;
  });
}

export function deconvolve(
  { stride, pad, dilation, kernel, group, numOutput }: ConvolutionSpec,
  x: Blob,
  [weight, bias]: Blob[],
  top: readonly number[],
): Blob {
  const out = makeBlob(top, ([, o]) => bias?.data[o!] ?? 0);
  const perGroup = numOutput / group;
  for (const [n, i, y, v] of indices(x.shape)) {
    const first = Math.floor(i! / (x.shape[1]! / group)) * perGroup;
    const place = (tap: number, axis: 0 | 1) =>
      [y!, v!][axis]! * stride[axis] - pad[axis] + tap * dilation[axis];
    eachTap(kernel, place, top, (row, column, r, s) => {
      for (let o = 0; o < perGroup; o++)
        out.data[offset(top, [n!, first + o, row, column])]! +=
          valueAt(x, [n!, i!, y!, v!]) * valueAt(weight!, [i!, o, r, s]);
    });
  }
  return out;
}

export function pool(spec: PoolingSpec, x: Blob, top: readonly number[]): Blob {
  const image = x.shape.slice(2);
  const kernel = spec.global ? image : spec.kernel;
  const stride = spec.global ? [1, 1] : spec.stride;
  const pad = spec.global ? [0, 0] : spec.pad;
  return makeBlob(top, ([n, c, y, v]) => {
    const begin = [y!, v!].map((at, axis) => at * stride[axis]! - pad[axis]!);
    const values: number[] = [];
    eachTap(
      kernel,
      (tap, axis) => begin[axis]! + tap,
      x.shape,
      (row, column) => values.push(valueAt(x, [n!, c!, row, column])),
    );
    if (spec.pool === 'MAX') return Math.max(...values);
    const [h, w] = begin.map(
      (from, axis) => Math.min(from + kernel[axis]!, image[axis]! + pad[axis]!) - from,
    );
    return values.reduce((sum, value) => sum + value, 0) / (h! * w!);
  });
}

export function normalize(spec: LrnSpec, x: Blob): Blob {
  const { localSize, alpha, beta, region, k } = spec;
  const radius = (localSize - 1) / 2;
  if (region === 'ACROSS_CHANNELS') {
    return makeBlob(x.shape, ([n, c, y, v]) => {
      let sum = 0;
      for (let i = Math.max(0, c! - radius); i <= Math.min(x.shape[1]! - 1, c! + radius); i++)
        sum += valueAt(x, [n!, i, y!, v!]) ** 2;
      return valueAt(x, [n!, c!, y!, v!]) / (k + (alpha / localSize) * sum) ** beta;
    });
  }
  const window = { kernel: [localSize, localSize], stride: [1, 1], pad: [radius, radius], global: false };
  const squares = mapBlob(x, (value) => value ** 2);
  const average = pool({ ...window, pool: 'AVE' } as unknown as PoolingSpec, squares, x.shape);
  return mapBlob(x, (value, i) => value / (1 + alpha * average.data[i]!) ** beta);
}
