// The words of Protocol Buffers' text format, checked one at a time where the reader stands. Nothing is made of them here,
// so that a file of many small words takes no memory. What is a word follows protobuf.dev, "Text Format Language
// Specification".
import { failAt } from './prototxt-error';

/** The letters and digits of names and of words such as MAX; the sticky flag makes each match begin at lastIndex. */
const identifier = /[A-Za-z_][A-Za-z0-9_]*/y;
/** An unquoted word with what people forget to quote: "conv1/relu", "a-b". */
const looseWord = /[A-Za-z_][\w./+-]*/y;
const looseNumber = /[0-9.](?:[eE][+-]|[\w.])*/y;
const decimal = /(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[fF]?/y;
const hex = /0[xX][0-9a-fA-F]+/y;
const octal = /0[0-7]+/y;
const leadingZero = /0[0-9]+/y;
/** "[caffe.extra]" and "[type.googleapis.com/caffe.Datum]". */
const extension = /\[[ \t]*[A-Za-z_][\w.-]*(?:\/[\w.]+)?[ \t]*\]/y;

const named: Record<string, number> = { inf: Infinity, infinity: Infinity, nan: NaN };
/** Enough of a text to be recognised in a message. */
export const brief = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}...` : text);

const namedNumber = (word: string): number | undefined =>
  word.length <= 8 && Object.hasOwn(named, word.toLowerCase()) ? named[word.toLowerCase()] : undefined;

export class Tokens {
  readonly text: string;
  /** The offset of the next character. */
  at: number;
  /** Where the last match of a pattern ended. */
  #end = 0;

  constructor(text: string, at: number) {
    this.text = text;
    this.at = at;
  }

  fail(start: number, end: number, why: string): never {
    return failAt(this.text, start, end, why);
  }

  /** Goes to the next character that is neither blank nor in a comment, and gives it; '' at the end. */
  peek(): string {
    const { text } = this;
    for (; this.at < text.length; this.at++) {
      const c = text.charCodeAt(this.at);
      if (c === 0x23) {
        const end = text.indexOf('\n', this.at);
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
    const isWord = this.#match(looseWord) || this.#match(looseNumber);
    return `"${brief(isWord ? this.text.slice(this.at, this.#end) : c)}"`;
  }

  /** Steps over the name of a field. */
  stepName(): void {
    const start = this.at;
    if (!this.#match(identifier) && !this.#match(extension)) {
      this.fail(start, start + 1, `the name of a field was expected, not ${this.shown()}.`);
    }
    this.at = this.#end;
  }

  /** The name that begins at `start`, where stepName() has found one. */
  nameAt(start: number): string {
    if (this.#matchAt(identifier, start)) return this.text.slice(start, this.#end);
    this.#matchAt(extension, start);
    return this.text.slice(start, this.#end).replace(/[ \t]/g, '');
  }

  /**
   * Steps over a number, with its sign if it has one, or a bare word.
   * @param nameAt where the name of its field begins, for messages.
   * @returns where the number or word begins, which is after its sign.
   */
  stepScalar(nameAt: number): number {
    const start = this.at;
    if ('+-'.includes(this.text[start]!)) this.at++;
    // Blanks and comments may stand between a sign and its number.
    this.peek();
    const { at } = this;
    if (this.#match(looseWord)) {
      const end = (this.at = this.#end);
      const signed = at > start;
      if (signed && namedNumber(this.text.slice(at, end)) === undefined) {
        this.#failScalar(nameAt, start, end, 'has a sign before "', at, '", which is no number.');
      }
      if (!this.#matchAt(identifier, at, end)) {
        this.#failScalar(nameAt, start, end, 'needs quotes around its text: "', at, '".');
      }
      return at;
    }
    if (!this.#match(looseNumber)) {
      const name = brief(this.nameAt(nameAt));
      this.fail(start, this.at + 1, `"${name}" needs a value, not ${this.shown()}.`);
    }
    const end = (this.at = this.#end);
    if (this.#matchAt(decimal, at, end) || this.#matchAt(hex, at, end) || this.#matchAt(octal, at, end)) {
      return at;
    }
    if (this.#matchAt(leadingZero, at, end)) {
      const digits = brief(this.text.slice(at, end));
      const why = `${digits} begins with 0 and is therefore octal, but has an 8 or 9. Leave out the 0.`;
      this.fail(start, end, why);
    }
    return this.#failScalar(nameAt, start, end, 'needs a number or a text in quotes, not "', at, '".');
  }

  /** Refuses the scalar from `start` up to `end`: the field's name, `before`, the scalar from `at` on, `after`. */
  #failScalar(nameAt: number, start: number, end: number, before: string, at: number, after: string): never {
    const name = brief(this.nameAt(nameAt));
    return this.fail(start, end, `"${name}" ${before}${brief(this.text.slice(at, end))}${after}`);
  }

  /** What stepScalar() has stepped over: from `start`, with the number or word from `at` up to `end`. */
  scalarAt(start: number, at: number, end: number): number | string {
    const sign = this.text[start] === '-' ? -1 : 1;
    const word = this.text.slice(at, end);
    if (/^[A-Za-z_]/.test(word)) {
      const value = namedNumber(word);
      return value === undefined ? word : sign * value;
    }
    if (this.#matchAt(octal, at, end)) return sign * parseInt(word, 8);
    return sign * Number(this.#matchAt(hex, at, end) ? word : word.replace(/[fF]$/, ''));
  }

  /**
   * Steps over one string, or several in a row, which are one. `at` is left after the last, not after the blanks behind it.
   * @returns whether it is a single one without backslashes, so that its text is what stands between its quotes.
   */
  stepStrings(): boolean {
    const { text, at: start } = this;
    let end = start;
    let plain = true;
    while (this.peek() === '"' || text[this.at] === "'") {
      const opened = this.at;
      const quote = text.charCodeAt(opened);
      plain &&= opened === start;
      for (this.at++; ; this.at++) {
        const c = text.charCodeAt(this.at);
        if (c === quote) break;
        if (c === 0x0a || Number.isNaN(c)) {
          this.fail(opened, this.at, 'a text is opened here and not closed on the same line.');
        }
        if (c !== 0x5c) continue;
        plain = false;
        if (this.at + 1 < text.length && text[this.at + 1] !== '\n') this.at++;
      }
      end = ++this.at;
    }
    this.at = end;
    return plain;
  }

  /** Whether the pattern fits here; `#end` is then where it ends. */
  #match(pattern: RegExp): boolean {
    return this.#matchAt(pattern, this.at);
  }

  /** Whether the pattern fits at `start` and, where `end` is given, up to there. test() makes no list of matches. */
  #matchAt(pattern: RegExp, start: number, end?: number): boolean {
    pattern.lastIndex = start;
    if (!pattern.test(this.text)) return false;
    this.#end = pattern.lastIndex;
    return end === undefined || this.#end === end;
  }
}
