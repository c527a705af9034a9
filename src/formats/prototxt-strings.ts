// The escapes in text format's strings. Some name characters, some name bytes, and the bytes together must be UTF-8.
import { failAt } from './prototxt-error';

const named: Record<string, number> = {
  ...{ a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 },
  ...{ '\\': 0x5c, "'": 0x27, '"': 0x22, '?': 0x3f },
};
const encoder = new TextEncoder();
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const octal = /[0-7]{1,3}/y;
const hex = /[xX][0-9a-fA-F]{1,2}/y;
const unicode = /u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}/y;

/** What a string consists of, in order. */
interface Pieces {
  /** Characters that stand for themselves, as offsets in the text. */
  plain(from: number, to: number): void;
  /** A byte of a character's UTF-8 form. */
  byte(byte: number): void;
  character(code: number): void;
}

/**
 * Tells `pieces` what one or more quoted strings in a row consist of; blanks and comments may stand between them.
 * @param start where the first one's quote stands; each is known to be closed.
 * @param end one past the last one's quote.
 */
function readPieces(text: string, start: number, end: number, pieces: Pieces): void {
  let at = start;
  /** Steps over a match of the pattern. @returns whether there is one. */
  const step = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const fail = (from: number, why: string) => failAt(text, from, Math.max(at, from + 1), why);

  /** `at` stands after the backslash. */
  const escape = () => {
    const from = at - 1;
    const digits = at;
    const letter = text[at] ?? '';
    if (Object.hasOwn(named, letter)) {
      at++;
      return pieces.byte(named[letter]!);
    }
    if (step(octal)) {
      const byte = parseInt(text.slice(digits, at), 8);
      if (byte > 255) fail(from, `"${text.slice(from, at)}" is more than a byte can hold.`);
      return pieces.byte(byte);
    }
    if (step(hex)) return pieces.byte(parseInt(text.slice(digits + 1, at), 16));
    if (!step(unicode)) fail(from, `"\\${letter}" is no escape that texts know.`);
    let code = parseInt(text.slice(digits + 1, at), 16);
    // Two halves, as JSON writes them, are one character.
    if (code >= 0xd800 && code < 0xdc00 && text[at] === '\\') {
      const second = ++at;
      const low = step(unicode) ? parseInt(text.slice(second + 1, at), 16) : 0;
      if (low >= 0xdc00 && low < 0xe000) code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
      fail(from, `"${text.slice(from, at)}" names no character.`);
    }
    pieces.character(code);
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
      if (at > from) pieces.plain(from, at);
      at++;
      escape();
      from = at;
    }
    if (at > from) pieces.plain(from, at);
    at++;
  }
}

/** Whether pieces are UTF-8 together, by the ranges of RFC 3629, section 4, and how many bytes they surely fit in. */
class Utf8Check implements Pieces {
  sizeBytes = 0;
  #valid = true;
  /** Bytes that are missing of the character that has begun, and the range of the next one. */
  #missing = 0;
  #low = 0x80;
  #high = 0xbf;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get valid(): boolean {
    return this.#valid && !this.#missing;
  }

  plain(from: number, to: number): void {
    for (let at = from; at < to; at++) this.sizeBytes += this.#text.charCodeAt(at) > 0x7f ? 3 : 1;
    this.#whole();
  }

  character(): void {
    this.sizeBytes += 4;
    this.#whole();
  }

  byte(byte: number): void {
    this.sizeBytes++;
    if (this.#missing) {
      this.#valid &&= byte >= this.#low && byte <= this.#high;
      this.#missing--;
    } else if (byte > 0x7f) {
      this.#valid &&= byte >= 0xc2 && byte <= 0xf4;
      this.#missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    }
    this.#low = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80;
    this.#high = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf;
  }

  /** Between characters that are written out, no other may be open. */
  #whole(): void {
    this.#valid &&= !this.#missing;
    this.#missing = 0;
  }
}

/**
 * Refuses strings in a row (see readPieces) with an unknown escape or bytes that are not UTF-8. Makes no copy of them.
 * @returns a number of bytes that their UTF-8 form fits in.
 * @throws AppError 'bad-network'
 */
export function checkStrings(text: string, start: number, end: number): number {
  const check = new Utf8Check(text);
  readPieces(text, start, end, check);
  if (!check.valid) failAt(text, start, end, 'the bytes that this text names with "\\" are not UTF-8.');
  return check.sizeBytes;
}

/** The text of strings in a row that checkStrings() has found good. */
export function unescapeStrings(text: string, start: number, end: number): string {
  const bytes = new Uint8Array(checkStrings(text, start, end));
  let used = 0;
  const put = (piece: string) => {
    used += encoder.encodeInto(piece, bytes.subarray(used)).written;
  };
  readPieces(text, start, end, {
    plain: (from, to) => put(text.slice(from, to)),
    byte: (byte) => {
      bytes[used++] = byte;
    },
    character: (code) => put(String.fromCodePoint(code)),
  });
  return utf8.decode(bytes.subarray(0, used));
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
