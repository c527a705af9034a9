// The escapes in text format's strings. Some name characters, some name bytes, and the bytes together must be UTF-8.
import { failAt } from './prototxt-error';

const named: Record<string, number> = {
  ...{ a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 },
  ...{ '\\': 0x5c, "'": 0x27, '"': 0x22, '?': 0x3f },
};
const octal = /[0-7]{1,3}/y;
const hex = /[xX][0-9a-fA-F]{1,2}/y;
const unicode = /u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}/y;

/**
 * The text of one or more quoted strings in a row, with blanks and comments between them.
 * @param start where the first one's quote stands; each is known to be closed.
 * @param end one past the last one's quote.
 * @param size bytes that the UTF-8 form surely fits in.
 */
export function unescapeStrings(text: string, start: number, end: number, size: number): string {
  const bytes = new Uint8Array(size);
  const encoder = new TextEncoder();
  let used = 0;
  let at = start;
  const put = (from: number, to: number) => {
    if (to > from) used += encoder.encodeInto(text.slice(from, to), bytes.subarray(used)).written;
  };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const fail = (from: number, why: string) => failAt(text, from, Math.max(at, from + 1), why);

  /** `at` stands after the backslash. */
  const escape = () => {
    const from = at - 1;
    const letter = text[at] ?? '';
    if (Object.hasOwn(named, letter)) {
      bytes[used++] = named[letter]!;
      at++;
      return;
    }
    const digits = match(octal);
    const byte = digits === undefined ? parseInt(match(hex)?.slice(1) ?? '', 16) : parseInt(digits, 8);
    if (byte > 255) fail(from, `"\\${digits}" is more than a byte can hold.`);
    if (!Number.isNaN(byte)) {
      bytes[used++] = byte;
      return;
    }
    let code = parseInt(match(unicode)?.slice(1) ?? '', 16);
    if (Number.isNaN(code)) fail(from, `"\\${letter}" is no escape that texts know.`);
    // Two halves, as JSON writes them, are one character.
    if (code >= 0xd800 && code < 0xdc00 && text[at] === '\\') {
      at++;
      const low = parseInt(match(unicode)?.slice(1) ?? '', 16);
      if (low >= 0xdc00 && low < 0xe000) code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
      fail(from, `"${text.slice(from, at)}" names no character.`);
    }
    used += encoder.encodeInto(String.fromCodePoint(code), bytes.subarray(used)).written;
  };

  while (at < end) {
    const quote = text[at]!;
    if (quote === '#') at = text.indexOf('\n', at);
    if (quote !== '"' && quote !== "'") {
      at++;
      continue;
    }
    let from = ++at;
    for (; text[at] !== quote;) {
      if (text[at] !== '\\') {
        at++;
        continue;
      }
      put(from, at++);
      escape();
      from = at;
    }
    put(from, at++);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, used));
  } catch {
    return failAt(text, start, end, 'the bytes that this text names with "\\" are not UTF-8.');
  }
}

const writable: Record<string, string> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A text in quotes. Half characters (lone surrogates) are kept, though no file can hold them. */
export function quoteString(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what must be escaped.
  const escaped = text.replace(/[\\"\u0000-\u001f\u007f]/g, (c) => {
    return writable[c] ?? '\\' + c.charCodeAt(0).toString(8).padStart(3, '0');
  });
  return `"${escaped}"`;
}
