// Small changes of a prototxt that keep its comments and layout.
import type { PrototxtField, PrototxtMessage, TextEdit } from '../formats/prototxt';

const fieldsOf = (message: PrototxtMessage, name: string): PrototxtField[] =>
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
function indentAt(text: string, at: number): string {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, at))![0];
}

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
  return field
    ? { start: field.value.start, end: field.value.end, insert: value }
    : appendField(text, message, `${name}: ${value}`);
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
