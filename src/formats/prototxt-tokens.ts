// The words of Protocol Buffers' text format, read one at a time where the parser stands; no list of tokens is kept.
// What is a token follows protobuf.dev, "Text Format Language Specification".
import { failAt } from './prototxt-error';
import { unescapeStrings } from './prototxt-strings';

/** The letters and digits of names and of words such as MAX; the sticky flag makes each match begin at lastIndex. */
const identifier = /[A-Za-z_][A-Za-z0-9_]*/y;
/** An unquoted word with what people forget to quote: "conv1/relu", "a-b". */
const looseWord = /[A-Za-z_][\w./+-]*/y;
const looseNumber = /[0-9.](?:[eE][+-]|[\w.])*/y;
const decimal = /^(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[fF]?$/;
const hex = /^0[xX][0-9a-fA-F]+$/;
const octal = /^0[0-7]+$/;
/** "[caffe.extra]" and "[type.googleapis.com/caffe.Datum]". */
const extension = /\[[ \t]*[A-Za-z_][\w.-]*(?:\/[\w.]+)?[ \t]*\]/y;

const named: Record<string, number> = { inf: Infinity, infinity: Infinity, nan: NaN };
/** Enough of a text to be recognised in a message. */
export const brief = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}...` : text);

const namedNumber = (word: string): number | undefined =>
  word.length <= 8 && Object.hasOwn(named, word.toLowerCase()) ? named[word.toLowerCase()] : undefined;

export class Tokens {
  readonly text: string;
  /** The offset of the next character, and the line it is in. */
  at = 0;
  line = 1;
  /** Where the last match of a pattern ended. */
  #end = 0;
  /** One copy of each name, however often it is used. */
  readonly #names = new Map<string, string>();

  constructor(text: string) {
    this.text = text;
    if (text.startsWith('\uFEFF')) this.at = 1;
  }

  fail(start: number, end: number, why: string): never {
    return failAt(this.text, start, end, why);
  }

  /** Goes to the next character that is neither blank nor in a comment, and gives it; '' at the end. */
  peek(): string {
    const { text } = this;
    for (; this.at < text.length; this.at++) {
      const c = text.charCodeAt(this.at);
      if (c === 0x0a) this.line++;
      else if (c === 0x23) {
        const end = text.indexOf('\n', this.at);
        // The line break is left for the next turn, which counts it.
        this.at = (end < 0 ? text.length : end) - 1;
      } else if (c !== 0x20 && (c < 0x09 || c > 0x0d)) return text[this.at]!;
    }
    return '';
  }

  /** Steps over one character if it is there. */
  take(character: string): boolean {
    if (this.peek() !== character) return false;
    this.at++;
    return true;
  }

  /** What stands here, for a message. */
  shown(): string {
    const c = this.peek();
    if (!c) return 'the end of the file';
    const code = this.text.codePointAt(this.at)!;
    if (code > 0x7e || code < 0x20) {
      return `the character U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
    }
    return `"${brief(this.#match(looseWord) ?? this.#match(looseNumber) ?? c)}"`;
  }

  fieldName(): string {
    const start = this.at;
    const name = this.#match(identifier) ?? this.#match(extension)?.replace(/[ \t]/g, '');
    if (name === undefined)
      this.fail(start, start + 1, `the name of a field was expected, not ${this.shown()}.`);
    this.at = this.#end;
    return this.#kept(name);
  }

  /** A number, with its sign if it has one, or a bare word. */
  numberOrWord(name: string): { kind: 'number'; value: number } | { kind: 'word'; text: string } {
    const field = brief(name);
    const start = this.at;
    const sign = this.text[start] === '-' ? -1 : 1;
    if ('+-'.includes(this.text[start]!)) this.at++;
    // Blanks and comments may stand between a sign and its number.
    this.peek();
    const signed = this.at > start;
    const word = this.#match(looseWord);
    if (word !== undefined) {
      const value = namedNumber(word);
      this.at += word.length;
      if (value !== undefined) return { kind: 'number', value: sign * value };
      if (signed)
        this.fail(start, this.at, `"${field}" has a sign before "${brief(word)}", which is no number.`);
      if (!/^\w+$/.test(word))
        this.fail(start, this.at, `"${field}" needs quotes around its text: "${brief(word)}".`);
      return { kind: 'word', text: this.#kept(word) };
    }
    const digits = this.#match(looseNumber);
    if (digits === undefined) this.fail(start, this.at + 1, `"${field}" needs a value, not ${this.shown()}.`);
    this.at += digits.length;
    if (decimal.test(digits)) return { kind: 'number', value: sign * Number(digits.replace(/[fF]$/, '')) };
    if (hex.test(digits)) return { kind: 'number', value: sign * Number(digits) };
    if (octal.test(digits)) return { kind: 'number', value: sign * parseInt(digits, 8) };
    if (/^0[0-9]+$/.test(digits)) {
      this.fail(
        start,
        this.at,
        `${brief(digits)} begins with 0 and is therefore octal, but has an 8 or 9. Leave out the 0.`,
      );
    }
    return this.fail(
      start,
      this.at,
      `"${field}" needs a number or a text in quotes, not "${brief(digits)}".`,
    );
  }

  /** One string, or several in a row, which are one. `at` is left after the last, not after the blanks behind it. */
  strings(): string {
    const start = this.at;
    let end = start;
    let line = this.line;
    let size = 0;
    let plain = true;
    while (this.peek() === '"' || this.text[this.at] === "'") {
      const opened = this.at;
      const quote = this.text.charCodeAt(opened);
      plain &&= opened === start;
      for (this.at++; ; this.at++) {
        const c = this.text.charCodeAt(this.at);
        if (c === quote) break;
        if (c === 0x0a || Number.isNaN(c)) {
          this.fail(opened, this.at, 'a text is opened here and not closed on the same line.');
        }
        if (c === 0x5c && this.at + 1 < this.text.length && this.text[this.at + 1] !== '\n') this.at++;
        if (c === 0x5c) plain = false;
        size += c > 0x7f ? 3 : 1;
      }
      end = ++this.at;
      line = this.line;
    }
    this.at = end;
    this.line = line;
    return plain ? this.text.slice(start + 1, end - 1) : unescapeStrings(this.text, start, end, size);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.#end = pattern.lastIndex;
    return found;
  }

  #kept(name: string): string {
    const known = this.#names.get(name);
    if (known === undefined) this.#names.set(name, name);
    return known ?? name;
  }
}
