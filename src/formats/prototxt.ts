// Protocol Buffers' text format, as Caffe's networks are written in it: fields in order, each with its place in the text,
// so that a program can change one value and leave a person's comments and layout alone.
import { failAt } from './prototxt-error';
import { quoteString } from './prototxt-strings';
import { brief, Tokens } from './prototxt-tokens';

/** A place in the text: UTF-16 offsets, the first character and one past the last. */
export interface Span {
  start: number;
  end: number;
}

/** A scalar to be written: a quoted string, a number, or a bare word (an enum value, true, false). */
export type WritableScalar =
  { kind: 'string'; text: string } | { kind: 'number'; value: number } | { kind: 'word'; text: string };

export type WritableValue = WritableScalar | WritableMessage;

export interface WritableField {
  name: string;
  value: WritableValue;
}

/** A message made by a program: what was read, without places. Whatever parsePrototxt gives is one too. */
export interface WritableMessage {
  kind: 'message';
  fields: readonly WritableField[];
}

/** A scalar as read. The span of adjacent strings, which are one value, goes from the first to the last. */
export type PrototxtScalar = WritableScalar & Span;

export type PrototxtValue = PrototxtScalar | PrototxtMessage;

/**
 * The span goes from the name to the end of the value. `a: [1, 2]` is two fields named a, which share the span of the
 * whole, from the name to the bracket; their values have their own.
 */
export interface PrototxtField extends Span {
  name: string;
  line: number;
  value: PrototxtValue;
}

/** The span includes the braces; that of a whole file is the file. `line` is that of the opening brace. */
export interface PrototxtMessage extends Span {
  kind: 'message';
  line: number;
  fields: PrototxtField[];
}

/** Networks nest four deep; a file that nests deeper than this was made to exhaust the stack. */
const MAX_DEPTH = 64;
/** A ResNet of 152 layers has under ten thousand fields. A field takes up to 150 bytes of memory. */
const MAX_FIELDS = 100_000;
const MAX_CHARACTERS = 2 ** 24;

/** An array that grew has room for 16 more. */
const trimmed = <T>(array: readonly T[]): T[] => array.slice();

interface Opening {
  name: string;
  line: number;
  start: number;
  character: string;
}

class Parser {
  readonly #tokens: Tokens;
  #fields = 0;

  constructor(text: string) {
    this.#tokens = new Tokens(text);
  }

  /** The fields up to the brace that closes `opening`, which is stepped over, or up to the end of the file. */
  fields(opening: Opening | null, depth: number): PrototxtField[] {
    const tokens: Tokens = this.#tokens;
    const fields: PrototxtField[] = [];
    for (;;) {
      const c = tokens.peek();
      const { at } = tokens;
      if (!c) {
        if (!opening) return trimmed(fields);
        const { start, character, name } = opening;
        tokens.fail(
          start,
          start + 1,
          `the "${character}" of "${brief(name)}" is opened here and never closed.`,
        );
      }
      if (c === '}' || c === '>') {
        if (!opening) tokens.fail(at, at + 1, `this "${c}" closes nothing; there is one too many.`);
        if ((c === '}') !== (opening.character === '{')) {
          const { character, name, line } = opening;
          tokens.fail(
            at,
            at + 1,
            `"${c}" cannot close the "${character}" of "${brief(name)}" in line ${line}.`,
          );
        }
        tokens.at++;
        return trimmed(fields);
      }
      this.#field(fields, depth);
      if (!tokens.take(',')) tokens.take(';');
    }
  }

  /** Reads one field, or one of each element of a list, into `fields`. */
  #field(fields: PrototxtField[], depth: number): void {
    const tokens: Tokens = this.#tokens;
    const { at: start, line } = tokens;
    const name = tokens.fieldName();
    const colon = tokens.take(':');
    const first = fields.length;
    const add = () => {
      if (++this.#fields > MAX_FIELDS) {
        tokens.fail(
          start,
          tokens.at,
          `here begins field ${MAX_FIELDS + 1}; a network may have ${MAX_FIELDS}.`,
        );
      }
      const value = this.#value(name, colon, depth);
      fields.push({ name, line, start, end: value.end, value });
    };
    if (!tokens.take('[')) return add();
    if (!tokens.take(']')) {
      do add();
      while (tokens.take(','));
      if (!tokens.take(']')) {
        tokens.fail(
          tokens.at,
          tokens.at + 1,
          `the list of "${brief(name)}" goes on with "," or ends with "]", not ${tokens.shown()}.`,
        );
      }
    }
    for (let i = first; i < fields.length; i++) fields[i]!.end = tokens.at;
  }

  #value(name: string, colon: boolean, depth: number): PrototxtValue {
    const tokens: Tokens = this.#tokens;
    const c = tokens.peek();
    const { at: start, line } = tokens;
    if (c === '{' || c === '<') {
      if (depth >= MAX_DEPTH)
        tokens.fail(start, start + 1, `messages are nested more than ${MAX_DEPTH} deep here.`);
      tokens.at++;
      const fields = this.fields({ name, line, start, character: c }, depth + 1);
      return { kind: 'message', line, start, end: tokens.at, fields };
    }
    if (!colon) {
      if (name === 'layer' || name === 'layers' || name.endsWith('_param'))
        tokens.fail(start, start + 1, `"{" is missing after "${brief(name)}".`);
      const instead = c === '=' ? ', not "="' : '';
      tokens.fail(start, start + 1, `"${brief(name)}" needs a ":" before its value${instead}.`);
    }
    if (c === '"' || c === "'") {
      const text = tokens.strings();
      return { kind: 'string', text, start, end: tokens.at };
    }
    const scalar = tokens.numberOrWord(name);
    const { at: end } = tokens;
    if (scalar.kind === 'word' && tokens.peek() === ':') {
      tokens.fail(
        start,
        end,
        `"${brief(name)}" has no value: after its ":" comes the field "${brief(scalar.text)}".`,
      );
    }
    // Spread objects take half as much memory again.
    return scalar.kind === 'number'
      ? { kind: 'number', value: scalar.value, start, end }
      : { kind: 'word', text: scalar.text, start, end };
  }
}

/**
 * Reads text format into fields in the order of the file. Time is linear in the text, memory at most 150 bytes a field,
 * of which there are at most 100,000; names and texts share the memory of `text`.
 * @throws AppError 'bad-network' whose message begins with "Line N:" and whose details { line, column, start, end } say
 *   what to underline. An unclosed brace is reported where it was opened.
 */
export function parsePrototxt(text: string): PrototxtMessage {
  if (text.length > MAX_CHARACTERS) {
    failAt(text, 0, 0, `the text has ${text.length} characters; a network may have ${MAX_CHARACTERS}.`);
  }
  return { kind: 'message', line: 1, start: 0, end: text.length, fields: new Parser(text).fields(null, 1) };
}

function writeNumber(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  return Object.is(value, -0) ? '-0' : String(value);
}

function writeScalar(value: WritableScalar): string {
  if (value.kind === 'number') return writeNumber(value.value);
  return value.kind === 'word' ? value.text : quoteString(value.text);
}

/** Writes text format, two spaces a level, one field a line; read back it is equal. Comments are not kept. */
export function writePrototxt(message: WritableMessage, indent = ''): string {
  return message.fields
    .map(({ name, value }) =>
      value.kind === 'message'
        ? `${indent}${name} {\n${writePrototxt(value, indent + '  ')}${indent}}\n`
        : `${indent}${name}: ${writeScalar(value)}\n`,
    )
    .join('');
}

/** Puts `insert` in the place of the text from `start` up to `end`. */
export interface TextEdit extends Span {
  insert: string;
}

/**
 * The text with all edits made, in any order; their offsets are those of the text as it was. Insertions at one place
 * keep their order and come before a replacement that begins there.
 * @throws Error where two edits overlap or one lies outside the text, which is a mistake of the caller.
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, insert } of sorted) {
    if (!(start >= at && end >= start && end <= text.length)) {
      throw new Error(`The edit of ${start} to ${end} overlaps another or lies outside the text.`);
    }
    parts.push(text.slice(at, start), insert);
    at = end;
  }
  return parts.join('') + text.slice(at);
}
