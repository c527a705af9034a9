// Protocol Buffers' text format, as Caffe's networks are written in it: fields in order, each with its line.
import { AppError } from '../core/errors';

/** A scalar as written: a quoted string, a number, or a bare word (an enum value, true, false). */
export type PrototxtScalar =
  { kind: 'string'; text: string } | { kind: 'number'; value: number } | { kind: 'word'; text: string };

export type PrototxtValue = PrototxtScalar | PrototxtMessage;

export interface PrototxtField {
  name: string;
  line: number;
  value: PrototxtValue;
}

export interface PrototxtMessage {
  kind: 'message';
  line: number;
  fields: PrototxtField[];
}

interface Token {
  kind: 'punctuation' | 'string' | 'word';
  text: string;
  line: number;
}

function fail(line: number, message: string): never {
  throw new AppError('bad-network', `Line ${line}: ${message}`, { line });
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', '\\': '\\', "'": "'", '"': '"' };

function readString(text: string, start: number, line: number): { text: string; end: number } {
  const quote = text[start];
  let out = '';
  for (let i = start + 1; i < text.length; i++) {
    const c = text[i]!;
    if (c === quote) return { text: out, end: i + 1 };
    if (c === '\n') break;
    if (c !== '\\') {
      out += c;
      continue;
    }
    const octal = /^[0-7]{1,3}/.exec(text.slice(i + 1, i + 4));
    const hex = /^[xX]([0-9a-fA-F]{1,2})/.exec(text.slice(i + 1, i + 4));
    if (octal) {
      out += String.fromCharCode(parseInt(octal[0], 8));
      i += octal[0].length;
    } else if (hex) {
      out += String.fromCharCode(parseInt(hex[1]!, 16));
      i += hex[0].length;
    } else {
      const escaped = escapes[text[++i] ?? ''];
      if (escaped === undefined) fail(line, `"\\${text[i] ?? ''}" is no escape that strings know.`);
      out += escaped;
    }
  }
  return fail(line, 'a string is opened here and not closed on the same line.');
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (let i = 0; i < text.length;) {
    const c = text[i]!;
    if (c === '\n') line++;
    if (/[\s,;\uFEFF]/.test(c)) {
      i++;
    } else if (c === '#') {
      while (i < text.length && text[i] !== '\n') i++;
    } else if ('{}<>[]:'.includes(c)) {
      tokens.push({ kind: 'punctuation', text: c, line });
      i++;
    } else if (c === '"' || c === "'") {
      const string = readString(text, i, line);
      const last = tokens.at(-1);
      // Adjacent strings are one string, as in C.
      if (last?.kind === 'string') last.text += string.text;
      else tokens.push({ kind: 'string', text: string.text, line });
      i = string.end;
    } else {
      const word = /^[A-Za-z0-9_.+-]+/.exec(text.slice(i, i + 256))?.[0];
      if (!word) fail(line, `"${c}" does not belong in a network description.`);
      tokens.push({ kind: 'word', text: word, line });
      i += word.length;
    }
  }
  return tokens;
}

function scalar(token: Token): PrototxtScalar {
  if (token.kind === 'string') return { kind: 'string', text: token.text };
  if (token.kind === 'punctuation') fail(token.line, `a value is missing before "${token.text}".`);
  const digits = token.text.replace(/[fF]$/, '');
  const value = /^[+-]?(0[xX][0-9a-fA-F]+|\d*\.?\d+([eE][+-]?\d+)?|\d+\.)$/.test(digits)
    ? Number(digits)
    : NaN;
  return Number.isNaN(value) ? { kind: 'word', text: token.text } : { kind: 'number', value };
}

const closing: Record<string, string> = { '{': '}', '<': '>' };

/**
 * Reads text format into fields in the order of the file.
 * @throws AppError 'bad-network' whose message and details name the line.
 */
export function parsePrototxt(text: string): PrototxtMessage {
  const tokens = tokenize(text);
  let at = 0;
  const readFields = (end: string | null, opened: number): PrototxtField[] => {
    const fields: PrototxtField[] = [];
    for (;;) {
      const token = tokens[at];
      if (!token) {
        if (end) fail(opened, `a "${end === '}' ? '{' : '<'}" is opened here and never closed.`);
        return fields;
      }
      at++;
      if (token.text === end && token.kind === 'punctuation') return fields;
      if (token.kind !== 'word') fail(token.line, `a field name was expected, not "${token.text}".`);
      readValues(token, fields);
    }
  };
  const readValues = (name: Token, fields: PrototxtField[]) => {
    const next = () => tokens[at] ?? fail(name.line, `"${name.text}" has no value.`);
    const one = () => {
      const token = next();
      at++;
      const end = token.kind === 'punctuation' ? closing[token.text] : undefined;
      const value: PrototxtValue = end
        ? { kind: 'message', line: token.line, fields: readFields(end, token.line) }
        : scalar(token);
      fields.push({ name: name.text, line: name.line, value });
    };
    if (next().text === ':' && next().kind === 'punctuation') at++;
    else if (!closing[next().text]) fail(name.line, `"${name.text}" needs a ":" before its value.`);
    if (next().text === '[' && next().kind === 'punctuation') {
      at++;
      while (!(next().kind === 'punctuation' && next().text === ']')) one();
      at++;
    } else {
      one();
    }
  };
  return { kind: 'message', line: 1, fields: readFields(null, 1) };
}

function writeScalar(value: PrototxtScalar): string {
  if (value.kind === 'number') return String(value.value);
  if (value.kind === 'word') return value.text;
  const escaped = value.text.replace(/[\\"\n\r\t]/g, (c) => {
    const name = Object.entries(escapes).find(([, char]) => char === c)![0];
    return '\\' + name;
  });
  return `"${escaped}"`;
}

/** Writes text format, two spaces a level, one field a line. Comments are not kept. */
export function writePrototxt(message: PrototxtMessage, indent = ''): string {
  return message.fields
    .map(({ name, value }) =>
      value.kind === 'message'
        ? `${indent}${name} {\n${writePrototxt(value, indent + '  ')}${indent}}\n`
        : `${indent}${name}: ${writeScalar(value)}\n`,
    )
    .join('');
}
