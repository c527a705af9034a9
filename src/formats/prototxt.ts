// Protocol Buffers' text format, as Caffe's networks are written in it: fields in order, each with its place in the text,
// so that a program can change one value and leave a person's comments and layout alone.
import { readPrototxt } from './prototxt-reader';
import { quoteString } from './prototxt-strings';

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

/**
 * Checks all of a text, and reads the fields of a message in it when they are asked for: each time anew for the whole file,
 * once for a message within. Time is linear in the text. What it keeps is `text` and at most 1.7 bytes a character; the
 * names and texts of fields share the memory of `text`.
 * @throws AppError 'bad-network' whose message begins with "Line N:" and whose details { line, column, start, end } say
 *   what to underline. An unclosed brace is reported where it was opened.
 */
export function parsePrototxt(text: string): PrototxtMessage {
  return readPrototxt(text);
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
