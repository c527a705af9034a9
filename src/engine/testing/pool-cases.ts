// Pooling by maximum and its gradient by definition: a tie goes to the first, a NaN is larger than any number.
import fc from 'fast-check';
import type { KernelCase } from './check-kernel';
import { drawValues } from './run-kernel';

export interface Pool {
  shape: readonly [number, number, number, number];
  filter: readonly [number, number];
  stride: readonly [number, number];
  pad: readonly [number, number];
}

export const plainPool: Pool = { shape: [1, 7, 9, 4], filter: [3, 3], stride: [2, 2], pad: [0, 0] };

export const fixedPools: [string, Partial<Pool>][] = [
  ['windows that overlap', {}],
  ['one channel and a batch of 5', { shape: [5, 6, 8, 1], filter: [2, 2] }],
  ['padded windows', { pad: [1, 2], stride: [1, 3] }],
  ['gaps between windows', { filter: [1, 2], stride: [3, 4] }],
  ['one window', { filter: [7, 9], stride: [1, 1] }],
];

const output = ({ shape, filter, stride, pad }: Pool) =>
  [0, 1].map(
    (axis) => Math.floor((shape[axis + 1]! + 2 * pad[axis]! - filter[axis]!) / stride[axis]!) + 1,
  ) as [number, number];

const upTo = (max: number) => fc.integer({ min: 1, max });

/** Windows over images of up to `side` pixels each way and so many channels. */
export const anyPool = (side: number, channels: number): fc.Arbitrary<Pool> =>
  fc
    .record({
      shape: fc.tuple(upTo(3), upTo(side), upTo(side), upTo(channels)),
      filter: fc.tuple(upTo(4), upTo(4)),
      stride: fc.tuple(upTo(3), upTo(3)),
      pad: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })),
    })
    // TensorFlow.js takes no window that lies in the padding alone.
    .filter(
      (pool) => output(pool).every((n) => n > 0) && pool.pad.every((p, axis) => p < pool.filter[axis]!),
    );

const same = (values: Float32Array) => values;

/** x, of few different values so that there are ties, and where in it each window has its maximum; `change` is done to x. */
function parts(pool: Pool, change: typeof same) {
  const { shape, filter, stride, pad } = pool;
  const [n, h, w, c] = shape;
  const [oh, ow] = output(pool);
  const yShape = [n, oh, ow, c];
  const x = change(drawValues(shape, 'x').map((value) => Math.round(2 * value) - 1));
  const places = Array.from({ length: n * oh * ow * c }, (_, at) => {
    const [channel, column, row, image] = [at % c, Math.floor(at / c) % ow, Math.floor(at / c / ow) % oh, Math.floor(at / c / ow / oh)]; // prettier-ignore
    let best = -1;
    for (let r = 0; r < filter[0]; r++)
      for (let s = 0; s < filter[1]; s++) {
        const [y, v] = [row * stride[0] - pad[0] + r, column * stride[1] - pad[1] + s];
        if (y < 0 || y >= h || v < 0 || v >= w) continue;
        const from = ((image * h + y) * w + v) * c + channel;
        if (best < 0 || x[from]! > x[best]! || (Number.isNaN(x[from]) && !Number.isNaN(x[best]))) best = from;
      }
    return best;
  });
  const attrs = {
    filterSize: filter,
    strides: stride,
    pad: [[0, 0], [pad[0], pad[0]], [pad[1], pad[1]], [0, 0]], // prettier-ignore
    dimRoundingMode: 'floor',
  };
  return { x, yShape, places, attrs };
}

/** 'MaxPool' */
export function maxPoolCase(pool: Pool, change = same): KernelCase {
  const { x, places, attrs } = parts(pool, change);
  return {
    inputs: { x: { shape: pool.shape, data: x } },
    attrs,
    expected: [places.map((place) => x[place]!)],
  };
}

/** 'MaxPoolGrad' */
export function maxPoolGradCase(pool: Pool, change = same): KernelCase {
  const { x, yShape, places, attrs } = parts(pool, change);
  const dy = drawValues(yShape, 'dy');
  const dx = new Float64Array(x.length);
  places.forEach((place, at) => (dx[place]! += dy[at]!));
  const inputs = {
    dy: { shape: yShape, data: dy },
    input: { shape: pool.shape, data: x },
    output: { shape: yShape, data: dy },
  };
  return { inputs, attrs, expected: [dx] };
}
