// Compares kernels with their definitions.
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { expect } from 'vitest';
import { relativeError } from './close';
import { runAll, runKernels, type KernelRun } from './run-kernel';

export interface KernelCase extends KernelRun {
  /** By output, in float64. */
  expected: ArrayLike<number>[];
  /** The largest error allowed where it is not BOUND. */
  bound?: number;
}

/** Random shapes for each kernel, where the environment asks for more or fewer than a test does. */
const askedFor = import.meta.env['VITE_KERNEL_SHAPES'] as string | undefined;
/** Shapes whose runs are queued together. */
const atOnce = 20;

/** As ||out - expected|| / ||expected||. */
const BOUND = 2e-6;

/** @param what names each case where it fails. */
export async function checkKernel(
  name: string,
  cases: readonly KernelCase[],
  what: readonly unknown[] = [],
): Promise<void> {
  const found = await runKernels(name, cases);
  for (const [i, { expected, bound = BOUND }] of cases.entries()) {
    expect(found[i]).toHaveLength(expected.length);
    for (const [output, values] of expected.entries())
      expect(relativeError(found[i]![output]!, values), JSON.stringify(what[i])).toBeLessThan(bound);
  }
}

/**
 * Checks a kernel for random shapes, drawn from one seed.
 * @param count of shapes; most of the time goes into compiling a program for each.
 */
export async function checkShapes<T>(
  name: string,
  shape: fc.Arbitrary<T>,
  toCase: (shape: T) => KernelCase,
  count = 500,
): Promise<void> {
  const shapes = Number(askedFor ?? count);
  const many = fc.array(shape, { minLength: atOnce, maxLength: atOnce });
  const check = (drawn: T[]) =>
    checkKernel(
      name,
      drawn.map((one) => toCase(one)),
      drawn,
    );
  // A failing batch is not shrunk: the message names the shape.
  await fc.assert(fc.asyncProperty(many, check), {
    numRuns: Math.ceil(shapes / atOnce),
    seed: 1,
    endOnFailure: true,
  });
}

/**
 * Checks a kernel once on the backend at hand, whichever it is, and that it leaves no tensors behind; on wasm its outputs get memory that was full
 * of NaN. Gives the outputs' values.
 */
export async function checkedOutputs(
  name: string,
  { inputs, attrs, expected, bound = BOUND }: KernelCase,
  what: unknown,
): Promise<Float32Array[]> {
  const before = tf.memory().numTensors;
  const tensors = Object.fromEntries(
    Object.entries(inputs).map(([input, { shape, data }]) => [
      input,
      tf.tensor(Float32Array.from(data), [...shape]),
    ]),
  );
  tf.dispose(expected.flatMap(({ length }) => [tf.fill([length], NaN), tf.fill([length], NaN)]));
  const made = tf.engine().runKernel(name, tensors, { ...attrs });
  const outputs = Array.isArray(made) ? made : [made];
  const found = await Promise.all(outputs.map((output) => output.data<'float32'>()));
  for (const [i, values] of found.entries())
    expect(relativeError(values, expected[i]!), JSON.stringify(what)).toBeLessThan(bound);
  tf.dispose([tensors, ...outputs]);
  expect(tf.memory().numTensors).toBe(before);
  return found;
}

/** As checkedOutputs, for those who need no values. */
export async function checkOnce(name: string, run: KernelCase, what: unknown): Promise<void> {
  await checkedOutputs(name, run, what);
}

/** Checks that the outputs are NaN where they are by definition, and nowhere else. */
export async function checkNaN(name: string, { expected, ...run }: KernelCase): Promise<void> {
  const [found] = await runAll(name, [run]);
  const places = (values: ArrayLike<number>) =>
    Array.from(values).flatMap((value, i) => (Number.isNaN(value) ? [i] : []));
  for (const [output, values] of expected.entries()) {
    expect(places(values).length).toBeGreaterThan(0);
    expect(places(found![output]!)).toEqual(places(values));
  }
}

/** The same values with NaN in the place of one in the middle. */
export const withNaN = (values: Float32Array) =>
  values.map((value, i) => (i === values.length >> 1 ? NaN : value));
