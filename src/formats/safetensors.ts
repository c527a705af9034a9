// The safetensors format (huggingface/safetensors, README "Format"): u64 header length, JSON header, raw little-endian data.
import { AppError } from '../core/errors';

/** A tensor as stored; only 32-bit floats and the integer kinds the reference files use are decoded. */
export interface StoredTensor {
  shape: number[];
  data: Float32Array | Float64Array | Int32Array | Uint8Array;
}

export interface Safetensors {
  metadata: Map<string, string>;
  tensors: Map<string, StoredTensor>;
}

const MAX_HEADER_BYTES = 100_000_000;
const kinds = {
  F32: { bytes: 4, make: (b: ArrayBuffer) => new Float32Array(b) },
  F64: { bytes: 8, make: (b: ArrayBuffer) => new Float64Array(b) },
  I32: { bytes: 4, make: (b: ArrayBuffer) => new Int32Array(b) },
  U8: { bytes: 1, make: (b: ArrayBuffer) => new Uint8Array(b) },
} as const;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/**
 * Reads a safetensors file. `name` is what messages call the file.
 * @throws AppError 'bad-weights' for every rule of the format that the file breaks.
 */
export function readSafetensors(bytes: Uint8Array, name: string): Safetensors {
  const fail = (why: string): never => {
    throw new AppError('bad-weights', `${name} is not a usable .safetensors file: ${why}`, { file: name });
  };
  if (bytes.length < 8) fail(`it has ${bytes.length} bytes, and its header alone needs 8.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const declared = view.getBigUint64(0, true);
  if (declared > BigInt(MAX_HEADER_BYTES)) fail('its first eight bytes give no plausible header length.');
  const headerBytes = Number(declared);
  if (8 + headerBytes > bytes.length) {
    fail(`it is cut off: the header should have ${headerBytes} bytes, the file has ${bytes.length}.`);
  }
  if (bytes[8] !== 0x7b) fail('its header does not begin with "{".');
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + headerBytes)));
  } catch {
    fail('its header is not JSON in UTF-8.');
  }
  if (!isRecord(header)) return fail('its header is not a JSON object.');

  const metadata = new Map<string, string>();
  const tensors = new Map<string, StoredTensor>();
  const ranges: [number, number, string][] = [];
  const start = 8 + headerBytes;
  for (const [key, value] of Object.entries(header)) {
    if (!isRecord(value)) return fail(`the entry "${key}" is not an object.`);
    if (key === '__metadata__') {
      for (const [k, v] of Object.entries(value)) {
        if (typeof v !== 'string') fail(`its metadata "${k}" is not a string.`);
        else metadata.set(k, v);
      }
      continue;
    }
    const kind = kinds[value['dtype'] as keyof typeof kinds] as
      (typeof kinds)[keyof typeof kinds] | undefined;
    if (!kind) return fail(`"${key}" has the type ${String(value['dtype'])}; F32, F64, I32 and U8 are read.`);
    const shape = value['shape'];
    const offsets = value['data_offsets'];
    if (!Array.isArray(shape) || !shape.every(isCount))
      return fail(`the shape of "${key}" is not a list of sizes.`);
    if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
      return fail(`the data_offsets of "${key}" are not two positions.`);
    }
    const [from, to] = offsets as [number, number];
    const size = shape.reduce((a, b) => a * b, kind.bytes);
    if (to < from || to - from !== size) {
      fail(`"${key}" has shape ${shape.join(' x ')}, which needs ${size} bytes, but holds ${to - from}.`);
    }
    if (start + to > bytes.length) fail(`it is cut off inside "${key}".`);
    ranges.push([from, to, key]);
    // The copy also aligns the data, which may begin at any byte.
    const data = bytes.slice(start + from, start + to).buffer;
    tensors.set(key, { shape: [...shape], data: kind.make(data) });
  }
  ranges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let end = 0;
  for (const [from, to, key] of ranges) {
    if (from !== end)
      fail(`"${key}" ${from < end ? 'overlaps the tensor before it' : 'leaves a hole before it'}.`);
    end = to;
  }
  if (start + end !== bytes.length)
    fail(`${bytes.length - start - end} bytes after the last tensor belong to nothing.`);
  return { metadata, tensors };
}

/** Writes float32 tensors in the map's order; the header is padded with spaces so that data begin at a multiple of 8. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    const end = offset + data.length * 4;
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const out = new Uint8Array(8 + headerBytes + offset).fill(0x20, 8, 8 + headerBytes);
  new DataView(out.buffer).setBigUint64(0, BigInt(headerBytes), true);
  out.set(json, 8);
  let at = 8 + headerBytes;
  for (const { data } of tensors.values()) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return out;
}
