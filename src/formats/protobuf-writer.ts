// The writing half of Protocol Buffers' binary form: sizes first, then one allocation that is filled from front to back.
import { wire } from './protobuf-wire';

/** One field, ready to be written. */
export interface WirePart {
  sizeBytes: number;
  /** Writes `sizeBytes` bytes at `at`. */
  write(out: Uint8Array, at: number): void;
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Writes a whole number from 0 to 2^53 and gives where it ends. */
function writeVarint(out: Uint8Array, at: number, value: number): number {
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out[at++] = (rest % 128) + 128;
  out[at++] = rest;
  return at;
}

/** A value with a length, of `size` bytes, which `write` fills in. */
function withLength(field: number, size: number, write: WirePart['write']): WirePart {
  const tag = field * 8 + wire.bytes;
  return {
    sizeBytes: varintSize(tag) + varintSize(size) + size,
    write: (out, at) => write(out, writeVarint(out, writeVarint(out, at, tag), size)),
  };
}

const total = (parts: readonly WirePart[]) => parts.reduce((sum, part) => sum + part.sizeBytes, 0);

function writeAll(parts: readonly WirePart[], out: Uint8Array, at: number): void {
  for (const part of parts) {
    part.write(out, at);
    at += part.sizeBytes;
  }
}

export function textPart(field: number, text: string): WirePart {
  const bytes = new TextEncoder().encode(text);
  return withLength(field, bytes.length, (out, at) => out.set(bytes, at));
}

export function messagePart(field: number, parts: readonly WirePart[]): WirePart {
  return withLength(field, total(parts), (out, at) => writeAll(parts, out, at));
}

/** Packed floats; the array is read when the file is written. */
export function floatsPart(field: number, data: Float32Array): WirePart {
  return withLength(field, data.byteLength, (out, at) =>
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at),
  );
}

/** Packed whole numbers from 0 to 2^53. */
export function varintsPart(field: number, values: readonly number[]): WirePart {
  const size = values.reduce((sum, value) => sum + varintSize(value), 0);
  return withLength(field, size, (out, at) => {
    for (const value of values) at = writeVarint(out, at, value);
  });
}

/** The message that consists of `parts`. */
export function encodeParts(parts: readonly WirePart[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(total(parts));
  writeAll(parts, out, 0);
  return out;
}
