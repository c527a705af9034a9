// The kernels for wasm that are no convolutions against their definitions in float64, on one, two and three threads, which must give the same bits.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { solvers } from '../../../nets/solvers';
import { chooseBackend } from '../../devices';
import { checkedOutputs, checkNaN, checkOnce, withNaN, type KernelCase } from '../../testing/check-kernel';
import { anyLrn, fixedLrns, lrnCase, lrnGradCase, plainLrn } from '../../testing/lrn-cases';
import { anyPool, fixedPools, maxPoolCase, maxPoolGradCase, plainPool } from '../../testing/pool-cases';
import { drawValues } from '../../testing/run-kernel';
import { toUpdate } from '../../testing/solver-definitions';
import {
  anyUpsampling,
  fixedUpsamplings,
  upsampledCase,
  upsampledNaNCase,
} from '../../testing/upsampling-cases';
import { selectWasmThreads } from '../../wasm-backend';

type Change = (values: Float32Array) => Float32Array;
type Case = (change?: Change) => KernelCase;

const same: Change = (values) => values;
const upTo = (max: number) => fc.integer({ min: 1, max });

/** dy and x, and with a slope what becomes of x; of 'ReluGrad' `change` is done to x. */
const reluCase =
  (name: string, [count, slope]: readonly [number, number]): Case =>
  (change = same) => {
    const x = { shape: [count], data: change(drawValues([count], 'x')) };
    if (name !== 'ReluGrad') {
      const expected = [...x.data].map((value) =>
        value < 0 ? (name === 'Relu' ? 0 : slope) * value : value,
      );
      return { inputs: { x }, attrs: { alpha: slope }, expected: [expected] };
    }
    const dy = { shape: [count], data: drawValues([count], 'dy') };
    const factor = (value: number) => (value > 0 ? 1 : Number.isNaN(value) ? NaN : slope);
    const expected = [...x.data].map((value, i) => factor(value) * dy.data[i]!);
    return { inputs: { x, dy }, attrs: { slope }, expected: [expected] };
  };

const sumCase =
  (shape: readonly number[]): Case =>
  (change = same) => {
    const channels = shape[3]!;
    // Of one sign, so that the sums are no small differences of large numbers.
    const data = change(drawValues(shape, 'x').map(Math.abs));
    const sums = new Float64Array(channels);
    data.forEach((value, i) => (sums[i % channels]! += value));
    return { inputs: { x: { shape, data } }, attrs: {}, expected: [sums] };
  };

/** Hundreds of shapes, of which many are large enough for several chunks. */
const drawn = <Shape>(any: fc.Arbitrary<Shape>, count = 500) => fc.sample(any, { numRuns: count, seed: 1 });
const shape4 = (side: number, channels: number) => fc.tuple(upTo(3), upTo(side), upTo(side), upTo(channels));
const bends = drawn(fc.tuple(fc.oneof(upTo(40), upTo(20_000)), fc.constantFrom(0, 0.1, -0.25, 1)));

/** Each kernel's shapes; the first is the one that meets a NaN. */
const kernels: [name: string, cases: Case[]][] = [
  ...['Relu', 'LeakyRelu', 'ReluGrad'].map((name): [string, Case[]] => [
    name,
    [[13, 0.5] as const, [50_001, 0.5] as const, ...bends].map((bend) => reluCase(name, bend)),
  ]),
  ['SumOfPixels', [[2, 3, 4, 5], [4, 93, 54, 6], ...drawn(shape4(20, 40))].map(sumCase)],
  [
    'MaxPool',
    [plainPool, ...fixedPools.map(([, pool]) => ({ ...plainPool, ...pool })), ...drawn(anyPool(20, 40))].map(
      (pool) => (change) => maxPoolCase(pool, change),
    ),
  ],
  [
    'MaxPoolGrad',
    [...fixedPools.map(([, pool]) => ({ ...plainPool, ...pool })), ...drawn(anyPool(20, 40))].map(
      (pool) => (change) => maxPoolGradCase(pool, change),
    ),
  ],
  ...(
    [
      ['LRN', lrnCase],
      ['LRNGrad', lrnGradCase],
    ] as const
  ).map(([name, toCase]): [string, Case[]] => [
    name,
    [...fixedLrns.map(([, lrn]) => ({ ...plainLrn, ...lrn })), ...drawn(anyLrn(12, 40))].map(
      (lrn) => (change) => toCase(lrn, change),
    ),
  ]),
  ...solvers.map((solver): [string, Case[]] => [
    'SolverUpdate',
    [[3, 5], [31, 5, 7, 48], ...drawn(fc.array(upTo(12), { minLength: 1, maxLength: 4 }), 100)].map(
      (shape) => (change) => toUpdate(solver, shape, change),
    ),
  ]),
  [
    'UpsampledLoss',
    [
      (change = same) => upsampledNaNCase(change),
      ...[...fixedUpsamplings.map(([, shape]) => shape), ...drawn(anyUpsampling)].map(
        (shape): Case =>
          (change) =>
            upsampledCase(shape, change),
      ),
    ],
  ],
];

const bits = (outputs: Float32Array[]) => outputs.map((values) => new Uint32Array(values.slice().buffer));
const isSame = (a: Uint32Array[], b: Uint32Array[]) =>
  a.every((output, i) => output.length === b[i]!.length && output.every((value, at) => value === b[i]![at]));

/** What each kernel gave for each of its shapes on the first machine. */
const before = new Map<number, Uint32Array[][]>();

describe.each([1, 2, 3])('on %i threads', (threads) => {
  beforeAll(async () => {
    selectWasmThreads(threads);
    await chooseBackend('wasm');
  });
  afterAll(() => selectWasmThreads(null));

  describe.each(kernels.map(([name, cases], i) => ({ name, cases, i })))(
    '$name ($i)',
    ({ name, cases, i }) => {
      it('is its definition for any shape', { timeout: 600_000 }, async () => {
        const found: Uint32Array[][] = [];
        for (const [at, toCase] of cases.entries())
          found.push(bits(await checkedOutputs(name, toCase(), `case ${at}`)));
        const first = before.get(i) ?? found;
        before.set(i, first);
        expect(found).toHaveLength(cases.length);
        expect(found.flatMap((outputs, at) => (isSame(outputs, first[at]!) ? [] : [at]))).toEqual([]);
      });

      // The place of a NaN among the gradients is that of the window's maximum: below.
      if (name !== 'MaxPoolGrad')
        it('gives NaN where a NaN goes in', () => checkNaN(name, cases[0]!(withNaN)));
    },
  );

  describe('MaxPoolGrad', () => {
    it('gives the gradient of a window with a NaN to the NaN', async () => {
      await checkOnce('MaxPoolGrad', maxPoolGradCase(plainPool, withNaN), 'NaN in x');
    });

    it('gives NaN where the gradient is NaN', async () => {
      const { inputs, attrs } = maxPoolGradCase({ ...plainPool, shape: [1, 2, 2, 1], filter: [2, 2] });
      const input = { shape: [1, 2, 2, 1], data: [1, 3, 3, 2] };
      const dy = { shape: [1, 1, 1, 1], data: [NaN] };
      await checkNaN('MaxPoolGrad', { inputs: { ...inputs, dy, input }, attrs, expected: [[0, NaN, 0, 0]] });
    });
  });
});
