// A WGSL program with all shapes as constants, run by TensorFlow.js' WebGPU backend: it keeps the buffers, pipelines and the queue.
import * as tf from '@tensorflow/tfjs';
import { webgpu_util, type WebGPUBackend, type WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';
import { OPERATIONS_A_VALUE, partsOf, rateOf, submit } from './dispatches';

/** Values to an element of a buffer's array: `f32`, or `vec4<f32>` where the length is a multiple of 4. */
export type Width = 1 | 4;

export interface Program {
  name: string;
  /** WGSL of functions that the body calls. */
  functions?: string;
  /** WGSL of a function with the thread's number `index`; the output's array is `result`, the inputs' have their names. */
  body: string;
  inputs: { name: string; width: Width }[];
  /** With `atomic` the output is an array of `atomic<i32>`. */
  output: { shape: number[]; width: Width; dtype?: 'float32' | 'int32'; atomic?: boolean };
  /** Threads to a group, and how many groups. */
  threads: [x: number, y: number];
  groups: number;
  /** About what all threads do together, see `work`: a long program is dispatched in parts. */
  operations: number;
  /** Numbers that change from run to run, by name: `uniforms.rate`. */
  uniforms?: Record<string, number>;
  /** The same for whole numbers, u32. */
  words?: Record<string, number>;
}

/** WGSL: the number of the thread's group. */
export const GROUP_INDEX = '(i32(workgroupId.x) + uniforms.firstGroup)';

/** Operations, those for reading and writing memory among them. */
export const work = (operations: number, values: number): number => operations + OPERATIONS_A_VALUE * values;

/** 4 where all these numbers are multiples of 4. */
export const widthFor = (...lengths: number[]): Width => (lengths.every((n) => n % 4 === 0) ? 4 : 1);

/** How many times `part` fits into `whole`, the last time perhaps in part. */
export const ceilDiv = (whole: number, part: number) => Math.ceil(whole / part);

/** Threads to a group of a program that has one thread for each element. */
const FLAT = 64;

/**
 * What a program with one thread for each of `count` elements needs; its code must return where `index >= count`.
 * @param each what a thread does, see `work`.
 */
export const flat = (count: number, each: number): Pick<Program, 'threads' | 'groups' | 'operations'> => ({
  threads: [FLAT, 1],
  groups: ceilDiv(count, FLAT),
  operations: count * each,
});

/**
 * Queues a program, in several dispatches where one would take too long.
 * @param into a tensor that the program changes in place, in the place of a new one; it may not be an input as well.
 */
export function runProgram(
  backend: WebGPUBackend,
  program: Program,
  inputs: tf.TensorInfo[],
  into?: tf.TensorInfo,
): tf.TensorInfo {
  const { name, functions = '', body, output, threads, groups, uniforms = {}, words = {} } = program;
  const code = `${functions}
fn main(ownIndex : i32) { let index = ownIndex + uniforms.firstGroup * ${threads[0] * threads[1]}; ${body} }`;
  const declared = [
    'firstGroup : i32, ',
    ...Object.keys(uniforms).map((uniform) => `${uniform} : f32, `),
    ...Object.keys(words).map((word) => `${word} : u32, `),
  ];
  const values = [
    ...Object.values(uniforms).map((value) => ({ type: 'float32', data: [value] })),
    ...Object.values(words).map((value) => ({ type: 'uint32', data: [value] })),
  ];
  const dtype = output.dtype ?? 'float32';
  const parts = partsOf(groups, program.operations, rateOf(backend));
  let result = into;
  for (const [first, count] of parts) {
    const webgpuProgram: WebGPUProgram = {
      variableNames: program.inputs.map((input) => input.name),
      variableComponents: program.inputs.map(({ width }) => width),
      outputShape: output.shape,
      outputComponent: output.width,
      uniforms: declared.join(''),
      workgroupSize: [...threads, 1],
      dispatch: [count, 1, 1],
      dispatchLayout: webgpu_util.flatDispatchLayout(output.shape),
      ...(output.atomic && { atomic: true }),
      // All constants are in the code, and the same code is the same pipeline.
      shaderKey: `${name} ${program.inputs.map(({ width }) => width).join('')}${output.width} ${code}`,
      getUserCode: () => code,
    };
    const own = [{ type: 'int32', data: [first] }, ...values];
    result = backend.runWebGPUProgram(webgpuProgram, inputs, dtype, own, result);
    if (parts.length > 1) submit(backend);
  }
  return result!;
}
