// Hostile files: reading takes no more memory than four times their size.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { AppError } from '../core/errors';
import { readCaffeModel } from './caffemodel';
import { parsePrototxt } from './prototxt';
import { encodeParts, messagePart, textPart, type WirePart } from './protobuf-writer';
import { readSafetensors } from './safetensors';

const encoder = new TextEncoder();

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const usedBytes = () => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

/** The size of most of these files. */
const LARGE = 3 * 2 ** 22;
/** A header may have 10 MB. */
const HEADER = 9_600_000;
/** A record takes more memory than its few bytes in the file; what many small ones may come to is capped by their number. */
const SMALL = 2 ** 25;

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
const layerText = `layer {\n  name: "conv1_1"\n  type: "Convolution"\n  bottom: "data"\n  top: "conv1_1"\n  param { lr_mult: 1 }
  convolution_param {\n    num_output: 64\n    pad: 100\n    kernel_size: 3\n    weight_filler { type: "msra" }\n  }\n}\n`;

const parse = (bytes: Uint8Array) => parsePrototxt(new TextDecoder().decode(bytes));
const tensors = (bytes: Uint8Array) => readSafetensors(bytes, 'a.safetensors');
const model = (bytes: Uint8Array) => readCaffeModel(bytes, 'a.caffemodel');

describe('memory stays within four times the file', () => {
  it.each<[string, (bytes: Uint8Array) => unknown, () => Uint8Array]>([
    ['a network of 4,000 layers', parse, () => filled(layerText, 4000 * layerText.length)],
    ['as many fields as are allowed', parse, () => filled('a:1 ', 400_000)],
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
    [
      'empty tensors',
      tensors,
      () => withHeader(`{${Array.from({ length: 19_900 }, (_, i) => tiny(i)).join()}}`),
    ],
    [
      'too many tensors',
      tensors,
      () => withHeader(`{${Array.from({ length: 150_000 }, (_, i) => tiny(i)).join()}}`),
    ],
    ['a shape without end', tensors, () => withHeader('{"a":{"shape":[' + '1,'.repeat(HEADER / 2))],
    ['a key of escapes', tensors, () => withHeader(`{"${'\\u0061'.repeat(HEADER / 6)}":1}`)],
    ['brackets', tensors, () => withHeader('{"a":' + '['.repeat(HEADER))],

    ['packed floats', model, () => blobOf(LARGE / 4, packed(0x2a, LARGE))],
    ['single floats', model, () => blobOf(LARGE / 8, repeated(LARGE / 8, [0x2d, 0, 0, 128, 63]))],
    ['packed doubles', model, () => blobOf(LARGE / 8, packed(0x42, LARGE))],
    ['empty layers', model, () => encodeParts([repeated(10_000, [0xa2, 6, 0])])],
    ['too many layers', model, () => encodeParts([repeated(Math.floor(LARGE / 3), [0xa2, 6, 0])])],
    ['too many blobs', model, () => encodeParts([messagePart(100, [repeated(LARGE / 2, [0x3a, 0])])])],
    ['names', model, () => encodeParts([repeated(LARGE / 8, [0x0a, 6, 97, 98, 99, 97, 98, 99])])],
    ['promised data', model, () => blobOf(2 ** 31 - 1, packed(0x2a, LARGE))],
    ['a promised length', model, () => encodeParts([packed(0x0a, LARGE)]).fill(0xff, 1, 5)],
  ])('%s', (_what, read, make) => {
    const bytes = make();
    // Twice, for buffers that were let go are freed by the second.
    collectGarbage();
    collectGarbage();
    const before = usedBytes();
    let result: unknown;
    try {
      result = read(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(AppError);
    }
    // Before garbage is collected, so that what was made and thrown away counts, too.
    const most = usedBytes() - before;
    expect(most).toBeLessThan(Math.max(4 * bytes.length, SMALL));
    // The result is used here, so that it was not freed before it was counted.
    expect(result).not.toBe(bytes);
  });
});
