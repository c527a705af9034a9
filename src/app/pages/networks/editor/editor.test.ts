// The editor without a page: tokens, places, suggestions, changes, folding, where problems and marks lie.
import { highlightTree, tagHighlighter, tags } from '@lezer/highlight';
import { EditorState } from '@codemirror/state';
import { ensureSyntaxTree } from '@codemirror/language';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changesBetween } from './changes';
import { placeOf } from './diagnostics';
import { foldedText, foldOfLine, prototxt } from './language';
import { linesOfBlock } from './marks';
import { placeAt } from './place';
import { blockInside, scan } from './scan';
import { suggestionsAt } from './suggestions';

const sample = `name: "net" # a comment with { and "
layer {
  name: "conv1"
  type: "Convolution"
  bottom: "data"
  top: "conv1"
  convolution_param { num_output: 96 kernel_size: [11, 11] bias_term: false }
}
layer { name: 'pool1' type: 'Pooling' bottom: 'conv1' top: 'pool1'
  pooling_param: < pool: MAX stride: 2e0 >
}
`;

/** The text without its |, and where that was. */
function cursor(marked: string): [string, number] {
  return [marked.replace('|', ''), marked.indexOf('|')];
}

const labels = (marked: string) => suggestionsAt(...cursor(marked))?.list.map(({ label }) => label) ?? null;

test('tokens, of whatever text', () => {
  const tokens = [...scan('a: "b\\" {" # c }\n{ \'open\n&')].map(({ kind, from, to }) => [kind, from, to]);
  expect(tokens).toEqual([
    ['word', 0, 1],
    ['sign', 1, 2],
    ['string', 3, 10],
    ['comment', 11, 16],
    ['sign', 17, 18],
    ['string', 19, 24],
    ['sign', 25, 26],
  ]);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      let end = 0;
      for (const { from, to } of scan(text)) {
        if (from < end || to <= from || to > text.length) return false;
        end = to;
      }
      return true;
    }),
  );
});

test('colours: names of messages and fields, values, comments', () => {
  const state = EditorState.create({ doc: sample, extensions: prototxt });
  const kinds = (
    ['typeName', 'propertyName', 'string', 'number', 'bool', 'atom', 'comment', 'invalid'] as const
  ).map((name) => ({ tag: tags[name], class: name }));
  const found: Record<string, string[]> = {};
  highlightTree(ensureSyntaxTree(state, sample.length)!, tagHighlighter(kinds), (from, to, name) => {
    (found[name] ??= []).push(sample.slice(from, to));
  });
  expect(found['typeName']).toEqual(['layer', 'convolution_param', 'layer', 'pooling_param']);
  expect(found['propertyName']).toContain('kernel_size');
  expect(found['string']).toEqual([
    '"net"',
    '"conv1"',
    '"Convolution"',
    '"data"',
    '"conv1"',
    "'pool1'",
    "'Pooling'",
    "'conv1'",
    "'pool1'",
  ]);
  expect(found['number']).toEqual(['96', '11', '11', '2e0']);
  expect(found['bool']).toEqual(['false']);
  expect(found['atom']).toEqual(['MAX']);
  expect(found['comment']).toEqual(['# a comment with { and "']);
  expect(found['invalid']).toBeUndefined();
});

test.each([
  ['|', 'name', [], ''],
  ['layer {\n  na|', 'name', ['layer'], ''],
  ['layer {\n  convolution_param { num_output: |', 'value', ['layer', 'convolution_param'], 'num_output'],
  ['layer { type: "Con|volution" }', 'string', ['layer'], 'type'],
  ['layer { top: "a" | }', 'name', ['layer'], ''],
  ['layer { a { } b < > } |', 'name', [], ''],
  ['layer { # here| {', 'comment', ['layer'], ''],
  ['layer { x: [1, 2|', 'value', ['layer'], 'x'],
  ['} } layer { |', 'name', ['layer'], ''],
])('the place in %j', (marked, kind, path, field) => {
  expect(placeAt(...cursor(marked))).toMatchObject({ kind, path, field });
});

test('a place knows the fields before and after it', () => {
  const { present } = placeAt(
    ...cursor('layer { name: "a" to| p { type: "no" } type: "ReLU" } layer { bottom: "x" }'),
  );
  expect([...present]).toEqual([
    ['name', ['a']],
    ['p', ['']],
    ['type', ['ReLU']],
  ]);
});

test('names that fit the message, without those that are there or belong to other layers', () => {
  expect(labels('|')).toEqual(expect.arrayContaining(['name', 'layer', 'input']));
  expect(labels('name: "a" |')).not.toContain('name');
  const inLayer = labels('layer { name: "a" type: "Convolution" | }')!;
  expect(inLayer[0]).toBe('convolution_param');
  expect(inLayer).toEqual(expect.arrayContaining(['bottom', 'top', 'param', 'include']));
  expect(inLayer).not.toContain('name');
  expect(inLayer).not.toContain('pooling_param');
  expect(inLayer).not.toContain('transform_param');
  expect(labels('layer { | type: "Data" }')).toContain('transform_param');
  expect(labels('layer { | }')).toContain('pooling_param');
  expect(labels('layer { convolution_param { weight_filler { | } } }')).toContain('variance_norm');
  expect(labels('layer { unknown { | } }')).toBeNull();
});

test('words, types, fillers and blobs as values', () => {
  expect(labels('layer { pooling_param { pool: |')).toEqual(['MAX', 'AVE', 'STOCHASTIC']);
  expect(labels('layer { convolution_param { bias_term: |')).toEqual(['true', 'false']);
  expect(labels('layer { type: "|" }')).toEqual(expect.arrayContaining(['Convolution', 'Crop', 'Input']));
  expect(labels('layer { convolution_param { weight_filler { type: "|')).toContain('msra');
  const blobs =
    'input: "data" layer { top: "a" top: "b" } layer { top: "a" } layer { bottom: "|" top: "own" }';
  expect(labels(blobs)).toEqual(['a', 'b', 'data']);
  expect(labels('layer { name: "relu" bottom: "conv" top: "|" }')).toEqual(['relu', 'conv']);
  expect(labels('layer { name: "|" }')).toBeNull();
  expect(labels('layer { loss_weight: | }')).toBeNull();
  expect(labels('# name|')).toBeNull();
});

test('a suggestion says what is usual and what follows it', () => {
  const list = suggestionsAt(...cursor('layer { pooling_param { | } }'))!.list;
  expect(list.find(({ label }) => label === 'pool')).toEqual({
    label: 'pool',
    detail: 'word',
    info: 'One of MAX, AVE, STOCHASTIC. Default: MAX.',
    follows: 'choice',
  });
  expect(suggestionsAt(...cursor('lay|'))!.list.find(({ label }) => label === 'layer')).toMatchObject({
    info: 'May be given several times.',
    follows: 'message',
  });
});

test('suggestions never throw', () => {
  const piece = fc.constantFrom(
    'layer',
    '{',
    '}',
    ':',
    '"',
    "'",
    'type',
    'Convolution',
    '[',
    ']',
    '#',
    '\n',
    ' ',
    '\\',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.nat(200), (pieces, at) => {
      const text = pieces.join('');
      suggestionsAt(text, Math.min(at, text.length));
    }),
  );
});

/** Makes changes as an editor does: all offsets are those of the text before. */
const apply = (text: string, changes: ReturnType<typeof changesBetween>) =>
  changes.reduceRight((now, { from, to, insert }) => now.slice(0, from) + insert + now.slice(to), text);

test('changes turn one text into the other, whatever they are', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', '\n', 'layer {\n', '}\n'), { maxLength: 60 });
  fc.assert(
    fc.property(text, text, (a, b) => {
      const [before, after] = [a.join(''), b.join('')];
      const changes = changesBetween(before, after);
      expect(apply(before, changes)).toBe(after);
      for (const [i, { from, to }] of changes.entries()) {
        expect(from).toBeLessThanOrEqual(to);
        if (i > 0) expect(from).toBeGreaterThanOrEqual(changes[i - 1]!.to);
      }
    }),
    { numRuns: 500 },
  );
});

test('changes are small, and those far apart stay apart', () => {
  expect(changesBetween(sample, sample)).toEqual([]);
  expect(changesBetween('a: 1\nb: 2\n', 'a: 1\nb: 21\n')).toEqual([{ from: 9, to: 9, insert: '1' }]);
  const long = Array.from({ length: 2000 }, (_, i) => `line ${i}`).join('\n');
  const changes = changesBetween(long, long.replace('line 5\n', 'line five\n').replace('line 1990', 'gone'));
  expect(changes.map(({ insert }) => insert)).toEqual(['five', 'gone']);
  const other = Array.from({ length: 2000 }, (_, i) => `other ${i}`).join('\n');
  expect(changesBetween(long, other)).toHaveLength(1);
});

test('braces fold where they close on another line, and say what is inside', () => {
  const state = EditorState.create({ doc: sample });
  const fold = (number: number) => {
    const { from, to } = state.doc.line(number);
    const range = foldOfLine(state, from, to);
    return (
      range && [
        state.doc.lineAt(range.from).number,
        state.doc.lineAt(range.to).number,
        foldedText(state, range),
      ]
    );
  };
  expect(fold(1)).toBeNull();
  expect(fold(2)).toEqual([2, 8, ' conv1, Convolution ']);
  expect(fold(7)).toBeNull();
  expect(fold(9)).toEqual([9, 11, ' pool1, Pooling ']);
  expect(blockInside('a { b {', 0, 7)).toBeNull();
});

test('the lines of a layer', () => {
  const state = EditorState.create({ doc: sample });
  expect(linesOfBlock(state, 2)).toEqual({ from: 2, to: 8 });
  expect(linesOfBlock(state, 1)).toEqual({ from: 1, to: 1 });
  expect(linesOfBlock(state, 99)).toBeNull();
});

test('a problem is underlined at its place, on its line, and within the text', () => {
  const { doc } = EditorState.create({ doc: sample });
  const place = (line: number, start?: number, end?: number) => {
    const span = { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
    const { from, to } = placeOf(doc, { severity: 'error', message: '', line, ...span });
    return sample.slice(from, to);
  };
  const start = sample.indexOf('"Convolution"');
  expect(place(4, start, start + 13)).toBe('"Convolution"');
  expect(place(3)).toBe('name: "conv1"');
  expect(place(2, sample.indexOf('layer'), sample.length)).toBe('layer {');
  expect(place(500)).toBe('');
  expect(place(3, 99_999, 100_000)).toBe('name: "conv1"');
});
