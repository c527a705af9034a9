// No file takes more than four times its size in memory, neither while it is read nor for as long as it is held.
//
// What is held is measured after two collections of garbage, with the results still in use; there are so many of them
// that the files come to a megabyte, beside which what the test itself leaves behind is little.
// What is taken at most while one file is read is the largest of what V8 has in use when the reading ends and what it
// reports before each collection that it starts meanwhile: between collections memory in use only grows. Garbage is in
// it, which up to the size of its space for new objects V8 does not even look for.
import { GCProfiler, getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { AppError } from '../core/errors';
import { readCaffeModel, writeCaffeModel } from './caffemodel';
import { parsePrototxt, type PrototxtMessage } from './prototxt';
import { encodeParts, messagePart, textPart, type WirePart } from './protobuf-writer';
import { readSafetensors, writeSafetensors } from './safetensors';

const encoder = new TextEncoder();

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
/** Bytes in use: V8's objects, and the memory of typed arrays, which is outside of its heap. */
const usedBytes = () => {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
};

/** Two halves of V8's space for new objects, of 16 MB each. */
const YOUNG = 2 ** 25;

/** Bytes of files whose results are held at once. */
const MEASURABLE = 2 ** 20;

/** The size of most of these files. */
const LARGE = 3 * 2 ** 22;
/** A header may have 10 MB. */
const HEADER = 9_600_000;
/** A text as UTF-8, repeated to a size. */
const filled = (unit: string, sizeBytes: number) =>
  encoder.encode(unit.repeat(Math.ceil(sizeBytes / encoder.encode(unit).length)));
const inQuotes = (unit: string) => `a: "${unit.repeat(Math.floor(LARGE / unit.length))}"`;

/** A file of one tensor of this dtype, with `count` elements of `bytes` bytes. */
function tensorOf(dtype: string, count: number, bytes: number): Uint8Array {
  const header = JSON.stringify({ a: { dtype, shape: [count], data_offsets: [0, count * bytes] } });
  return withHeader(header, count * bytes);
}

function withHeader(header: string, dataBytes = 0): Uint8Array {
  const json = encoder.encode(header);
  const out = new Uint8Array(8 + json.length + dataBytes);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, 8);
  return out;
}

/** A layer of one blob with a shape and these bytes as data. */
const blobOf = (count: number, blob: WirePart) =>
  encodeParts([
    textPart(1, 'odd'),
    messagePart(100, [
      messagePart(7, [
        blob,
        // A shape of one axis, written by hand so that it needs no more than a whole number.
        messagePart(7, [{ sizeBytes: 6, write: (out, at) => writeFive(out, at, count) }]),
      ]),
    ]),
  ]);

function writeFive(out: Uint8Array, at: number, value: number): void {
  out.set([0x08, ...[0, 7, 14, 21].map((bits) => ((value >> bits) & 127) | 128), value >> 28], at);
}

/** `count` times the same bytes. */
const repeated = (count: number, bytes: readonly number[]): WirePart => ({
  sizeBytes: count * bytes.length,
  write: (out, at) => {
    for (let i = 0; i < count; i++) out.set(bytes, at + i * bytes.length);
  },
});

/** A packed field of `size` zero bytes with the tag byte `tag`. */
const packed = (tag: number, size: number): WirePart => ({
  sizeBytes: 6 + size,
  write: (out, at) => {
    out[at] = tag;
    writeFive(out, at, size);
    out[at] = tag;
  },
});

const tiny = (i: number) => `"${i}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`;
const tensorsNamed = (count: number) =>
  withHeader(`{${Array.from({ length: count }, (_, i) => tiny(i)).join()}}`);

const layerText = `layer {\n  name: "conv1_1"\n  type: "Convolution"\n  bottom: "data"\n  top: "conv1_1"\n  param { lr_mult: 1 }
  convolution_param {\n    num_output: 64\n    pad: 100\n    kernel_size: 3\n    weight_filler { type: "msra" }\n  }\n}\n`;

const decoder = new TextDecoder();
const parse = (bytes: Uint8Array) => parsePrototxt(decoder.decode(bytes));
const tensors = (bytes: Uint8Array) => readSafetensors(bytes, 'a.safetensors');
const model = (bytes: Uint8Array) => readCaffeModel(bytes, 'a.caffemodel');
type Read = (bytes: Uint8Array) => unknown;

function countFields({ fields }: PrototxtMessage): number {
  return fields.reduce((sum, { value }) => sum + 1 + (value.kind === 'message' ? countFields(value) : 0), 0);
}

/** The same, after everything in the file has been looked at. */
const lookedAt: Read = (bytes) => {
  const message = parse(bytes);
  expect(countFields(message)).toBeGreaterThan(1000);
  return message;
};

function readOrRefuse(read: Read, bytes: Uint8Array): unknown {
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** How many bytes are held with what comes of all the files, and how many were in use at most while the first was read. */
function measure(read: Read, files: readonly Uint8Array[]) {
  const results: unknown[] = files.map(() => null);
  // What runs for the first time is compiled first.
  for (let i = 0; i < Math.min(20, files.length); i++) readOrRefuse(read, files[i]!);
  // Twice, for buffers that were let go are freed by the second.
  collectGarbage();
  collectGarbage();
  const before = usedBytes();
  const profiler = new GCProfiler();
  profiler.start();
  results[0] = readOrRefuse(read, files[0]!);
  const withGarbage = usedBytes();
  const { statistics } = profiler.stop();
  for (let i = 1; i < files.length; i++) results[i] = readOrRefuse(read, files[i]!);
  collectGarbage();
  collectGarbage();
  const held = usedBytes() - before;
  const beforeGarbage = statistics.map(({ beforeGC: { heapStatistics: one } }) => {
    return one.usedHeapSize + one.externalMemory;
  });
  // The results are used here, so that none was freed before it was counted.
  expect(results.every((result) => result !== null)).toBe(true);
  return { held, most: Math.max(withGarbage, ...beforeGarbage) - before };
}

const notes = (count: number) => Array.from({ length: count }, (_, i) => `"${i.toString(36)}":""`).join();
const deep = `${'a{'.repeat(62)}${'#'.repeat(130)}\n${'}'.repeat(62)}`;

describe('four times the file is enough for', () => {
  it.each<[string, Read, () => Uint8Array]>([
    ['a network of 4,000 layers', parse, () => filled(layerText, 4000 * layerText.length)],
    ['a network of 4,000 layers, looked at', lookedAt, () => filled(layerText, 4000 * layerText.length)],
    ['as many fields as are allowed', parse, () => filled('a:1 ', 400_000)],
    ['as many fields, looked at', lookedAt, () => filled('a:1 ', 400_000)],
    ['empty messages', parse, () => filled('a{}', 300_000)],
    ['empty messages and a wide character', parse, () => encoder.encode('#道\n' + 'a{}'.repeat(99_000))],
    ['deep messages', parse, () => filled(deep, 1600 * deep.length)],
    ['deep messages and a wide character', parse, () => encoder.encode('#道\n' + deep.repeat(1600))],
    ['empty texts', parse, () => filled('a:""', 400_000)],
    ['a list', parse, () => encoder.encode(`a:[${'1,'.repeat(99_000)}1]`)],
    ['too many fields', parse, () => filled('a:1 ', LARGE)],
    ['a list without end', parse, () => encoder.encode('a: [' + '1,'.repeat(LARGE / 2))],
    ['a text of escapes', parse, () => encoder.encode(inQuotes('\\n'))],
    ['a text of Chinese', parse, () => encoder.encode(inQuotes('道'))],
    ['texts in a row', parse, () => encoder.encode('a: ' + '"\\n" '.repeat(LARGE / 5))],
    ['comments', parse, () => filled('# \n', LARGE)],
    ['open braces', parse, () => filled('a{', LARGE)],
    ['one long word', parse, () => filled('a', LARGE)],

    ['aligned floats', tensors, () => tensorOf('F32', LARGE / 4, 4)],
    ['halves', tensors, () => tensorOf('F16', LARGE / 2, 2)],
    ['64-bit numbers', tensors, () => tensorOf('I64', LARGE / 8, 8)],
    ['empty tensors', tensors, () => tensorsNamed(19_900)],
    ['too many tensors', tensors, () => tensorsNamed(150_000)],
    ['short notes', tensors, () => withHeader(`{"__metadata__":{${notes(19_900)}}}`)],
    [
      'short notes and a wide character',
      tensors,
      () => withHeader(`{"__metadata__":{"道":"",${notes(19_900)}}}`),
    ],
    ['a shape without end', tensors, () => withHeader('{"a":{"shape":[' + '1,'.repeat(HEADER / 2))],
    ['a key of escapes', tensors, () => withHeader(`{"${'\\u0061'.repeat(HEADER / 6)}":1}`)],
    ['brackets', tensors, () => withHeader('{"a":' + '['.repeat(HEADER))],

    ['packed floats', model, () => blobOf(LARGE / 4, packed(0x2a, LARGE))],
    ['single floats', model, () => blobOf(LARGE / 8, repeated(LARGE / 8, [0x2d, 0, 0, 128, 63]))],
    ['packed doubles', model, () => blobOf(LARGE / 8, packed(0x42, LARGE))],
    ['empty layers', model, () => encodeParts([repeated(10_000, [0xa2, 6, 0])])],
    ['empty blobs', model, () => encodeParts([messagePart(100, [repeated(20_000, [0x3a, 0])])])],
    ['too many layers', model, () => encodeParts([repeated(Math.floor(LARGE / 3), [0xa2, 6, 0])])],
    ['too many blobs', model, () => encodeParts([messagePart(100, [repeated(LARGE / 2, [0x3a, 0])])])],
    ['names', model, () => encodeParts([repeated(LARGE / 8, [0x0a, 6, 97, 98, 99, 97, 98, 99])])],
    ['promised data', model, () => blobOf(2 ** 31 - 1, packed(0x2a, LARGE))],
    ['a promised length', model, () => encodeParts([packed(0x0a, LARGE)]).fill(0xff, 1, 5)],
  ])(
    '%s',
    (_what, read, make) => {
      const bytes = make();
      const files = Array<Uint8Array>(Math.ceil(MEASURABLE / bytes.length)).fill(bytes);
      const { held, most } = measure(read, files);
      expect(held).toBeLessThan(4 * bytes.length * files.length);
      expect(most).toBeLessThan(Math.max(4 * bytes.length, YOUNG));
    },
    60_000,
  );
});

const floats = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i));
const conv = { shape: [8, 3, 5, 5], data: floats(600) };
const bias = { shape: [8], data: floats(8) };

/** An error alone takes one or two kilobytes, most of them its stack: more than four times a file of a few bytes. */
describe('four times the size is enough for thousands of small files at once', () => {
  const layers = ['conv1', 'conv2'].map((name) => ({ name, type: 'Convolution', blobs: [conv, bias] }));
  const named = new Map(
    layers.flatMap(({ name }) => [[`${name}/0`, conv] as const, [`${name}/1`, bias] as const]),
  );

  describe.each<[string, Read, Uint8Array]>([
    ['.prototxt', parse, filled(layerText, 5000)],
    ['.caffemodel', model, writeCaffeModel('small', layers)],
    ['.safetensors', tensors, writeSafetensors(named, { network: 'name: "small"' })],
  ])('%s', (_kind, read, seed) => {
    it.each<[string, (i: number) => Uint8Array]>([
      ['as they are', () => seed.slice()],
      ['cut anywhere', (i) => seed.slice(0, Math.floor((i / 3000) * seed.length))],
      [
        'with a byte changed',
        (i) => seed.map((byte, at) => (at === (i * 7919) % seed.length ? byte ^ (1 << (i % 8)) : byte)),
      ],
    ])(
      '%s',
      (_what, make) => {
        const files = Array.from({ length: 3000 }, (_, i) => make(i));
        const allowed = files.reduce((sum, { length }) => sum + 4 * length, 0);
        expect(measure(read, files).held).toBeLessThan(allowed);
      },
      60_000,
    );
  });
});
