// The kernels that are no convolutions against their definitions in float64, and the choice between ours and stock.
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { solvers } from '../../../nets/solvers';
import { chooseBackend } from '../../devices';
import { checkKernel, checkNaN, checkShapes, withNaN, type KernelCase } from '../../testing/check-kernel';
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
  interface Lrn {
    shape: readonly number[];
    depthRadius: number;
    bias: number;
    alpha: number;
    beta: number;
  }

  const toCase = ({ shape, ...attrs }: Lrn, change = same): KernelCase => {
    const [x, dy] = [change(drawValues(shape, 'x')), drawValues(shape, 'dy')];
    const channels = shape[3]!;
    const { depthRadius, bias, alpha, beta } = attrs;
    const near = (at: number) => {
      const first = at - (at % channels);
      const from = Math.max(first, at - depthRadius);
      const to = Math.min(first + channels - 1, at + depthRadius);
      return Array.from({ length: to - from + 1 }, (_, i) => from + i);
    };
    const scale = Array.from(x, (_, at) => bias + alpha * near(at).reduce((sum, i) => sum + x[i]! ** 2, 0));
    const y = Float32Array.from(x, (value, at) => value * scale[at]! ** -beta);
    const expected = Float64Array.from(x, (value, at) => {
      const others = near(at).reduce((sum, i) => sum + dy[i]! * x[i]! * scale[i]! ** (-beta - 1), 0);
      return dy[at]! * scale[at]! ** -beta - 2 * alpha * beta * value * others;
    });
    const inputs = { x: { shape, data: x }, y: { shape, data: y }, dy: { shape, data: dy } };
    return { inputs, attrs, expected: [expected] };
  };

  const plain = { shape: [1, 3, 5, 16], depthRadius: 2, bias: 1, alpha: 0.1, beta: 0.75 };

  it.each<[string, Partial<Lrn>]>([
    ['five channels of sixteen', {}],
    ['one channel', { shape: [2, 3, 4, 1] }],
    ['channels that are no multiple of eight', { shape: [1, 2, 3, 21], bias: 2 }],
    ['a window wider than the channels', { shape: [1, 2, 2, 3], depthRadius: 5 }],
    ['a window of one channel', { depthRadius: 0 }],
    ['a wide window, which is the stock kernel’s', { shape: [1, 2, 1, 40], depthRadius: 10 }],
  ])('is its definition for %s', (_what, lrn) => checkKernel('LRNGrad', [toCase({ ...plain, ...lrn })]));

  it('is its definition for any shape', { timeout: 600_000 }, () => {
    const any = fc.record({
      shape: fc.tuple(upTo(3), upTo(4), upTo(4), upTo(24)),
      depthRadius: fc.integer({ min: 0, max: 4 }),
      bias: fc.constantFrom(1, 2, 0.5),
      alpha: fc.constantFrom(1, 1e-4, 0.2),
      beta: fc.constantFrom(0.75, 0.5, 1),
    });
    return checkShapes('LRNGrad', any, (lrn) => toCase(lrn));
  });

  it('gives NaN where a NaN goes in', () => checkNaN('LRNGrad', toCase(plain, withNaN)));
});

describe('MaxPoolGrad', () => {
  interface Pool {
    shape: readonly [number, number, number, number];
    filter: readonly [number, number];
    stride: readonly [number, number];
    pad: readonly [number, number];
  }

  const output = ({ shape, filter, stride, pad }: Pool) =>
    [0, 1].map((axis) => Math.floor((shape[axis + 1]! + 2 * pad[axis]! - filter[axis]!) / stride[axis]!) + 1);

  const toCase = (pool: Pool, change = same): KernelCase => {
    const { shape, filter, stride, pad } = pool;
    const [n, h, w, c] = shape;
    const [oh, ow] = output(pool) as [number, number];
    // Few different values, so that there are ties.
    const x = change(drawValues(shape, 'x').map((value) => Math.round(2 * value) - 1));
    const yShape = [n, oh, ow, c];
    const dy = drawValues(yShape, 'dy');
    const dx = new Float64Array(x.length);
    dy.forEach((value, at) => {
      const [channel, column, row, image] = [at % c, Math.floor(at / c) % ow, Math.floor(at / c / ow) % oh, Math.floor(at / c / ow / oh)]; // prettier-ignore
      let best = -1;
      for (let r = 0; r < filter[0]; r++)
        for (let s = 0; s < filter[1]; s++) {
          const [y, v] = [row * stride[0] - pad[0] + r, column * stride[1] - pad[1] + s];
          if (y < 0 || y >= h || v < 0 || v >= w) continue;
          const from = ((image * h + y) * w + v) * c + channel;
          if (best < 0 || x[from]! > x[best]! || (Number.isNaN(x[from]) && !Number.isNaN(x[best])))
            best = from;
        }
      if (best >= 0) dx[best]! += value;
    });
    return {
      inputs: {
        dy: { shape: yShape, data: dy },
        input: { shape, data: x },
        output: { shape: yShape, data: dy },
      },
      attrs: {
        filterSize: filter,
        strides: stride,
        pad: [[0, 0], [pad[0], pad[0]], [pad[1], pad[1]], [0, 0]], // prettier-ignore
        dimRoundingMode: 'floor',
      },
      expected: [dx],
    };
  };

  const plain: Pool = { shape: [1, 7, 9, 4], filter: [3, 3], stride: [2, 2], pad: [0, 0] };

  it.each<[string, Partial<Pool>]>([
    ['windows that overlap', {}],
    ['one channel and a batch of 5', { shape: [5, 6, 8, 1], filter: [2, 2] }],
    ['padded windows', { pad: [1, 2], stride: [1, 3] }],
    ['gaps between windows', { filter: [1, 2], stride: [3, 4] }],
    ['one window', { filter: [7, 9], stride: [1, 1] }],
  ])('is its definition for %s', (_what, pool) =>
    checkKernel('MaxPoolGrad', [toCase({ ...plain, ...pool })]),
  );

  it('is its definition for any windows', { timeout: 600_000 }, () => {
    const any = fc
      .record({
        shape: fc.tuple(upTo(3), upTo(8), upTo(8), upTo(6)),
        filter: fc.tuple(upTo(4), upTo(4)),
        stride: fc.tuple(upTo(3), upTo(3)),
        pad: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })),
      })
      // TensorFlow.js takes no window that lies in the padding alone.
      .filter(
        (pool) => output(pool).every((n) => n > 0) && pool.pad.every((p, axis) => p < pool.filter[axis]!),
      );
    return checkShapes('MaxPoolGrad', any, (pool) => toCase(pool));
  });

  it('gives the gradient of a window with a NaN to the NaN', () =>
    checkKernel('MaxPoolGrad', [toCase(plain, withNaN)]));

  it('gives NaN where the gradient is NaN', async () => {
    const { inputs, attrs } = toCase({ ...plain, shape: [1, 2, 2, 1], filter: [2, 2] });
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
