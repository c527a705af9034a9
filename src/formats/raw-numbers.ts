// Numbers in a file's bytes as typed arrays, without a copy where that is possible. Files and every machine that runs a
// browser's WebGPU or WebAssembly have the lowest byte first.

/** The typed arrays that the formats give. */
type NumberArray = Float32Array | Float64Array | Int16Array | Uint16Array | Int32Array | Uint32Array;
type WideArray = BigInt64Array | BigUint64Array;

interface Kind<T extends NumberArray | WideArray> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
}

/**
 * The values in `bytes` from `start` up to `end`, which are a whole number of elements apart: a view of the same memory
 * where they begin at a multiple of the element's size, else a copy of these bytes alone.
 */
export function numbersAt<T extends NumberArray | WideArray>(
  kind: Kind<T>,
  bytes: Uint8Array,
  start: number,
  end: number,
  copy = false,
): T {
  const size = kind.BYTES_PER_ELEMENT;
  const aligned = (bytes.byteOffset + start) % size === 0;
  if (aligned && !copy) return new kind(bytes.buffer, bytes.byteOffset + start, (end - start) / size);
  return new kind(bytes.slice(start, end).buffer, 0, (end - start) / size);
}
