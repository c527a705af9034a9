// A WGSL program with all shapes as constants, run by TensorFlow.js' WebGPU backend: it keeps the buffers, pipelines and the queue.
import * as tf from '@tensorflow/tfjs';
import { webgpu_util, type WebGPUBackend, type WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';

/** Values to an element of a buffer's array: `f32`, or `vec4<f32>` where the length is a multiple of 4. */
export type Width = 1 | 4;

export interface Program {
  name: string;
  /** WGSL of functions that the body calls. */
  functions?: string;
  /** WGSL of a function with the thread's number `index`; the output's array is `result`, the inputs' have their names. */
  body: string;
  inputs: { name: string; width: Width }[];
  output: { shape: number[]; width: Width; dtype?: 'float32' | 'int32' };
  /** Threads to a group, and how many groups; the code must do nothing in groups beyond, which large counts may bring. */
  threads: [x: number, y: number];
  groups: number;
  /** Numbers that change from run to run, by name: `uniforms.rate`. */
  uniforms?: Record<string, number>;
}

/** WGSL: the number of the thread's group, at the start of a main function. */
export const GROUP_INDEX =
  'i32(workgroupId.x + numWorkgroups.x * (workgroupId.y + numWorkgroups.y * workgroupId.z))';

/** 4 where all these numbers are multiples of 4. */
export const widthFor = (...lengths: number[]): Width => (lengths.every((n) => n % 4 === 0) ? 4 : 1);

/** How many times `part` fits into `whole`, the last time perhaps in part. */
export const ceilDiv = (whole: number, part: number) => Math.ceil(whole / part);

/** Threads to a group of a program that has one thread for each element. */
const FLAT = 64;

/** What a program with one thread for each of `count` elements needs; its code must return where `index >= count`. */
export const flat = (count: number): Pick<Program, 'threads' | 'groups'> => ({
  threads: [FLAT, 1],
  groups: ceilDiv(count, FLAT),
});

/**
 * Queues a program.
 * @param into a tensor that the program changes in place, in the place of a new one; it may not be an input as well.
 */
export function runProgram(
  backend: WebGPUBackend,
  program: Program,
  inputs: tf.TensorInfo[],
  into?: tf.TensorInfo,
): tf.TensorInfo {
  const { name, functions = '', body, output, threads, groups, uniforms = {} } = program;
  // The layout has a place for the uniforms, which must not be unused.
  const code = `${functions}
fn main(index : i32) { _ = uniforms.NAN; ${body} }`;
  const webgpuProgram: WebGPUProgram = {
    variableNames: program.inputs.map((input) => input.name),
    variableComponents: program.inputs.map(({ width }) => width),
    outputShape: output.shape,
    outputComponent: output.width,
    uniforms: Object.keys(uniforms)
      .map((uniform) => `${uniform} : f32, `)
      .join(''),
    workgroupSize: [...threads, 1],
    dispatch: [groups, 1, 1],
    dispatchLayout: webgpu_util.flatDispatchLayout(output.shape),
    // All constants are in the code, and the same code is the same pipeline.
    shaderKey: `${name} ${program.inputs.map(({ width }) => width).join('')}${output.width} ${code}`,
    getUserCode: () => code,
  };
  const values = Object.values(uniforms).map((value) => ({ type: 'float32', data: [value] }));
  return backend.runWebGPUProgram(webgpuProgram, inputs, output.dtype ?? 'float32', values, into);
}
