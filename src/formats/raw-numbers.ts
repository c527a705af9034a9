// Numbers in a file's bytes as typed arrays, without a copy where that is possible. Files and every machine that runs a
// browser's WebGPU or WebAssembly have the lowest byte first.

/** A typed array's constructor. */
export interface NumberKind<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
}

/**
 * The values in `bytes` from `start` up to `end`, which are a whole number of elements apart: a view of the same memory
 * where they begin at a multiple of the element's size, else (and with `copy`) a copy of these bytes alone.
 */
export function numbersAt<T>(
  kind: NumberKind<T>,
  bytes: Uint8Array,
  start: number,
  end: number,
  copy = false,
): T {
  const size = kind.BYTES_PER_ELEMENT;
  const length = (end - start) / size;
  const aligned = (bytes.byteOffset + start) % size === 0;
  if (aligned && !copy) return new kind(bytes.buffer, bytes.byteOffset + start, length);
  return new kind(bytes.slice(start, end).buffer, 0, length);
}

/** The bits of a float for those of a half (IEEE 754 binary16): 1 bit of sign, 5 of exponent, 10 of mantissa. */
function halfToBits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 31;
  let mantissa = half & 0x3ff;
  if (exponent === 31) return sign | 0x7f800000 | (mantissa << 13);
  if (exponent) return sign | ((exponent + 112) << 23) | (mantissa << 13);
  if (!mantissa) return sign;
  // A subnormal half is a normal float: shift until its first bit is the hidden one.
  let shifted = 113;
  for (; !(mantissa & 0x400); mantissa <<= 1) shifted--;
  return sign | (shifted << 23) | ((mantissa & 0x3ff) << 13);
}

let halves: Uint32Array | undefined;

/** Half-precision numbers as floats, all exact. */
export function widenHalf(bits: Uint16Array): Float32Array {
  halves ??= Uint32Array.from({ length: 65536 }, (_, half) => halfToBits(half));
  const out = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = halves[bits[i]!]!;
  return new Float32Array(out.buffer);
}

/** bfloat16 numbers, which are the upper halves of floats. */
export function widenBrain(bits: Uint16Array): Float32Array {
  const out = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = bits[i]! << 16;
  return new Float32Array(out.buffer);
}
