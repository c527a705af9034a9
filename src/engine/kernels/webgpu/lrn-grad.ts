// LRNGrad: the gradient of local response normalization across channels, y = x * s^-beta with s = bias + alpha * sum of the window's x^2.
//
//   dx[c] = dy[c] * s[c]^-beta - 2 alpha beta x[c] * sum over j within the radius of c of dy[j] * y[j] / s[j]
//
// Tiling: a thread has up to eight neighbouring channels of one pixel, and keeps what their windows need in registers: the squares as far
// as twice the radius on either side, and the terms of the sum as far as the radius. Each is computed once a thread.
//
// With radius r and t channels a thread, per element: operations about (1 + 2 r / t) * (2 r + 6) + 2 r + 5, a power among them.
// Bytes: 16 if the cache were endless; a thread loads 3 t + 8 r values for its t.
import type * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { WebgpuKernel } from './kernel';
import { ceilDiv, flat, runProgram, work } from './program';

interface Inputs {
  x: tf.TensorInfo;
  y: tf.TensorInfo;
  dy: tf.TensorInfo;
}

/** The stock contract: x, y = LRN(x) and dy (NHWC), attrs depthRadius, bias, alpha, beta; gives dx. */
function run(
  backend: WebGPUBackend,
  { x, y, dy }: Inputs,
  { depthRadius: radius, bias, alpha, beta }: tf.LRNGradAttrs,
): tf.TensorInfo {
  const channels = x.shape.at(-1)!;
  const pixels = x.shape.slice(0, -1).reduce((a, b) => a * b, 1);
  const perThread = Math.min(8, channels);
  const threads = ceilDiv(channels, perThread);
  /** Statements for channels `first + from` to `first + to`, named by their distance from the thread's first, shifted to be positive. */
  const each = (from: number, to: number, statement: (i: number) => string) => {
    const lines: string[] = [];
    for (let i = from; i <= to; i++) lines.push(statement(i));
    return lines.join('\n');
  };
  const shift = 2 * radius;
  const sum = (name: string, i: number) =>
    Array.from({ length: 2 * radius + 1 }, (_, j) => `${name}${i + j - radius + shift}`).join(' + ');
  const body = `
  if (index >= ${pixels * threads}) { return; }
  let first = index % ${threads} * ${perThread};
  let start = index / ${threads} * ${channels} + first;
${each(-2 * radius, perThread - 1 + 2 * radius, (i) => {
  const n = i + shift;
  return `let x${n} = select(0, x[start + ${i}], u32(first + ${i}) < ${channels}u); let q${n} = x${n} * x${n};`;
})}
${each(-radius, perThread - 1 + radius, (i) => {
  const n = i + shift;
  return `let s${n} = ${bias} + ${alpha} * (${sum('q', i)});
let d${n} = select(0, dy[start + ${i}], u32(first + ${i}) < ${channels}u);
let t${n} = select(0, d${n} * y[start + ${i}] / s${n}, u32(first + ${i}) < ${channels}u);`;
})}
${each(0, perThread - 1, (i) => {
  const n = i + shift;
  const value = `d${n} * pow(s${n}, ${-beta}) - ${2 * alpha * beta} * x${n} * (${sum('t', i)})`;
  const isThere = channels % perThread === 0 || i === 0;
  return isThere
    ? `result[start + ${i}] = ${value};`
    : `if (first + ${i} < ${channels}) { result[start + ${i}] = ${value}; }`;
})}`;
  const operations = (perThread + 2 * radius) * (2 * radius + 6) + perThread * (2 * radius + 5);
  const program = {
    name: 'LRNGrad',
    body,
    inputs: ['x', 'y', 'dy'].map((name) => ({ name, width: 1 as const })),
    output: { shape: x.shape, width: 1 as const },
    ...flat(pixels * threads, work(operations, 4 * perThread + 8 * radius)),
  };
  return runProgram(backend, program, [x, y, dy]);
}

export const lrnGrad: WebgpuKernel = {
  name: 'LRNGrad',
  run,
  chosen: 'everywhere',
  // The code is as long as the window is wide.
  handles: (_inputs: Inputs, { depthRadius }: tf.LRNGradAttrs) =>
    Number.isInteger(depthRadius) && depthRadius <= 8,
};
