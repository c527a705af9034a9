// The safetensors format (huggingface/safetensors, README "Format"): u64 header length, JSON header, raw little-endian data.
import { AppError } from '../core/errors';
import { numbersAt, widenBrain, widenHalf, type NumberKind } from './raw-numbers';
import { Entries } from './safetensors-entries';
import {
  brief,
  readSafetensorsHeader,
  type RefuseSafetensors,
  type SafetensorsHeader,
  type TensorEntry,
} from './safetensors-header';
import { lookOf } from './sniff';

export type StoredNumbers =
  Float32Array | Float64Array | Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

/**
 * A tensor as stored, in C order: F16 and BF16 as Float32Array, I64 and U64 as Float64Array, BOOL as Uint8Array, all others
 * as they are named.
 */
export interface StoredTensor {
  shape: number[];
  data: StoredNumbers;
}

/** A file whose entries are made when they are asked for, each time anew. */
export interface Safetensors {
  metadata: Entries<string>;
  tensors: Entries<StoredTensor>;
}

/** One for all files: each takes more memory than a small file. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The format itself allows 100 MB; those of the largest models have 1 MB. */
const MAX_HEADER_BYTES = 10_000_000;

interface Kind {
  bytes: number;
  /** The numbers in `bytes` from `start` up to `end`. */
  read(bytes: Uint8Array, start: number, end: number, copy: boolean): StoredNumbers;
  /** One number, where not all of them can be held. */
  one?: (view: DataView, at: number) => number;
}

const as = <T extends StoredNumbers>(kind: NumberKind<T>): Kind => ({
  bytes: kind.BYTES_PER_ELEMENT,
  read: (bytes, start, end, copy) => numbersAt(kind, bytes, start, end, copy),
});

/** Whole numbers of 64 bits, which all others compute with as floats; those beyond 2^53 would not be exact. */
function wide(high: (view: DataView, at: number) => number): Kind {
  const one = (view: DataView, at: number) => high(view, at + 4) * 2 ** 32 + view.getUint32(at, true);
  const read: Kind['read'] = (bytes, start, end) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const data = new Float64Array((end - start) / 8);
    for (let i = 0; i < data.length; i++) data[i] = one(view, start + i * 8);
    return data;
  };
  return { bytes: 8, read, one };
}

const signed = wide((view, at) => view.getInt32(at, true));
const unsigned = wide((view, at) => view.getUint32(at, true));
const widened = (widen: (bits: Uint16Array) => Float32Array): Kind => ({
  bytes: 2,
  read: (bytes, start, end) => widen(numbersAt(Uint16Array, bytes, start, end)),
});

const dtypes = new Map<string, Kind>([
  ['F64', as(Float64Array)],
  ['F32', as(Float32Array)],
  ['F16', widened(widenHalf)],
  ['BF16', widened(widenBrain)],
  ['I64', signed],
  ['I32', as(Int32Array)],
  ['I16', as(Int16Array)],
  ['I8', as(Int8Array)],
  ['U64', unsigned],
  ['U32', as(Uint32Array)],
  ['U16', as(Uint16Array)],
  ['U8', as(Uint8Array)],
  ['BOOL', as(Uint8Array)],
]);
/** Kinds of the format that JavaScript has no array for. */
const unheld = ['F8_E4M3', 'F8_E5M2', 'F8_E8M0', 'F6_E2M3', 'F6_E3M2', 'F4', 'C64'];

/** Checks what the header says of one tensor. */
function check(
  name: string,
  { dtype, shape, offsets }: TensorEntry,
  dataBytes: number,
  refuse: RefuseSafetensors,
): void {
  const fail: RefuseSafetensors = (rule, why) => refuse(rule, why, name);
  const shown = brief(name);
  const kind = dtypes.get(dtype);
  if (!kind) {
    if (unheld.includes(dtype)) {
      fail(
        'unsupported-dtype',
        `"${shown}" has the dtype ${dtype}, which cannot be held here. Convert it to F32`,
      );
    }
    return fail('bad-dtype', `"${shown}" has the dtype "${brief(dtype)}", which the format does not know`);
  }
  const [from, to] = offsets;
  const size = shape.reduce((product, axis) => product * axis, kind.bytes);
  // Of a product with a zero in it, the other factors may still be beyond any memory; the format's own reader refuses them.
  if (![size, ...shape].every(Number.isSafeInteger)) {
    fail('shape-overflow', `the shape of "${shown}" is beyond any memory`);
  }
  if (!(from <= to) || !Number.isSafeInteger(to)) {
    fail('bad-offsets', `the data_offsets of "${shown}" are ${from} and ${to}, which is no range`);
  }
  if (to - from !== size) {
    const named = shape.join(' x ') || '1';
    fail('size-mismatch', `"${shown}" has shape ${named}, which needs ${size} bytes, but holds ${to - from}`);
  }
  if (to > dataBytes) fail('truncated', `it is cut off inside "${shown}"`);
}

/** Checks that the tensors lie one behind the other and fill the data. */
function checkPlaces({ tensors }: SafetensorsHeader, dataBytes: number, refuse: RefuseSafetensors): void {
  const starts = new Float64Array(tensors.size);
  const ends = new Float64Array(tensors.size);
  const order = new Uint32Array(tensors.size);
  let count = 0;
  for (const { offsets } of tensors.values()) {
    [starts[count], ends[count]] = offsets;
    order[count] = count++;
  }
  order.sort((a, b) => starts[a]! - starts[b]! || ends[a]! - ends[b]!);
  let end = 0;
  for (const i of order) {
    const name = () => tensors.keyAt(i);
    if (starts[i]! < end) refuse('overlap', `"${brief(name())}" overlaps the tensor before it`, name());
    if (starts[i]! > end) refuse('hole', `"${brief(name())}" leaves a hole before it`, name());
    end = ends[i]!;
  }
  if (end < dataBytes) {
    refuse('trailing-bytes', `${dataBytes - end} bytes after the last tensor belong to nothing`);
  }
}

/**
 * Reads a safetensors file: all of it is checked at once, and its tensors are made as they are asked for, until when `bytes`
 * must stay as they are. Every tensor that begins at a multiple of its element's size is a view of `bytes`, which it
 * keeps alive and whose later changes it sees; F16, BF16 and numbers of
 * 64 bits become new arrays.
 * @param file what messages call the file.
 * @param options.copy true to copy all data, where a few tensors of a large file are to be kept or given away.
 * @throws AppError 'bad-weights' with details { file, rule, tensor }; rules are listed in safetensors-header.ts.
 */
export function readSafetensors(
  bytes: Uint8Array,
  file: string,
  options: { copy?: boolean } = {},
): Safetensors {
  const refuse: RefuseSafetensors = (rule, why, tensor = '') => {
    throw new AppError('bad-weights', `${file} is not a usable .safetensors file: ${why}.`, {
      file,
      rule,
      tensor,
    });
  };
  const look = lookOf(bytes);
  const hint = look === 'data of an unknown kind' ? '' : `; it looks like ${look}`;
  if (bytes.length < 8) {
    refuse('header-length', `it has ${bytes.length} bytes, and its first number alone needs 8`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const declared = view.getBigUint64(0, true);
  if (declared > BigInt(MAX_HEADER_BYTES)) {
    refuse('header-too-large', `its first eight bytes give no plausible header length${hint}`);
  }
  const start = 8 + Number(declared);
  if (start > bytes.length) {
    refuse(
      'truncated',
      `it is cut off: the header should have ${declared} bytes, the file has ${bytes.length}`,
    );
  }
  if (start === 8 || bytes[8] !== 0x7b) refuse('header-start', 'its header does not begin with "{"');
  let text = '';
  try {
    text = utf8.decode(bytes.subarray(8, start));
  } catch {
    refuse('not-utf8', 'its header is not UTF-8');
  }
  const header = readSafetensorsHeader(text, refuse);
  const dataBytes = bytes.length - start;
  for (const [name, entry] of header.tensors) check(name, entry, dataBytes, refuse);
  checkPlaces(header, dataBytes, refuse);
  for (const [name, { dtype, offsets }] of header.tensors) {
    const one = dtypes.get(dtype)!.one;
    for (let at = start + offsets[0]; one && at < start + offsets[1]; at += 8) {
      if (Number.isSafeInteger(one(view, at))) continue;
      const why = `"${brief(name)}" has whole numbers beyond 2^53, which cannot be held here`;
      refuse('not-exact', why, name);
    }
  }
  const tensors = header.tensors.map(({ dtype, shape, offsets }): StoredTensor => {
    const [from, to] = offsets;
    return { shape, data: dtypes.get(dtype)!.read(bytes, start + from, start + to, options.copy ?? false) };
  });
  return { metadata: header.metadata, tensors };
}

/**
 * The pieces of a .safetensors file, to be laid one behind the other: the header, then each tensor's own memory, which is not copied.
 * The header is padded with spaces so that data begin at a multiple of 8.
 * @throws AppError 'bad-weights' where names and metadata are too long for the format
 */
export function safetensorsParts(
  tensors: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer>[] {
  // Entries are joined as text, for an object would not keep a key named "__proto__" or the order of "10" and "9".
  const entries = [`"__metadata__":${JSON.stringify(metadata)}`];
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    if (name === '__metadata__' || shape.reduce((a, b) => a * b, 1) !== data.length) {
      throw new Error(`"${name}" of shape ${shape.join(' x ')} with ${data.length} values is no tensor.`);
    }
    const entry = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] };
    entries.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
    offset += data.byteLength;
  }
  const json = new TextEncoder().encode(`{${entries.join(',')}}`);
  const headerBytes = Math.ceil(json.length / 8) * 8;
  if (headerBytes > MAX_HEADER_BYTES) {
    throw new AppError(
      'bad-weights',
      `The names and notes of these weights have ${headerBytes} bytes; a .safetensors file has room for ${MAX_HEADER_BYTES}. Shorten the network's text.`,
      { rule: 'header-too-large' },
    );
  }
  const header = new Uint8Array(8 + headerBytes).fill(0x20, 8);
  new DataView(header.buffer).setBigUint64(0, BigInt(headerBytes), true);
  header.set(json, 8);
  const data = [...tensors.values()].map(
    ({ data }) => new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
  );
  return [header, ...data];
}

/**
 * Writes float32 tensors in the map's order; the header is padded with spaces so that data begin at a multiple of 8.
 * @throws AppError 'bad-weights' where the header would be larger than is read.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const parts = safetensorsParts(tensors, metadata);
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
