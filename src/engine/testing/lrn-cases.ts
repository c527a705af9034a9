// Local response normalization across channels and its gradient by definition, in float64.
import fc from 'fast-check';
import type { KernelCase } from './check-kernel';
import { drawValues } from './run-kernel';

export interface Lrn {
  shape: readonly number[];
  depthRadius: number;
  bias: number;
  alpha: number;
  beta: number;
}

export const plainLrn: Lrn = { shape: [1, 3, 5, 16], depthRadius: 2, bias: 1, alpha: 0.1, beta: 0.75 };

export const fixedLrns: [string, Partial<Lrn>][] = [
  ['five channels of sixteen', {}],
  ['one channel', { shape: [2, 3, 4, 1] }],
  ['channels that are no multiple of eight', { shape: [1, 2, 3, 21], bias: 2 }],
  ['a window wider than the channels', { shape: [1, 2, 2, 3], depthRadius: 5 }],
  ['a window of one channel', { depthRadius: 0 }],
];

const upTo = (max: number) => fc.integer({ min: 1, max });

/** Over up to three images of up to `side` pixels each way and so many channels. */
export const anyLrn = (side: number, channels: number): fc.Arbitrary<Lrn> =>
  fc.record({
    shape: fc.tuple(upTo(3), upTo(side), upTo(side), upTo(channels)),
    depthRadius: fc.integer({ min: 0, max: 4 }),
    bias: fc.constantFrom(1, 2, 0.5),
    alpha: fc.constantFrom(1, 1e-4, 0.2),
    beta: fc.constantFrom(0.75, 0.5, 1),
  });

const same = (values: Float32Array) => values;

/** `change` is done to x. */
function parts({ shape, depthRadius, bias, alpha, beta }: Lrn, change: typeof same) {
  const x = change(drawValues(shape, 'x'));
  const channels = shape[3]!;
  const near = (at: number) => {
    const first = at - (at % channels);
    const from = Math.max(first, at - depthRadius);
    const to = Math.min(first + channels - 1, at + depthRadius);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  };
  const scale = Array.from(x, (_, at) => bias + alpha * near(at).reduce((sum, i) => sum + x[i]! ** 2, 0));
  const y = Float64Array.from(x, (value, at) => value * scale[at]! ** -beta);
  return { x, y, near, scale };
}

/** 'LRN' */
export function lrnCase({ shape, ...attrs }: Lrn, change = same): KernelCase {
  const { x, y } = parts({ shape, ...attrs }, change);
  return { inputs: { x: { shape, data: x } }, attrs, expected: [y] };
}

/** 'LRNGrad' */
export function lrnGradCase({ shape, ...attrs }: Lrn, change = same): KernelCase {
  const { alpha, beta } = attrs;
  const { x, y, near, scale } = parts({ shape, ...attrs }, change);
  const dy = drawValues(shape, 'dy');
  const expected = Float64Array.from(x, (value, at) => {
    const others = near(at).reduce((sum, i) => sum + dy[i]! * x[i]! * scale[i]! ** (-beta - 1), 0);
    return dy[at]! * scale[at]! ** -beta - 2 * alpha * beta * value * others;
  });
  const inputs = {
    x: { shape, data: x },
    y: { shape, data: Float32Array.from(y) },
    dy: { shape, data: dy },
  };
  return { inputs, attrs, expected: [expected] };
}
