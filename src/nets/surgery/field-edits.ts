// Edits of single fields that leave lines, comments and indentation as a person would.
import { quoteString } from '../../formats/prototxt-strings';
import type { PrototxtField, TextEdit } from '../../formats/prototxt';

interface Span {
  start: number;
  end: number;
}

/** The start of the line in which `at` stands. */
const lineStart = (text: string, at: number) => text.lastIndexOf('\n', at - 1) + 1;

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  const stop = end < 0 ? text.length : end;
  return text[stop - 1] === '\r' ? stop - 1 : stop;
}

/** How the text ends its lines. */
export const newlineOf = (text: string) => (text.includes('\r\n') ? '\r\n' : '\n');

/** Puts a field on a line of its own after another one, or behind it where that shares its line. */
export function insertAfter(text: string, { start, end }: Span, field: string): TextEdit {
  const indent = text.slice(lineStart(text, start), start);
  const rest = text.slice(end, lineEnd(text, end));
  const alone = /^[ \t]*$/.test(indent) && /^[ \t]*[,;]?[ \t]*(#.*)?$/.test(rest);
  if (!alone) return { start: end, end, insert: ` ${field}` };
  const at = end + rest.length;
  return { start: at, end: at, insert: `${newlineOf(text)}${indent}${field}` };
}

/** Removes a field with its separator, and its line where nothing else stands there. */
export function removeField(text: string, { start, end }: Span): TextEdit {
  const separator = /^[ \t]*[,;]/.exec(text.slice(end, lineEnd(text, end)))?.[0].length ?? 0;
  const stop = end + separator;
  const before = lineStart(text, start);
  const after = lineEnd(text, stop);
  const alone = /^[ \t]*$/.test(text.slice(before, start)) && /^[ \t]*$/.test(text.slice(stop, after));
  if (alone) {
    const newline = /^\r?\n/.exec(text.slice(after))?.[0].length ?? 0;
    return { start: before, end: after + newline, insert: '' };
  }
  const spaces = /[ \t]+$/.exec(text.slice(before, start))?.[0].length ?? 0;
  // What stood before the field keeps its distance from what follows.
  return spaces < start - before
    ? { start: start - spaces, end: stop, insert: '' }
    : { start, end: stop + (/^[ \t]+/.exec(text.slice(stop, after))?.[0].length ?? 0), insert: '' };
}

export const setValue = ({ value }: PrototxtField, insert: string): TextEdit => ({
  start: value.start,
  end: value.end,
  insert,
});

export const setString = (field: PrototxtField, text: string): TextEdit => setValue(field, quoteString(text));

export const rename = ({ start, name }: PrototxtField, insert: string): TextEdit => ({
  start,
  end: start + name.length,
  insert,
});
