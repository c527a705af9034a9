import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { WireReader, type Refuse } from './protobuf-wire';
import {
  encodeParts,
  floatsPart,
  messagePart,
  textPart,
  varintsPart,
  type WirePart,
} from './protobuf-writer';

const refuse: Refuse = (rule, at, why) => {
  throw new Error(`${rule} at ${at}: ${why}`);
};
const reader = (bytes: readonly number[]) => new WireReader(Uint8Array.from(bytes), refuse);

function walk(bytes: readonly number[]): [field: number, type: number][] {
  const found: [number, number][] = [];
  for (const read = reader(bytes); read.next();) found.push([read.field, read.type]);
  return found;
}

test('steps over values of every kind', () => {
  const eight = [1, 2, 3, 4, 5, 6, 7, 8];
  const bytes = [0x08, 0xff, 0x01, 0x11, ...eight, 0x1a, 2, 9, 9, 0x25, 1, 2, 3, 4, 0xa2, 0x06, 0];
  expect(walk(bytes)).toEqual([
    [1, 0],
    [2, 1],
    [3, 2],
    [4, 5],
    [100, 2],
  ]);
  for (let length = 1; length < bytes.length; length++) {
    if ([3, 12, 16, 21].includes(length)) continue;
    expect(() => walk(bytes.slice(0, length))).toThrow(/^truncated at \d+: \d+ more bytes/);
  }
});

it.each<[string, number[], RegExp]>([
  ['a group', [0x0b], /^group at 0/],
  ["a group's end", [0x0c], /^group at 0/],
  ['wire type 6', [0x0e], /^bad-tag at 0.* 6/],
  ['field 0', [0x00, 0x00], /^bad-tag at 0/],
  ['a field number above 2^29', [0x80, 0x80, 0x80, 0x80, 0x20, 0], /^bad-tag at 0/],
  ['a negative tag', [...Array<number>(9).fill(0xff), 0x01], /^bad-tag at 0/],
  ['a number without end', [0x08, ...Array<number>(11).fill(0x80)], /^bad-varint at 1/],
  ['a length past the end', [0x0a, 5, 1, 1], /^truncated at 2: 5 .* 2/],
  ['a length of 2^56', [0x0a, ...Array<number>(8).fill(0x80), 0x01], /^truncated at 10: 720575940379279\d+ /],
  ['a negative length', [0x0a, ...Array<number>(9).fill(0xff), 0x01], /^bad-length at 1/],
])('%s is refused', (_what, bytes, why) => {
  expect(() => walk(bytes)).toThrow(why);
});

test('an inner message cannot reach beyond its own end', () => {
  const read = reader([0x0a, 2, 0x0a, 3, 1, 1, 1]);
  read.next();
  const inner = read.message('it');
  inner.next();
  expect(() => inner.text('it')).toThrow(/^truncated at 4: 3 more bytes are announced and only 0/);
});

test('a value of another kind is refused', () => {
  for (const method of ['varint', 'text', 'range', 'message'] as const) {
    const read = reader([0x0d, 0, 0, 0, 0]);
    read.next();
    expect(() => read[method]('it')).toThrow(/^wrong-type at 0: it has another kind/);
  }
  const read = reader([0x08, 1]);
  read.next();
  expect(() => read.float()).toThrow(/^wrong-type/);
});

test('depth and the number of fields have limits', () => {
  const descend = (read: WireReader, depth = 0): number =>
    read.next() ? descend(read.message('it'), depth + 1) : depth;
  const nested = (depth: number): WirePart => messagePart(1, depth > 1 ? [nested(depth - 1)] : []);
  expect(descend(new WireReader(encodeParts([nested(63)]), refuse))).toBe(63);
  expect(() => descend(new WireReader(encodeParts([nested(64)]), refuse))).toThrow(/^too-deep/);
  const twice = (first: number, second: number, times: number) =>
    Array.from({ length: 2 * times }, (_, i) => (i % 2 ? second : first));
  expect(() => walk(twice(0x0a, 0, 100_001))).toThrow(/^too-many-fields/);
  // A run of numbers is one field, however long.
  expect(walk(twice(0x08, 0, 150_000))).toHaveLength(150_000);
});

test('whole numbers of 64 bits keep their sign', () => {
  const numbers = fc.oneof(
    fc.bigInt({ min: -(2n ** 53n), max: 2n ** 53n }),
    fc.bigInt({ min: 0n, max: 300n }),
  );
  fc.assert(
    fc.property(numbers, (number) => {
      const bytes = [0x08];
      let rest = BigInt.asUintN(64, number);
      for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
      const read = reader([...bytes, Number(rest)]);
      read.next();
      expect(read.varint('it')).toBe(Number(number));
    }),
    { seed: 3 },
  );
});

test('reads what the writer writes', () => {
  const part = fc.record({
    name: fc.string({ unit: 'binary', maxLength: 200 }),
    sizes: fc.array(fc.nat({ max: 2 ** 53 - 1 }), { maxLength: 20 }),
    data: fc.float32Array({ maxLength: 50 }),
    field: fc.integer({ min: 4, max: 2 ** 29 - 1 }),
  });
  fc.assert(
    fc.property(part, ({ name, sizes, data, field }) => {
      const inner = [textPart(1, name), varintsPart(2, sizes), floatsPart(3, data)];
      const bytes = encodeParts([messagePart(field, inner), textPart(1, 'end')]);
      const outer = new WireReader(bytes, refuse);
      outer.next();
      expect(outer.field).toBe(field);
      const read = outer.message('it');
      read.next();
      expect(read.text('it')).toBe(name);
      read.next();
      const found: number[] = [];
      read.varints('it', found, 20);
      expect(found).toEqual(sizes);
      read.next();
      const { start, end } = read.range('it');
      expect(new Float32Array(bytes.slice(start, end).buffer)).toEqual(data);
      expect(read.next()).toBe(false);
      expect([outer.next(), outer.text('it'), outer.next()]).toEqual([true, 'end', false]);
    }),
    { seed: 3 },
  );
});
