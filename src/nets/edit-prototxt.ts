// Small changes of a prototxt that keep its comments and layout.
import type { PrototxtField, PrototxtMessage, Span, TextEdit } from '../formats/prototxt';
import { quoteString } from '../formats/prototxt-strings';

/** The fields of that name. */
export const fieldsOf = (message: PrototxtMessage, name: string): PrototxtField[] =>
  message.fields.filter((field) => field.name === name);

/** The last field of that name, which is the one that counts. */
export function lastField(message: PrototxtMessage, name: string): PrototxtField | undefined {
  return fieldsOf(message, name).at(-1);
}

/** The message of that name. */
export function subMessage(message: PrototxtMessage, name: string): PrototxtMessage | undefined {
  const value = lastField(message, name)?.value;
  return value?.kind === 'message' ? value : undefined;
}

/** Every layer of a network in either form, with its field. */
export function layerMessages(network: PrototxtMessage): { field: PrototxtField; layer: PrototxtMessage }[] {
  return network.fields.flatMap((field) =>
    (field.name === 'layer' || field.name === 'layers') && field.value.kind === 'message'
      ? [{ field, layer: field.value }]
      : [],
  );
}

/** A layer's name, or "". */
export function layerName(layer: PrototxtMessage): string {
  const value = lastField(layer, 'name')?.value;
  return value?.kind === 'string' ? value.text : '';
}

/** The indentation of the line that holds `at`. */
const indentAt = (text: string, at: number) => /^[ \t]*/.exec(text.slice(lineStart(text, at), at))![0];

/** Adds `field` ("group: 2") as the last of a message in braces: on its own line where the message has several, else before the brace. */
export function appendField(text: string, message: PrototxtMessage, field: string): TextEdit {
  const brace = message.end - 1;
  const last = message.fields.at(-1);
  const inside = text.slice(last?.end ?? message.start + 1, brace);
  if (last && inside.includes('\n')) {
    const insert = `\n${indentAt(text, last.start)}${field.replaceAll('\n', `\n${indentAt(text, last.start)}`)}`;
    return { start: last.end, end: last.end, insert };
  }
  const space = last ? (/\s$/.test(text.slice(0, brace)) ? '' : ' ') : '';
  return { start: brace, end: brace, insert: `${space}${field} ` };
}

/** Gives a scalar field another value, or adds it where it is missing. `value` is written as it is: 12, "relu1", MAX. */
export function setField(text: string, message: PrototxtMessage, name: string, value: string): TextEdit {
  const field = lastField(message, name);
  return field ? setValue(field, value) : appendField(text, message, `${name}: ${value}`);
}

/** The one edit between two texts that are alike at both ends. */
export function editBetween(before: string, after: string): TextEdit[] {
  if (before === after) return [];
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - start;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return [{ start, end: before.length - tail, insert: after.slice(start, after.length - tail) }];
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
