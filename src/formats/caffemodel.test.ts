import { describe, expect, it, test } from 'vitest';
import { AppError } from '../core/errors';
import { channelMeans, readMeanFile } from './binaryproto';
import { readCaffeModel, writeCaffeModel } from './caffemodel';
import {
  encodeParts,
  floatsPart,
  messagePart,
  textPart,
  varintsPart,
  type WirePart,
} from './protobuf-writer';

const numbers = (...values: number[]) => Float32Array.from(values);
const shape = (...sizes: number[]) => messagePart(7, [varintsPart(1, sizes)]);

/** A field with one whole number below 128. */
const small = (field: number, value: number): WirePart => ({
  sizeBytes: 2,
  write: (out, at) => out.set([field * 8, value], at),
});
/** A field with one float that is not packed. */
const single = (field: number, value: number): WirePart => ({
  sizeBytes: 5,
  write: (out, at) => {
    out[at] = field * 8 + 5;
    new DataView(out.buffer).setFloat32(at + 1, value, true);
  },
});

const v2 = (...blob: WirePart[]) =>
  encodeParts([messagePart(100, [textPart(1, 'conv1'), textPart(2, 'Convolution'), messagePart(7, blob)])]);
const v1 = (...layer: WirePart[]) => encodeParts([messagePart(2, layer)]);

/** All that is in a file. */
function readAll(bytes: Uint8Array, options?: { reuse: boolean }) {
  const { name, layers } = readCaffeModel(bytes, 'a', options);
  return { name, layers: [...layers] };
}

function failure(bytes: Uint8Array): AppError {
  try {
    readCaffeModel(bytes, 'a.caffemodel');
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was read');
}

test('reads what it writes', () => {
  const layers = [
    { name: 'data', type: 'Input', blobs: [] },
    {
      name: 'conv1',
      type: 'Convolution',
      blobs: [
        { shape: [2, 1, 1, 2], data: numbers(1, -2.5, 3e-20, 4) },
        { shape: [2], data: numbers(7, 8) },
      ],
    },
    {
      name: 'conv1',
      type: '',
      blobs: [
        { shape: [0, 3], data: numbers() },
        { shape: [], data: numbers(5) },
      ],
    },
  ];
  expect(readAll(writeCaffeModel('net', layers))).toEqual({ name: 'net', layers });
});

test('the type of an old layer gets its name', () => {
  const type = (number: number) => readAll(v1(textPart(4, 'a'), small(5, number))).layers[0]!.type;
  const named: [number, string][] = [
    [0, ''],
    [4, 'Convolution'],
    [14, 'InnerProduct'],
    [18, 'ReLU'],
    [21, 'SoftmaxWithLoss'],
    [25, 'Eltwise'],
    [35, 'AbsVal'],
    [39, 'Deconvolution'],
    [40, ''],
  ];
  for (const [number, name] of named) expect(type(number)).toBe(name);
});

describe('the shape of a blob', () => {
  const read = (...blob: WirePart[]) => readAll(v2(...blob)).layers[0]!.blobs[0]!;
  const six = floatsPart(5, numbers(1, 2, 3, 4, 5, 6));

  it('may be in the old four fields, which come before the new one', () => {
    const old = [small(1, 1), small(2, 1), small(3, 2), small(4, 3)];
    expect(read(...old, six).shape).toEqual([1, 1, 2, 3]);
    expect(read(...old, six, shape(6)).shape).toEqual([1, 1, 2, 3]);
  });

  it('may be in pieces, after the data, and of single numbers', () => {
    const pieces = [six, shape(3), messagePart(7, [small(1, 2)])];
    expect(read(...pieces)).toEqual({ shape: [3, 2], data: numbers(1, 2, 3, 4, 5, 6) });
  });

  it('may be missing where there is one value or none', () => {
    expect(read(single(5, 9))).toEqual({ shape: [], data: numbers(9) });
    expect(read()).toEqual({ shape: [0], data: numbers() });
  });
});

describe('memory', () => {
  const layers = Array.from({ length: 4 }, (_, i) => ({
    name: 'abcd'[i]!,
    type: '',
    blobs: [{ shape: [1100], data: Float32Array.from({ length: 1100 }, (_, j) => j + i) }],
  }));

  it('is shared where the data are aligned, and the file is left alone', () => {
    const bytes = writeCaffeModel('', layers);
    const before = bytes.slice();
    const read = readAll(bytes);
    const shared = read.layers.filter(({ blobs }) => blobs[0]!.data.buffer === bytes.buffer);
    expect(shared).toHaveLength(1);
    expect(bytes).toEqual(before);
  });

  it('is shared by all where the file may be changed', () => {
    const bytes = writeCaffeModel('', layers);
    const model = readCaffeModel(bytes, 'a', { reuse: true });
    // Twice: what has been moved must not be looked for in its old place.
    for (let i = 0; i < 2; i++) expect([...model.layers]).toEqual(layers);
    const read = { layers: [...model.layers] };
    expect(read.layers.every(({ blobs }) => blobs[0]!.data.buffer === bytes.buffer)).toBe(true);
  });

  it('is not doubled by a large file', () => {
    const data = new Float32Array(2 ** 20).fill(1);
    const large = Array.from({ length: 12 }, (_, i) => ({
      name: 'n'.repeat(i),
      type: '',
      blobs: [{ shape: [data.length], data }],
    }));
    const bytes = writeCaffeModel('', large);
    const before = process.memoryUsage().arrayBuffers;
    const read = readAll(bytes, { reuse: true });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(bytes.length / 20);
    expect(read.layers.map(({ blobs }) => blobs[0]!.data.at(-1))).toEqual(Array<number>(12).fill(1));
  });
});

it.each<[rule: string, Uint8Array, RegExp]>([
  ['no-layers', new Uint8Array(), /empty file/],
  ['no-layers', encodeParts([textPart(1, 'a')]), /without any layer/],
  ['hdf5', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10), /HDF5/],
  ['wrong-type', encodeParts([small(1, 3)]), /at byte 0, the network's name/],
  ['group', new TextEncoder().encode('<!DOCTYPE html><html></html>'), /It looks like a text file\./],
  ['v0-layer', v1(messagePart(1, [textPart(1, 'conv1')])), /upgrade_net_proto_binary/],
  ['no-data', v2(shape(2, 3)), /in layer "conv1", a blob of the shape 2 x 3 needs 6 values and has none/],
  ['count-mismatch', v2(shape(2, 3), floatsPart(5, numbers(1))), /needs 6 values and has 1/],
  ['count-mismatch', v2(floatsPart(5, numbers(1, 2))), /shape 1 needs 1 values and has 2/],
  ['bad-packed', v2(shape(1), textPart(5, 'abcde')), /5 bytes, which is no multiple of 4/],
  ['bad-shape', v2(shape(2 ** 31), floatsPart(5, numbers(1))), /impossible shape 2147483648/],
  ['too-many-values', v2(shape(...Array<number>(33).fill(1)), floatsPart(5, numbers(1))), /more than 32/],
  ['wrong-type', v2(small(7, 1)), /shape has another kind/],
  [
    'too-many-blobs',
    encodeParts([messagePart(100, Array<WirePart>(20_001).fill(messagePart(7, [])))]),
    /20000/,
  ],
  ['too-many-layers', encodeParts(Array<WirePart>(10_001).fill(messagePart(100, []))), /10000 layers/],
])('%s is a named error', (rule, bytes, why) => {
  const error = failure(bytes);
  expect(error.code).toBe('bad-weights');
  expect(error.message).toMatch(/^a\.caffemodel is not a usable \.caffemodel file: at byte \d+/);
  expect(error.message).toMatch(why);
  expect(error.details).toMatchObject({ file: 'a.caffemodel', rule });
  expect(error.details['offset']).toBeLessThanOrEqual(bytes.length);
});

test('a mean file is read in both forms, and nothing else', () => {
  const data = floatsPart(5, numbers(1, 2, 3, 4, 10, 20, 30, 40));
  const old = [small(1, 1), small(2, 2), small(3, 2), small(4, 2)];
  const forms = [encodeParts([...old, data]), encodeParts([shape(2, 2, 2), data])];
  for (const mean of forms.map((bytes) => readMeanFile(bytes, 'm.binaryproto'))) {
    expect(mean).toEqual({ channels: 2, height: 2, width: 2, data: numbers(1, 2, 3, 4, 10, 20, 30, 40) });
    expect(channelMeans(mean)).toEqual([2.5, 25]);
  }
  for (const bytes of [
    encodeParts([shape(8), data]),
    encodeParts([shape(2, 1, 2, 2), data]),
    new Uint8Array(),
  ]) {
    expect(() => readMeanFile(bytes, 'm.binaryproto')).toThrow(/^m\.binaryproto is not .* shape/);
  }
});
