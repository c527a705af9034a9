// Broken files: whatever is done to them, reading ends soon and gives an AppError or a whole record.
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../core/errors';
import { readCaffeModel, writeCaffeModel } from './caffemodel';
import { parsePrototxt, writePrototxt, type PrototxtMessage, type WritableMessage } from './prototxt';
import { readSafetensors, writeSafetensors } from './safetensors';

const SEED = 20170103;
const RUNS = 10_000;
/** Each of these files takes less than a millisecond; the seconds are for a busy machine. */
const LIMIT_MS = 5000;

const encoder = new TextEncoder();
const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Ten thousand times a few checks: expect() would take longer than the reading. */
function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`not so: ${what}`);
}

/** Reads, and checks that what comes back is whole. */
type Read = (bytes: Uint8Array) => void;

const readModel: Read = (bytes) => {
  const layers = [...readCaffeModel(bytes, 'a.caffemodel', { reuse: bytes.length % 2 === 0 }).layers];
  must(layers.length > 0, 'there are layers');
  for (const { name, type, blobs } of layers) {
    must(typeof name === 'string' && typeof type === 'string', 'names are texts');
    for (const { shape, data } of blobs)
      must(data.length === product(shape), 'the shape is that of the data');
  }
};

const readTensors: Read = (bytes) => {
  const { tensors, metadata } = readSafetensors(bytes, 'a.safetensors');
  for (const { shape, data } of tensors.values()) {
    must(data.length === product(shape), 'the shape is that of the data');
  }
  for (const text of metadata.values()) must(typeof text === 'string', 'metadata are texts');
};

/** Every field lies in its message and has its name where it says. */
function checkPlaces(text: string, { fields, start, end }: PrototxtMessage): void {
  for (const field of fields) {
    const { value } = field;
    must(field.start >= start && field.end <= end, 'a field lies in its message');
    must(value.start > field.start && value.end <= field.end, 'a value lies in its field');
    must(text[field.start] === field.name[0], 'a field begins with its name');
    if (value.kind === 'message') checkPlaces(text, value);
  }
}

/** What was read, with the places left out. */
const plain = (message: WritableMessage): unknown =>
  message.fields.map(({ name, value }) => {
    if (value.kind === 'message') return [name, plain(value)];
    return [name, value.kind, value.kind === 'number' ? value.value : value.text];
  });

const readText: Read = (bytes) => {
  const text = new TextDecoder().decode(bytes);
  const message = parsePrototxt(text);
  checkPlaces(text, message);
  const again = parsePrototxt(writePrototxt(message));
  must(isDeepStrictEqual(plain(again), plain(message)), 'what is written reads back equal');
};

/** Whether it was read; false where it was refused as it should be. */
function survives(read: Read, bytes: Uint8Array): boolean {
  const began = performance.now();
  let whole = true;
  try {
    read(bytes);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    must(error.code === 'bad-network' || error.code === 'bad-weights', 'the code is one of two');
    must(error.message.length < 1000, 'the message is short');
    whole = false;
  }
  must(performance.now() - began < LIMIT_MS, 'it ends soon');
  return whole;
}

const data = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i));
const formats: Record<string, { seed: Uint8Array; read: Read; pieces: (string | number[])[] }> = {
  '.caffemodel': {
    seed: writeCaffeModel('net', [
      { name: 'data', type: 'Input', tops: ['data'], blobs: [] },
      {
        name: 'conv1',
        type: 'Convolution',
        bottoms: ['data'],
        tops: ['conv1'],
        blobs: [
          { shape: [2, 3, 1, 2], data: data(12) },
          { shape: [40], data: data(40) },
        ],
      },
    ]),
    read: readModel,
    // Tags of layers, blobs, data and shapes, packed and not, groups, and lengths of many sizes.
    pieces: [
      [0xa2, 0x06],
      [0x12],
      [0x3a],
      [0x2a],
      [0x2d, 0, 0, 128, 63],
      [0x41],
      [0x42, 8, 1, 2, 3, 4, 5, 6, 7, 8],
      [0x08, 2],
      [0x0a, 2, 2, 3],
      [0x0b],
      [0x0c],
      [0xff, 0xff, 0xff, 0xff, 0x0f],
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
      [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80],
    ],
  },
  '.safetensors': {
    seed: writeSafetensors(
      new Map([
        ['conv1/0', { shape: [2, 3, 1, 2], data: data(12) }],
        ['conv1/1', { shape: [2], data: data(2) }],
        ['ü', { shape: [], data: data(1) }],
      ]),
      { network: 'name: "x"\n' },
    ),
    read: readTensors,
    pieces: [
      ...[
        '"',
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '\\',
        '\\u0061',
        '-',
        '1.5',
        '1e9',
        '0',
        '9007199254740993',
        'null',
      ],
      ...[
        'F16',
        'BF16',
        'I64',
        'U8',
        'F64',
        'F8_E4M3',
        '"dtype":',
        '"shape":',
        '"data_offsets":',
        '"__proto__":',
      ],
      ...['"__metadata__":', '[]', '{}', '48', '56', '60'],
    ],
  },
  '.prototxt': {
    seed: encoder.encode(
      `# a comment\nname: "n\\303\\251t" 'x'\nlayer {\n  name: "conv1"; type: "Convolution",\n  param <lr_mult: 1 decay_mult: -0.5f>\n` +
        `  convolution_param: { pad: [1, 0x2, 03] pool: MAX w: inf kernel_size: 3 }\n  [a.b/c.D] { v: - 1e-3 }\n}\n`,
    ),
    read: readText,
    pieces: [
      ...[
        '{',
        '}',
        '<',
        '>',
        '[',
        ']',
        ':',
        ';',
        ',',
        '"',
        "'",
        '\\',
        '#',
        '\n',
        '\r\n',
        ' ',
        '-',
        '.',
        '/',
        '\uFEFF',
      ],
      ...['\\u12', '\\ud83d\\ude00', '\\x8', '\\377', '0x', '1e400', '08', 'nan', 'a', 'a:1 ', 'a{', '😀'],
    ],
  },
};

/** One change to the bytes; places and lengths are fractions, so that they fit whatever the changes before it left. */
const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const byte = fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0, 1, 127, 128, 255));
const change = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: place, bit: fc.nat({ max: 7 }) }),
  fc.record({ kind: fc.constant('set' as const), at: place, byte }),
  fc.record({ kind: fc.constant('insert' as const), at: place, bytes: fc.array(byte, { maxLength: 12 }) }),
  fc.record({ kind: fc.constant('delete' as const), at: place, length: place }),
  fc.record({ kind: fc.constant('copy' as const), at: place, length: place, to: place }),
  fc.record({ kind: fc.constant('length' as const), at: place, by: fc.integer({ min: -9, max: 9 }) }),
  fc.record({ kind: fc.constant('piece' as const), at: place, which: place, over: fc.boolean() }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function splice(bytes: Uint8Array, at: number, removed: number, inserted: ArrayLike<number>): Uint8Array {
  const end = Math.min(at + removed, bytes.length);
  const out = new Uint8Array(bytes.length - (end - at) + inserted.length);
  out.set(bytes.subarray(0, at));
  out.set(inserted, at);
  out.set(bytes.subarray(end), at + inserted.length);
  return out;
}

/** Small bytes are most often lengths, sizes or field numbers, or the digits of a header. */
function lengthsIn(bytes: Uint8Array): number[] {
  return [...bytes.keys()].filter((i) => bytes[i]! < 64);
}

function mutate(bytes: Uint8Array, change: Change, pieces: readonly (string | number[])[]): Uint8Array {
  const at = Math.floor(change.at * (bytes.length + 1));
  // Short spans more often than long ones.
  const span = (length: number) => Math.ceil(length ** 3 * bytes.length);
  switch (change.kind) {
    case 'flip':
      return splice(bytes, at, 1, [(bytes[at] ?? 0) ^ (1 << change.bit)]);
    case 'set':
      return splice(bytes, at, 1, [change.byte]);
    case 'insert':
      return splice(bytes, at, 0, change.bytes);
    case 'delete':
      return splice(bytes, at, span(change.length), []);
    case 'copy':
      return splice(
        bytes,
        Math.floor(change.to * bytes.length),
        0,
        bytes.slice(at, at + span(change.length)),
      );
    case 'length': {
      const lengths = lengthsIn(bytes);
      const chosen = lengths[Math.floor(change.at * lengths.length)] ?? 0;
      return splice(bytes, chosen, 1, [(bytes[chosen] ?? 0) + change.by]);
    }
    case 'piece': {
      const piece = pieces[Math.floor(change.which * pieces.length)]!;
      const inserted = typeof piece === 'string' ? encoder.encode(piece) : piece;
      return splice(bytes, at, change.over ? inserted.length : 0, inserted);
    }
  }
}

describe.each(Object.entries(formats))('a broken %s', (name, { seed, read, pieces }) => {
  it('is refused or read when cut at any byte', () => {
    expect(survives(read, seed.slice())).toBe(true);
    for (let length = 0; length < seed.length; length++) {
      const whole = survives(read, seed.slice(0, length));
      // Only this format says how long the file must be.
      if (name === '.safetensors') expect(whole).toBe(false);
    }
  });

  it(`is refused or read after each of ${RUNS} random changes, seed ${SEED}`, () => {
    let readable = 0;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
        const bytes = changes.reduce<Uint8Array>(
          (bytes, change) => mutate(bytes, change, pieces),
          seed.slice(),
        );
        if (survives(read, bytes)) readable++;
      }),
      { seed: SEED, numRuns: RUNS },
    );
    // Changes that nothing survives, or that nothing notices, would test little.
    expect(readable).toBeGreaterThan(RUNS / 100);
    expect(readable).toBeLessThan(RUNS * 0.9);
  }, 60_000);
});
