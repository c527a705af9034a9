import { describe, expect, it, test } from 'vitest';
import { AppError } from '../core/errors';
import { readSafetensors, writeSafetensors, type StoredNumbers } from './safetensors';

/** A file with this header and these data. */
function file(header: unknown, data: number[] = [], text = JSON.stringify(header)): Uint8Array {
  const json = new TextEncoder().encode(text);
  const out = new Uint8Array(8 + json.length + data.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, 8);
  out.set(data, 8 + json.length);
  return out;
}

const zeros = (length: number) => Array<number>(length).fill(0);
const text = (json: string, data: number[] = []) => file(null, data, json);

const tensor = (shape: number[], from: number, to: number, dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [from, to],
});

function failure(bytes: Uint8Array): AppError {
  try {
    readSafetensors(bytes, 'w.safetensors');
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was read');
}

test('reads what it writes', () => {
  const tensors = new Map([
    ['conv1/0', { shape: [1, 2, 1, 2], data: new Float32Array([1, -2.5, 3e-20, 4]) }],
    ['__proto__', { shape: [], data: new Float32Array([7]) }],
    ['10', { shape: [1], data: new Float32Array([NaN]) }],
    ['9 "ü道😀"\n', { shape: [1], data: new Float32Array([-Infinity]) }],
    ['', { shape: [0, 3], data: new Float32Array() }],
  ]);
  const bytes = writeSafetensors(tensors, { network: 'name: "x"\n', ['__proto__']: 'b' });
  const headerBytes = new DataView(bytes.buffer).getUint32(0, true);
  expect((8 + headerBytes) % 8).toBe(0);
  const back = readSafetensors(bytes, 'a.safetensors');
  expect([...back.tensors]).toEqual([...tensors]);
  expect(back.metadata.get('network')).toBe('name: "x"\n');
  expect(Object.getPrototypeOf({})).toBe(Object.prototype);
});

test('a header with blanks between everything is read', () => {
  const json = ' { "a" : { "shape" : [ 1 , 2 ] , "data_offsets" : [ 0 , 2 ] ,\n "dtype" : "U8" } }  \r\n';
  expect(readSafetensors(text(json.trimStart(), [3, 4]), 'a').tensors.get('a')).toEqual({
    shape: [1, 2],
    data: Uint8Array.of(3, 4),
  });
  expect(failure(text(json, [3, 4])).details['rule']).toBe('header-start');
});

describe('every kind of number', () => {
  const read = (dtype: string, shape: number[], bytes: Uint8Array) =>
    readSafetensors(file({ a: tensor(shape, 0, bytes.length, dtype) }, [...bytes]), 'a').tensors.get('a')!
      .data;

  it.each<[string, StoredNumbers]>([
    ['F64', Float64Array.of(Math.PI, -0)],
    ['F32', Float32Array.of(1.5, NaN)],
    ['I32', Int32Array.of(-1, 2 ** 31 - 1)],
    ['I16', Int16Array.of(-32768, 5)],
    ['I8', Int8Array.of(-128, 5)],
    ['U32', Uint32Array.of(2 ** 32 - 1, 0)],
    ['U16', Uint16Array.of(65535, 1)],
    ['U8', Uint8Array.of(255, 1)],
    ['BOOL', Uint8Array.of(1, 0)],
  ])('%s', (dtype, data) => {
    expect(read(dtype, [2], new Uint8Array(data.buffer))).toEqual(data);
  });

  it('64-bit whole numbers, where they are exact', () => {
    const bytes = (...values: bigint[]) => new Uint8Array(BigInt64Array.from(values).buffer);
    expect(read('I64', [2], bytes(-5n, 2n ** 53n - 1n))).toEqual(Float64Array.of(-5, 2 ** 53 - 1));
    expect(read('U64', [1], bytes(7n))).toEqual(Float64Array.of(7));
    const error = failure(file({ n: tensor([1], 0, 8, 'U64') }, [...bytes(-1n)]));
    expect(error.details).toEqual({ file: 'w.safetensors', rule: 'not-exact', tensor: 'n' });
  });

  it('F16', () => {
    const halves = [
      0x0000, 0x8000, 0x3c00, 0xc000, 0x7bff, 0x0400, 0x03ff, 0x0001, 0x3555, 0x7c00, 0xfc00, 0x7e00,
    ];
    const data = read('F16', [12], new Uint8Array(Uint16Array.from(halves).buffer));
    const largest = 65504;
    const tiny = 2 ** -24;
    const third = 0x555 * 2 ** -12;
    expect([...data]).toEqual([
      0,
      -0,
      1,
      -2,
      largest,
      2 ** -14,
      1023 * tiny,
      tiny,
      third,
      Infinity,
      -Infinity,
      NaN,
    ]);
  });

  it('BF16', () => {
    const bits = [0x0000, 0x3f80, 0xc040, 0x7f80, 0x7fc0];
    const data = read('BF16', [5], new Uint8Array(Uint16Array.from(bits).buffer));
    expect([...data]).toEqual([0, 1, -3, Infinity, NaN]);
  });
});

test('data are views where they are aligned, and copies where that is asked for or they are not', () => {
  const bytes = writeSafetensors(new Map([['w', { shape: [2], data: Float32Array.of(1, 2) }]]));
  const buffer = (of: Uint8Array, copy = false) =>
    readSafetensors(of, 'a', { copy }).tensors.get('w')!.data.buffer;
  expect(buffer(bytes)).toBe(bytes.buffer);
  expect(buffer(bytes, true).byteLength).toBe(8);
  const moved = new Uint8Array(bytes.length + 1);
  moved.set(bytes, 1);
  expect(buffer(moved.subarray(1)).byteLength).toBe(8);
  const all = (of: Uint8Array) => [...readSafetensors(of, 'a').tensors];
  expect(all(moved.subarray(1))).toEqual(all(bytes));
});

it.each<[rule: string, what: string, Uint8Array, RegExp]>([
  ['header-length', 'three bytes', new Uint8Array(3), /3 bytes/],
  ['header-too-large', 'a length of 2^64', new Uint8Array(16).fill(255), /no plausible header length/],
  ['header-too-large', 'a zip', new TextEncoder().encode('PK\x03\x04abcdefg'), /looks like a zip archive/],
  ['truncated', 'a cut header', file({}).slice(0, 9), /cut off: the header should have 2 bytes/],
  ['header-start', 'no header', new Uint8Array(8), /does not begin/],
  ['header-start', 'a list', text('[]'), /does not begin/],
  ['not-utf8', 'bytes that are no text', file({}, []).map((b, i) => (i === 9 ? 0xff : b)), /not UTF-8/],
  ['not-json', 'a brace alone', text('{'), /not JSON at character 2/],
  ['not-json', 'no quotes', text('{a:1}'), /at character 2/],
  ['not-json', 'no colon', text('{"a" 1}'), /at character 6/],
  ['not-json', 'an open text', text('{"a'), /not JSON/],
  ['not-json', 'a bad escape', text('{"\\x":{}}'), /not JSON/],
  ['not-json', 'a last comma', text('{"__metadata__":{},}'), /not JSON/],
  ['not-json', 'more after the end', text('{} {}'), /at character 4/],
  ['not-a-tensor', 'a number', text('{"a":1}'), /"a" is not described/],
  [
    'unknown-field',
    'another field',
    file({ a: { ...tensor([1], 0, 4), strides: [1] } }, zeros(4)),
    /"strides"/,
  ],
  [
    'duplicate-key',
    'a tensor twice',
    text('{"a":' + JSON.stringify(tensor([0], 0, 0)) + ',"\\u0061":{}}'),
    /"a" twice/,
  ],
  ['duplicate-key', 'a field twice', text('{"a":{"dtype":"F32","dtype":"F32"}}'), /"dtype" twice/],
  ['duplicate-key', 'metadata twice', text('{"__metadata__":{},"__metadata__":{}}'), /"__metadata__" twice/],
  ['duplicate-key', 'a note twice', text('{"__metadata__":{"x":"","x":""}}'), /"x" twice/],
  ['metadata-not-strings', 'a number', file({ __metadata__: { a: 1 } }), /not a list of texts/],
  ['metadata-not-strings', 'nothing', file({ __metadata__: null }), /not a list of texts/],
  ['too-many-entries', 'many notes', file({ __metadata__: { ...zeros(20_001).map(String) } }), /20000/],
  ['bad-dtype', 'an unknown dtype', file({ a: tensor([1], 0, 4, 'F31') }, zeros(4)), /"F31"/],
  ['bad-dtype', 'a number', text('{"a":{"dtype":32}}'), /not a text/],
  ['bad-dtype', 'none', text('{"a":{"shape":[0],"data_offsets":[0,0]}}'), /"a" has no dtype/],
  ['unsupported-dtype', 'F8', file({ a: tensor([1], 0, 1, 'F8_E4M3') }, [0]), /F8_E4M3.*Convert it/],
  ['unsupported-dtype', 'F8', file({ a: tensor([1], 0, 1, 'F8_E5M2') }, [0]), /F8_E5M2/],
  ['bad-shape', 'a negative size', file({ a: tensor([-1], 0, 4) }, zeros(4)), /whole numbers/],
  ['bad-shape', 'half a size', file({ a: tensor([1.5], 0, 4) }, zeros(4)), /whole numbers/],
  ['bad-shape', 'an exponent', text('{"a":{"shape":[1e3]}}'), /whole numbers/],
  ['bad-shape', 'many sizes', file({ a: tensor(zeros(65), 0, 0) }), /at most 64/],
  ['bad-shape', 'none', text('{"a":{"dtype":"F32","data_offsets":[0,0]}}'), /no shape/],
  [
    'shape-overflow',
    'huge sizes',
    file({ a: tensor([2 ** 30, 2 ** 30], 0, 4) }, zeros(4)),
    /beyond any memory/,
  ],
  ['shape-overflow', 'a huge size and zero', file({ a: tensor([2 ** 60, 0], 0, 0) }), /beyond any memory/],
  ['bad-offsets', 'one', file({ a: { ...tensor([1], 0, 4), data_offsets: [0] } }, zeros(4)), /not two/],
  [
    'bad-offsets',
    'three',
    file({ a: { ...tensor([1], 0, 4), data_offsets: [0, 4, 8] } }, zeros(4)),
    /not two/,
  ],
  ['bad-offsets', 'backwards', file({ a: tensor([1], 4, 0) }, zeros(4)), /4 and 0/],
  ['bad-offsets', 'none', text('{"a":{"dtype":"F32","shape":[0]}}'), /no data_offsets/],
  [
    'size-mismatch',
    'a size that disagrees',
    file({ a: tensor([2], 0, 4) }, zeros(4)),
    /needs 8 bytes, but holds 4/,
  ],
  ['truncated', 'cut data', file({ a: tensor([1], 0, 4) }, zeros(2)), /cut off inside "a"/],
  ['overlap', 'two in one place', file({ a: tensor([1], 0, 4), b: tensor([1], 0, 4) }, zeros(4)), /overlaps/],
  [
    'overlap',
    'half in one place',
    file({ a: tensor([2], 0, 8), b: tensor([1], 4, 8) }, zeros(8)),
    /overlaps/,
  ],
  ['hole', 'a hole', file({ a: tensor([1], 4, 8) }, zeros(8)), /hole before it/],
  ['trailing-bytes', 'more bytes', file({ a: tensor([1], 0, 4) }, zeros(6)), /2 bytes after/],
])('%s: %s', (rule, _what, bytes, why) => {
  const error = failure(bytes);
  expect(error.code).toBe('bad-weights');
  expect(error.message).toMatch(/^w\.safetensors is not a usable \.safetensors file: .*\.$/);
  expect(error.message).toMatch(why);
  expect(error.message.length).toBeLessThan(300);
  expect(error.details).toMatchObject({ file: 'w.safetensors', rule });
});

test('no file is written that would not be read', () => {
  const one = { shape: [1], data: Float32Array.of(1) };
  expect(() => writeSafetensors(new Map([['a', { ...one, shape: [2] }]]))).toThrow(/no tensor/);
  expect(() => writeSafetensors(new Map([['__metadata__', one]]))).toThrow(/no tensor/);
  expect(() => writeSafetensors(new Map(), { text: 'x'.repeat(1e7) })).toThrow(AppError);
});
