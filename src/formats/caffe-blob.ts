// A BlobProto of Caffe: a shape and its numbers. Field numbers and precedence are those of caffe.proto and blob.cpp.
import { AppError } from '../core/errors';
import { wire, WireReader, type Refuse } from './protobuf-wire';
import { numbersAt } from './raw-numbers';
import { lookOf } from './sniff';

/** Numbers in C order: the last axis varies fastest. */
export interface CaffeBlob {
  shape: number[];
  data: Float32Array;
}

/** What Caffe itself takes (kMaxBlobAxes, and INT_MAX for a size). */
const MAX_AXES = 32;
const MAX_SIZE = 2 ** 31 - 1;

const ids = { num: 1, width: 4, data: 5, shape: 7, doubleData: 8 } as const;

/**
 * The refusal of a file: AppError 'bad-weights' with details { file, rule, offset, layer }.
 * @param kind ".caffemodel" or ".binaryproto"
 * @param layer the name of the layer that is being read, '' outside of any.
 */
export function refuseFile(bytes: Uint8Array, file: string, kind: string, layer: () => string): Refuse {
  return (rule, at, why) => {
    const inLayer = layer() ? ` in layer "${layer()}"` : '';
    const look = lookOf(bytes);
    const hint = look === 'data of an unknown kind' ? '' : ` It looks like ${look}.`;
    throw new AppError(
      'bad-weights',
      `${file} is not a usable ${kind} file: at byte ${at}${inLayer}, ${why}.${hint} Save or download it again.`,
      { file, rule, offset: at, layer: layer() },
    );
  };
}

/** What a first look through a blob finds. */
interface Outline {
  dims: number[] | null;
  legacy: number[] | null;
  floats: number;
  doubles: number;
  /** How many pieces the floats are in, and the last packed one. */
  pieces: number;
  packed: { tagAt: number; start: number; end: number } | null;
}

/** Counts the values of a field that holds one number, or many packed ones. */
function count(reader: WireReader, size: 4 | 8, what: string): number {
  if (reader.type !== wire.bytes) {
    reader.expect(size === 4 ? wire.fixed32 : wire.fixed64, what);
    return 1;
  }
  const { start, end } = reader.range(what);
  if ((end - start) % size) {
    reader.refuse('bad-packed', start, `${what} has ${end - start} bytes, which is no multiple of ${size}`);
  }
  return (end - start) / size;
}

function outline(reader: WireReader): Outline {
  const found: Outline = { dims: null, legacy: null, floats: 0, doubles: 0, pieces: 0, packed: null };
  while (reader.next()) {
    const { field, tagAt } = reader;
    if (field >= ids.num && field <= ids.width) {
      found.legacy ??= [0, 0, 0, 0];
      found.legacy[field - ids.num] = reader.varint("the blob's size");
    } else if (field === ids.data) {
      const packed = reader.type === wire.bytes;
      const values = count(reader, 4, 'data');
      if (!values) continue;
      found.floats += values;
      found.pieces++;
      const end = reader.position;
      if (packed) found.packed = { tagAt, start: end - values * 4, end };
    } else if (field === ids.doubleData) {
      found.doubles += count(reader, 8, 'double_data');
    } else if (field === ids.shape) {
      found.dims ??= [];
      const shape = reader.message('shape');
      while (shape.next()) if (shape.field === 1) shape.varints('shape', found.dims, MAX_AXES);
    }
  }
  return found;
}

function gather(reader: WireReader, field: number, length: number): Float32Array {
  const out = new Float32Array(length);
  let at = 0;
  while (reader.next()) {
    if (reader.field !== field) continue;
    if (reader.type !== wire.bytes) {
      out[at++] = field === ids.data ? reader.float() : reader.double();
      continue;
    }
    const { start, end } = reader.range('data');
    // One piece after the other, so that no second copy of all of them exists.
    const view = new DataView(reader.bytes.buffer, reader.bytes.byteOffset);
    if (field === ids.data) for (let i = start; i < end; i += 4) out[at++] = view.getFloat32(i, true);
    else for (let i = start; i < end; i += 8) out[at++] = view.getFloat64(i, true);
  }
  return out;
}

/** What a blob is found to be before anything is made of it. */
interface CheckedBlob extends Outline {
  shape: number[];
}

/** Checks a blob: that its shape is possible, and that it has as many values. Nothing of its data is copied. */
export function checkBlob(reader: WireReader): CheckedBlob {
  const found = outline(reader);
  const { dims, legacy, floats, doubles } = found;
  const at = reader.start;
  const values = doubles || floats;
  // An empty BlobProto stands for no values; data without a shape are one number.
  const shape = legacy ?? dims ?? (values ? [] : [0]);
  if (!shape.every((size) => size >= 0 && size <= MAX_SIZE)) {
    reader.refuse('bad-shape', at, `a blob has the impossible shape ${shape.join(' x ')}`);
  }
  const wanted = shape.reduce((product, size) => product * size, 1);
  if (values !== wanted) {
    const named = `a blob of the shape ${shape.join(' x ') || '1'} needs ${wanted} values`;
    if (!values) reader.refuse('no-data', at, `${named} and has none that Caffe's own format knows`);
    reader.refuse('count-mismatch', at, `${named} and has ${values}`);
  }
  return { ...found, shape };
}

/**
 * Reads a blob. Its data are a view of the file's memory where they are one packed piece that begins at a multiple of
 * four bytes, else a copy; `double_data` are rounded to floats. `diff`, the gradients of a snapshot, are stepped over.
 * @param reuse where the data begin elsewhere, move them up to three bytes to the front, over their own tag and length,
 *   instead of copying them: the file's bytes are changed, and this blob cannot be read again.
 */
export function readBlob(reader: WireReader, reuse: boolean): CaffeBlob {
  const { shape, floats, doubles, pieces, packed } = checkBlob(reader);
  if (doubles) return { shape, data: gather(reader.again(), ids.doubleData, doubles) };
  if (!packed || pieces > 1) return { shape, data: gather(reader.again(), ids.data, floats) };
  const { bytes } = reader;
  let { start, end } = packed;
  const shift = (bytes.byteOffset + start) % 4;
  if (reuse && shift && start - shift >= packed.tagAt) {
    bytes.copyWithin(start - shift, start, end);
    start -= shift;
    end -= shift;
  }
  return { shape, data: numbersAt(Float32Array, bytes, start, end) };
}
