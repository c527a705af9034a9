// The kernels that are no convolutions against their definitions in float64, and the choice between ours and stock.
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { solvers } from '../../../nets/solvers';
import { chooseBackend } from '../../devices';
import { checkKernel, checkNaN, checkShapes, withNaN, type KernelCase } from '../../testing/check-kernel';
import { anyLrn, fixedLrns, lrnGradCase, plainLrn } from '../../testing/lrn-cases';
import { anyPool, fixedPools, maxPoolGradCase, plainPool } from '../../testing/pool-cases';
import { drawValues } from '../../testing/run-kernel';
import { toUpdate } from '../../testing/solver-definitions';
import { webgpuKernels } from './select';

beforeAll(async () => {
  await chooseBackend('webgpu', 'ours');
});

const upTo = (max: number) => fc.integer({ min: 1, max });
const same = (values: Float32Array) => values;

describe('BatchMatMul', () => {
  interface Product {
    batch: number;
    rows: number;
    columns: number;
    sum: number;
    transposeA: boolean;
    transposeB: boolean;
  }

  const toCase = (product: Product, change = same): KernelCase => {
    const { batch, rows, columns, sum, transposeA, transposeB } = product;
    const a = { shape: transposeA ? [batch, sum, rows] : [batch, rows, sum], data: same(new Float32Array()) };
    const b = {
      shape: transposeB ? [batch, columns, sum] : [batch, sum, columns],
      data: same(new Float32Array()),
    };
    a.data = change(drawValues(a.shape, 'a'));
    b.data = drawValues(b.shape, 'b');
    const expected = new Float64Array(batch * rows * columns);
    for (let n = 0, at = 0; n < batch; n++)
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++, at++)
          for (let k = 0; k < sum; k++) {
            const aAt = n * rows * sum + (transposeA ? k * rows + i : i * sum + k);
            const bAt = n * sum * columns + (transposeB ? j * sum + k : k * columns + j);
            expected[at]! += a.data[aAt]! * b.data[bAt]!;
          }
    return { inputs: { a, b }, attrs: { transposeA, transposeB }, expected: [expected] };
  };

  const plain = { batch: 1, rows: 4, columns: 8, sum: 12, transposeA: false, transposeB: false };
  const any = fc.record({
    batch: upTo(3),
    rows: upTo(20),
    columns: upTo(20),
    sum: upTo(40),
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
  });

  it.each<[string, Partial<Product>]>([
    ['one number', { rows: 1, columns: 1, sum: 1 }],
    ['a dense layer with few rows', { rows: 2, columns: 100, sum: 2048, transposeB: true }],
    ['few rows and columns, and a long sum', { rows: 3, columns: 5, sum: 3001 }],
    ['both transposed', { rows: 37, columns: 66, sum: 31, transposeA: true, transposeB: true }],
    ['many rows and columns', { rows: 200, columns: 132, sum: 9 }],
  ])('is its definition for %s', (_what, product) =>
    checkKernel('BatchMatMul', [toCase({ ...plain, ...product })]),
  );

  it('is its definition for any shape', { timeout: 600_000 }, () =>
    checkShapes('BatchMatMul', any, (product) => toCase(product)),
  );

  it('gives NaN where a NaN goes in', () => checkNaN('BatchMatMul', toCase(plain, withNaN)));

  it('leaves a batch of one for many to the stock kernel', async () => {
    const [a, b] = [tf.ones([3, 2, 4]), tf.ones([1, 4, 5])];
    const y = tf.matMul(a, b);
    expect([...(await y.data())]).toEqual(new Array(30).fill(4));
    tf.dispose([a, b, y]);
  });
});

describe('LRNGrad', () => {
  it.each([
    ...fixedLrns,
    ['a wide window, which is the stock kernel’s', { shape: [1, 2, 1, 40], depthRadius: 10 }],
  ] as const)('is its definition for %s', (_what, lrn) =>
    checkKernel('LRNGrad', [lrnGradCase({ ...plainLrn, ...lrn })]),
  );

  it('is its definition for any shape', { timeout: 600_000 }, () =>
    checkShapes('LRNGrad', anyLrn(4, 24), (lrn) => lrnGradCase(lrn)),
  );

  it('gives NaN where a NaN goes in', () => checkNaN('LRNGrad', lrnGradCase(plainLrn, withNaN)));
});

describe('MaxPoolGrad', () => {
  it.each(fixedPools)('is its definition for %s', (_what, pool) =>
    checkKernel('MaxPoolGrad', [maxPoolGradCase({ ...plainPool, ...pool })]),
  );

  it('is its definition for any windows', { timeout: 600_000 }, () =>
    checkShapes('MaxPoolGrad', anyPool(8, 6), (pool) => maxPoolGradCase(pool)),
  );

  it('gives the gradient of a window with a NaN to the NaN', () =>
    checkKernel('MaxPoolGrad', [maxPoolGradCase(plainPool, withNaN)]));

  it('gives NaN where the gradient is NaN', async () => {
    const { inputs, attrs } = maxPoolGradCase({ ...plainPool, shape: [1, 2, 2, 1], filter: [2, 2] });
    const input = { shape: [1, 2, 2, 1], data: [1, 3, 3, 2] };
    const dy = { shape: [1, 1, 1, 1], data: [NaN] };
    await checkNaN('MaxPoolGrad', { inputs: { ...inputs, dy, input }, attrs, expected: [[0, NaN, 0, 0]] });
  });
});

describe('SolverUpdate', () => {
  it('is its definition for any shape and solver', { timeout: 600_000 }, () =>
    checkShapes(
      'SolverUpdate',
      fc.tuple(fc.constantFrom(...solvers), fc.array(upTo(6), { minLength: 1, maxLength: 4 })),
      ([solver, shape]) => toUpdate(solver, shape),
    ),
  );

  it.each(solvers)('of %s gives NaN where a NaN goes in', (solver) =>
    checkNaN('SolverUpdate', toUpdate(solver, [3, 5], withNaN)),
  );

  const attrs = { solver: 'SGD', momentum: 0.9, rate: 0.01, decay: 0.0005 };
  const update = (inputs: Record<'weight' | 'gradient' | 'history0', tf.Tensor>) =>
    tf.engine().runKernel<tf.Tensor[]>('SolverUpdate', inputs, attrs) as [tf.Tensor, tf.Tensor];

  it('takes no new memory', async () => {
    const draw = (stream: string) => tf.tensor(drawValues([300], stream));
    const [weight, history0, gradient] = [draw('w'), draw('h'), draw('g')];
    const held = () => (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU;
    const step = async (w: tf.Tensor, h: tf.Tensor) => {
      const made = update({ weight: w, history0: h, gradient });
      tf.dispose([w, h]);
      await made[0].data();
      return made;
    };
    const once = await step(weight, history0);
    const before = held();
    const twice = await step(...once);
    expect(held()).toBe(before);
    tf.dispose([...twice, gradient]);
  });

  it('leaves another tensor of the same values alone', async () => {
    const ones = () => tf.ones([8]);
    const [weight, history0, gradient] = [ones(), ones(), ones()];
    const other = weight.reshape([2, 4]);
    const made = update({ weight, history0, gradient });
    expect([...(await other.data())]).toEqual(new Array(8).fill(1));
    expect((await made[0].data())[0]).toBeCloseTo(1 - 0.9 - 0.01 * 1.0005, 6);
    tf.dispose([weight, history0, gradient, other, ...made]);
  });
});

describe('the choice', () => {
  it('is between ours and what was there before', async () => {
    const registered = () => webgpuKernels.map(({ name }) => tf.getKernel(name, 'webgpu')?.kernelFunc);
    const ours = registered();
    expect(ours.every((kernel) => kernel !== undefined)).toBe(true);
    await chooseBackend('webgpu', 'stock');
    const stock = registered();
    stock.forEach((kernel, i) => expect(kernel).not.toBe(ours[i]));
    // TensorFlow.js has no kernel for these.
    expect(webgpuKernels.filter((_, i) => !stock[i]).map(({ name }) => name)).toEqual([
      'Deconv2D',
      'Deconv2DBackpropInput',
      'Deconv2DBackpropFilter',
      'SolverUpdate',
      'UpsampledLoss',
    ]);
    await chooseBackend('webgpu', 'ours');
    expect(registered().every((kernel, i) => kernel !== stock[i])).toBe(true);
  });
});
