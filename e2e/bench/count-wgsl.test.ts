import { describe, expect, it } from 'vitest';
import { countingProgram } from './count-wgsl';

const program = (body: string) => `
struct Uniforms { rate : f32, };
@group(0) @binding(0) var<storage, read_write> result: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<uniform> uniforms: Uniforms;
fn main(index : i32) { ${body} }
@compute @workgroup_size(64) fn _start(@builtin(global_invocation_id) id : vec3<u32>) { main(getGlobalIndex()); }`;

const bodyOf = (code: string) => /fn main\(index : i32\) \{ (.*) \}\n@compute/.exec(code)![1];

describe('a program that counts', () => {
  it('knows its buffers', () => {
    const { storage, uniforms } = countingProgram(program('result[index] = vec4<f32>(x[0]);'));
    expect(storage).toEqual([
      { name: 'result', binding: 0, width: 4, isWritten: true },
      { name: 'x', binding: 1, width: 1, isWritten: false },
    ]);
    expect(uniforms).toBe(2);
  });

  it.each([
    ['let old = result[index];', 'let old = read_result(i32(index));'],
    ['let x0 = x[(index + 1) >> 2u].y;', 'let x0 = read_x(i32((index + 1) >> 2u)).y;'],
    [
      'result[index] = vec4<f32>(x[2 * index]);',
      'write_result(i32(index), vec4<f32>(read_x(i32(2 * index))));',
    ],
    ['let y = x[i32(x[index])];', 'let y = read_x(i32(i32(read_x(i32(index)))));'],
    ['if (x[0] == x[1]) { return; }', 'if (read_x(i32(0)) == read_x(i32(1))) { return; }'],
    ['c0_1 += a0 * y1_0; sum += a0 * y1_0;', 'c0_1 += a0 * y1_0; ownProducts += 4u; sum += a0 * y1_0;'],
  ])('in the place of %s has its count', (statement, counted) => {
    expect(bodyOf(countingProgram(program(statement)).code)).toBe(counted);
  });

  it('writes to none of its buffers', () => {
    const { code } = countingProgram(program('result[index] = result[index] + vec4<f32>(x[0]);'));
    expect(code).not.toMatch(/\b(result|x)\[[^\]]*\]\s*=[^=]/);
    expect(code).toContain('main(getGlobalIndex()); atomicAdd(&counted[0], ownReads);');
  });

  it('is refused where it is not understood', () => {
    expect(() => countingProgram('fn main() {}')).toThrow('TensorFlow.js');
    const atomic = program('').replace('array<vec4<f32>>', 'array<atomic<i32>>');
    expect(() => countingProgram(atomic)).toThrow('atomic');
  });
});
