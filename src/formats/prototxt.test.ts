import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { AppError } from '../core/errors';
import {
  applyEdits,
  parsePrototxt,
  writePrototxt,
  type PrototxtMessage,
  type WritableMessage,
  type WritableValue,
} from './prototxt';

/** What was read, without its places: names and values only. */
function plain(message: WritableMessage): WritableMessage {
  const value = (v: WritableValue): WritableValue => {
    if (v.kind === 'message') return plain(v);
    return v.kind === 'number' ? { kind: v.kind, value: v.value } : { kind: v.kind, text: v.text };
  };
  return {
    kind: 'message',
    fields: message.fields.map((field) => ({ name: field.name, value: value(field.value) })),
  };
}

const number = (value: number) => ({ kind: 'number' as const, value });
const string = (text: string) => ({ kind: 'string' as const, text });
const word = (text: string) => ({ kind: 'word' as const, text });

/** The values of all top-level fields. */
const values = (text: string) => plain(parsePrototxt(text)).fields.map((field) => field.value);

function failure(text: string): AppError {
  try {
    parsePrototxt(text);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error(`it was read: ${text}`);
}

describe('numbers', () => {
  it.each<[string, number]>([
    ['0', 0],
    ['-7', -7],
    ['- 7', -7],
    ['-  # minus\n 2.5', -2.5],
    ['+3', 3],
    ['.5', 0.5],
    ['5.', 5],
    ['1e-3', 0.001],
    ['2.5E+2f', 250],
    ['10f', 10],
    ['1.5F', 1.5],
    ['0x1F', 31],
    ['-0xa', -10],
    ['017', 15],
    ['inf', Infinity],
    ['-Infinity', -Infinity],
    ['NaN', NaN],
    ['-nan', NaN],
    ['-0', -0],
  ])('%s', (text, value) => {
    expect(values(`a: ${text}`)).toEqual([number(value)]);
  });

  it.each(['1.2.3', '3x', '0xg', '--1', '.', '0b1', '1e'])('%s is none', (text) => {
    expect(failure(`a: ${text}`).message).toMatch(/^Line 1: "a" needs a/);
  });

  it('says why 08 is none', () => {
    expect(failure('kernel_size: 08').message).toMatch(/octal/);
  });
});

describe('texts', () => {
  it.each<[string, string]>([
    [String.raw`"a\"b\'c\\d\?e"`, `a"b'c\\d?e`],
    [String.raw`'\a\b\f\n\r\t\v'`, '\x07\b\f\n\r\t\v'],
    [String.raw`"\101\60\0"`, 'A0\0'],
    [String.raw`"\x41\X4a\x9z"`, 'AJ\tz'],
    [String.raw`"\303\251 \xe2\x82\xac"`, 'é €'],
    [String.raw`"\u00e9\U0001F600\ud83d\ude00"`, 'é😀😀'],
    [`"conv" '1'\n # and\n "/x"`, 'conv1/x'],
    [String.raw`"\303" "\251"`, 'é'],
    [`"Straße 道" "\\n"`, 'Straße 道\n'],
    [`"it's # no comment"`, `it's # no comment`],
    ['""', ''],
    [`"\uFEFF" "\\t"`, '\uFEFF\t'],
  ])('%s', (text, value) => {
    expect(values(`a: ${text} b: 1`)).toEqual([string(value), number(1)]);
  });

  it.each<[string, RegExp]>([
    [`"abc`, /not closed on the same line/],
    [`"abc\ndef"`, /not closed on the same line/],
    [`"abc\\`, /not closed/],
    [`"abc\\\ndef"`, /not closed/],
    [String.raw`"\q"`, /"\\q" is no escape/],
    [String.raw`"\777"`, /more than a byte/],
    [String.raw`"\xff"`, /not UTF-8/],
    [String.raw`"\u12"`, /"\\u" is no escape/],
    [String.raw`"\ud83d"`, /no character/],
    [String.raw`"\ud83dA"`, /no character/],
    [String.raw`"\U00110000"`, /no character/],
  ])('%s is refused', (text, why) => {
    expect(failure(`a: ${text}`).message).toMatch(why);
  });
});

describe('layout', () => {
  it('knows messages, lists, separators, comments and names in brackets', () => {
    const text =
      '\uFEFF# LeNet\r\nname: "x"; input_dim: [1, 3,\r\n 5],layer <name: "a">\r\nlayer: { a: MAX, b: true; }' +
      'p [{a: 1}, <>] [caffe.more] { } [ a.com/caffe.Datum ] { c: "#" } empty: []# end';
    const message = (...fields: WritableMessage['fields']): WritableMessage => ({ kind: 'message', fields });
    expect(plain(parsePrototxt(text)).fields).toEqual([
      { name: 'name', value: string('x') },
      { name: 'input_dim', value: number(1) },
      { name: 'input_dim', value: number(3) },
      { name: 'input_dim', value: number(5) },
      { name: 'layer', value: message({ name: 'name', value: string('a') }) },
      {
        name: 'layer',
        value: message({ name: 'a', value: word('MAX') }, { name: 'b', value: word('true') }),
      },
      { name: 'p', value: message({ name: 'a', value: number(1) }) },
      { name: 'p', value: message() },
      { name: '[caffe.more]', value: message() },
      { name: '[a.com/caffe.Datum]', value: message({ name: 'c', value: string('#') }) },
    ]);
  });

  it('gives each field and value its place and line', () => {
    const text = 'a:\r\n  1 # one\r\nb {\r\n c: "x"\n   "y"  }\nd: [2, 3]';
    const read = parsePrototxt(text);
    const cut = ({ start, end }: { start: number; end: number }) => text.slice(start, end);
    expect([read.start, read.end]).toEqual([0, text.length]);
    const [a, b, d, e] = read.fields;
    const c = (b!.value as PrototxtMessage).fields[0]!;
    expect([a, b, c, d, e].map((field) => [cut(field!), field!.line, cut(field!.value)])).toEqual([
      ['a:\r\n  1', 1, '1'],
      ['b {\r\n c: "x"\n   "y"  }', 3, '{\r\n c: "x"\n   "y"  }'],
      ['c: "x"\n   "y"', 4, '"x"\n   "y"'],
      ['d: [2, 3]', 6, '2'],
      ['d: [2, 3]', 6, '3'],
    ]);
  });
});

test.each<[string, string, RegExp, string]>([
  ['a missing colon', 'a: 1\nname "x"', /^Line 2: "name" needs a ":" before its value\.$/, '"'],
  ['an equals sign', 'kernel = 3', /"kernel" needs a ":" .*, not "="/, '='],
  ['a missing value', 'layer {\n pad: }', /^Line 2: "pad" needs a value, not "}"/, '}'],
  ['a value left out', 'pad:\nkernel: 3', /^Line 2: "pad" has no value: .* field "kernel"/, 'kernel'],
  ['the end instead of a value', 'pad:', /"pad" needs a value, not the end of the file/, ''],
  ['a brace never closed', 'a {}\nlayer {\n name: "x"\n', /^Line 2: the "{" of "layer" is opened here/, '{'],
  ['the outer brace never closed', 'layer {\n p {\n }\n', /^Line 1: the "{" of "layer"/, '{'],
  ['a stray brace', 'layer { }\n}', /^Line 2: this "}" closes nothing/, '}'],
  ['the wrong brace', 'layer {\n a: 1 >', /^Line 2: ">" cannot close the "{" of "layer" in line 1/, '>'],
  ['a text without quotes', 'name: conv1/relu', /"name" needs quotes .*"conv1\/relu"/, 'conv1/relu'],
  ['a value without a name', '"x"', /name of a field was expected, not """/, '"'],
  ['two separators', 'a: 1,, b: 2', /name of a field was expected, not ","/, ','],
  ['a list not closed', 'a: [1 2]', /list of "a" goes on with "," or ends with "]", not "2"/, '2'],
  ['a list in a list', 'a: [[1]]', /"a" needs a value, not "\["/, '['],
  ['another language', 'int main() {}', /"int" needs a ":"/, 'm'],
  ['an invisible character', 'a: 1\u00a0b: 2', /not the character U\+00A0/, '\u00a0'],
])('%s is named with its place', (_what, text, why, underlined) => {
  const error = failure(text);
  expect(error.code).toBe('bad-network');
  expect(error.message).toMatch(why);
  const { line, column, start, end } = error.details as Record<string, number>;
  expect(text.slice(start, end)).toBe(underlined);
  const before = text.slice(0, start).split('\n');
  expect([line, column]).toEqual([before.length, before.at(-1)!.length + 1]);
});

test('depth, fields and characters have limits, each with a name', () => {
  const nested = (depth: number) => 'a{'.repeat(depth) + '}'.repeat(depth);
  expect(() => parsePrototxt(nested(63))).not.toThrow();
  expect(failure(nested(64)).message).toMatch(/more than 64 deep/);
  expect(failure('a{'.repeat(1_000_000)).message).toMatch(/more than 64 deep/);
  expect(failure('a:1 '.repeat(100_001)).message).toMatch(/field 100001/);
  expect(failure(`a: [${'1,'.repeat(100_001)}1]`).message).toMatch(/field 100001/);
  expect(failure(' '.repeat(2 ** 24 + 1)).message).toMatch(/16777217 characters/);
});

test('a message shows only the beginning of what is long', () => {
  for (const text of [
    'a: ' + 'x.'.repeat(1e5),
    'x'.repeat(1e5),
    'a: ' + '1.'.repeat(1e5),
    'x'.repeat(1e5) + '{',
  ]) {
    expect(failure(text).message.length).toBeLessThan(200);
  }
});

test('edits leave the rest of the text as it is', () => {
  const text = 'a: 1 # keep\r\nb: 2\n';
  const [a, b] = parsePrototxt(text).fields;
  const edits = [
    { ...b!.value, insert: '"two"' },
    { ...a!.value, insert: '10' },
    { start: text.length, end: text.length, insert: 'c: 3\n' },
    { start: a!.value.start, end: a!.value.start, insert: '-' },
  ].map(({ start, end, insert }) => ({ start, end, insert }));
  expect(applyEdits(text, edits)).toBe('a: -10 # keep\r\nb: "two"\nc: 3\n');
  expect(() => applyEdits(text, [...edits, { start: 0, end: 4, insert: '' }])).toThrow(/overlaps/);
  expect(() => applyEdits(text, [{ start: 0, end: 99, insert: '' }])).toThrow(/outside/);
});

const names = fc
  .stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/)
  .filter((name) => !/^(inf|infinity|nan)$/i.test(name));
const { message: messages } = fc.letrec<{ message: WritableMessage; value: WritableValue }>((tie) => ({
  message: fc.record({
    kind: fc.constant('message' as const),
    fields: fc.array(fc.record({ name: names, value: tie('value') }), { maxLength: 5 }),
  }),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('number' as const), value: fc.double() }),
    fc.record({ kind: fc.constant('number' as const), value: fc.integer() }),
    fc.record({ kind: fc.constant('string' as const), text: fc.string({ unit: 'binary' }) }),
    fc.record({ kind: fc.constant('word' as const), text: names }),
    tie('message'),
  ),
}));

test('what is written reads back equal', () => {
  fc.assert(
    fc.property(messages, (message) => {
      const text = writePrototxt(message);
      expect(plain(parsePrototxt(text))).toEqual(message);
      expect(writePrototxt(parsePrototxt(text))).toBe(text);
    }),
    { seed: 3, numRuns: 1000 },
  );
});
