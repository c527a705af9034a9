// Turns a program of WGSL into one that counts what it would read, write and multiply, and writes nothing else.
//
// Every thread counts for itself and adds its counts to `counted` at its end; which floats of a buffer were touched is kept in `touched`, a bit for
// each. A read past a buffer's end, whose value the program throws away, is a read but touches nothing.

export interface StorageVariable {
  name: string;
  binding: number;
  /** Values of 4 bytes to an element. */
  width: 1 | 4;
  isWritten: boolean;
}

export interface CountingProgram {
  code: string;
  storage: StorageVariable[];
  /** The binding of the uniforms; null where there are none. */
  uniforms: number | null;
}

/** What `counted` holds, in this order: floats read, floats written, multiply-adds. */
export const COUNTS = 3;
/** The bindings in group 1. */
export const COUNTED = 0;
export const TOUCHED = 1;
/** By binding in group 0, the first bit of `touched` for reads and that for writes, in words. */
export const BEGINS = 2;

const declaration =
  /@group\(0\)\s*@binding\((\d+)\)\s*var<storage,\s*(read|read_write)>\s*(\w+)\s*:\s*array<(\w+(?:<\w+>)?)>;/g;

/** The place after the bracket that closes the one at `open`. */
function pastBracket(code: string, open: number): number {
  for (let depth = 0, i = open; i < code.length; i++) {
    if (code[i] === '[') depth++;
    else if (code[i] === ']' && --depth === 0) return i + 1;
  }
  throw new Error('A bracket in the program is never closed.');
}

/** Replaces each access to the variable: `read` and `write` give WGSL of the same value and of the same statement. */
function replaceAccesses(
  code: string,
  name: string,
  read: (index: string) => string,
  write: (index: string, value: string) => string,
): string {
  const begin = new RegExp(`\\b${name}\\[`).exec(code);
  if (!begin) return code;
  const open = begin.index + name.length;
  const past = pastBracket(code, open);
  const index = replaceAccesses(code.slice(open + 1, past - 1), name, read, write);
  const before = code.slice(0, begin.index);
  const assignment = /^\s*=(?!=)\s*/.exec(code.slice(past));
  if (!assignment) return before + read(index) + replaceAccesses(code.slice(past), name, read, write);
  const from = past + assignment[0].length;
  const end = code.indexOf(';', from);
  const value = replaceAccesses(code.slice(from, end), name, read, write);
  return before + write(index, value) + replaceAccesses(code.slice(end), name, read, write);
}

/** The sums of a tiled product, four columns each: src/engine/kernels/webgpu/tiled-product.ts. */
const tileSum = /\bc\d+_\d+ \+= [^;]+;/g;

const helpers = `
var<private> ownReads : u32;
var<private> ownWrites : u32;
var<private> ownProducts : u32;
@group(1) @binding(${COUNTED}) var<storage, read_write> counted : array<atomic<u32>>;
@group(1) @binding(${TOUCHED}) var<storage, read_write> touched : array<atomic<u32>>;
@group(1) @binding(${BEGINS}) var<storage, read> begins : array<u32>;
fn touch(begin : u32, index : u32, width : u32, length : u32) {
  if (index >= length) { return; }
  let bit = index * width;
  let word = begins[begin] + bit / 32u;
  let bits = ((1u << width) - 1u) << (bit % 32u);
  if ((atomicLoad(&touched[word]) & bits) != bits) { atomicOr(&touched[word], bits); }
}
`;

const accessors = ({ name, binding, width, isWritten }: StorageVariable, type: string) => `
fn read_${name}(i : i32) -> ${type} {
  ownReads += ${width}u;
  touch(${2 * binding}u, u32(i), ${width}u, arrayLength(&${name}));
  return ${name}[i];
}
${
  isWritten
    ? `fn write_${name}(i : i32, value : ${type}) {
  ownWrites += ${width}u;
  touch(${2 * binding + 1}u, u32(i), ${width}u, arrayLength(&${name}));
}`
    : ''
}`;

/**
 * @param code a program of TensorFlow.js' WebGPU backend, whose `_start` calls `main` once.
 * @throws Error where it cannot be counted.
 */
export function countingProgram(code: string): CountingProgram {
  const storage: StorageVariable[] = [];
  const functions: string[] = [];
  let counting = code;
  for (const [, binding, access, name, type] of code.matchAll(declaration)) {
    if (type!.startsWith('atomic')) throw new Error('A program with atomic outputs cannot be counted.');
    const width = type!.startsWith('vec4') ? 4 : 1;
    const variable = { name: name!, binding: Number(binding), width, isWritten: access !== 'read' } as const;
    storage.push(variable);
    functions.push(accessors(variable, type!));
    counting = replaceAccesses(
      counting,
      name!,
      (index) => `read_${name}(i32(${index}))`,
      (index, value) => `write_${name}(i32(${index}), ${value})`,
    );
  }
  const uniforms = /@group\(0\)\s*@binding\((\d+)\)\s*var<uniform>/.exec(code);
  const call = /\bmain\((?:getGlobalIndex\(\))?\);/;
  if (!storage.length || !call.test(counting)) throw new Error('The program is not one of TensorFlow.js’.');
  const adding = ['ownReads', 'ownWrites', 'ownProducts'].map(
    (own, i) => `atomicAdd(&counted[${i}], ${own});`,
  );
  return {
    code:
      counting
        .replace(tileSum, (sum) => `${sum} ownProducts += 4u;`)
        .replace(call, (main) => `${main} ${adding.join(' ')}`) +
      helpers +
      functions.join(''),
    storage,
    uniforms: uniforms && Number(uniforms[1]),
  };
}
