// The grammar of text format. A file is read once to check all of it, and again, one message at a time, when somebody
// looks into it: a record for every field would take many times the memory of the file.
import { failAt } from './prototxt-error';
import { Lines, MessageSpans } from './prototxt-index';
import { checkStrings, unescapeStrings } from './prototxt-strings';
import { brief, Tokens } from './prototxt-tokens';
import type { PrototxtField, PrototxtMessage, PrototxtScalar } from './prototxt';

/** Networks nest four deep; a file that nests deeper than this was made to exhaust the stack. */
const MAX_DEPTH = 64;
/** A ResNet of 152 layers has under ten thousand fields. */
const MAX_FIELDS = 100_000;
const MAX_CHARACTERS = 2 ** 24;

/** A text that has been checked, and what helps to find one's way in it. */
class Source {
  readonly text: string;
  readonly spans = new MessageSpans();
  readonly lines: Lines;

  constructor(text: string) {
    this.text = text;
    this.lines = new Lines(text);
  }

  /** Where the first field may begin: after a byte order mark. */
  get start(): number {
    return this.text.startsWith('\uFEFF') ? 1 : 0;
  }
}

/** A message whose fields are read when they are asked for. */
class Message implements PrototxtMessage {
  readonly kind = 'message';
  readonly start: number;
  readonly end: number;
  readonly #source: Source;
  #fields: PrototxtField[] | undefined;

  constructor(source: Source, start: number, end: number) {
    this.#source = source;
    this.start = start;
    this.end = end;
  }

  get line(): number {
    return this.#source.lines.lineAt(this.start);
  }

  get fields(): PrototxtField[] {
    return (this.#fields ??= fieldsAfter(this.#source, this.start + 1));
  }
}

/** A whole file. It keeps none of its fields: who holds a file would else come to hold all that was ever looked at. */
class File implements PrototxtMessage {
  readonly kind = 'message';
  readonly line = 1;
  readonly start = 0;
  readonly end: number;
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
    this.end = source.text.length;
  }

  get fields(): PrototxtField[] {
    return fieldsAfter(this.#source, this.#source.start);
  }
}

/** The fields of the message or file whose first one begins at `at` or after it. */
function fieldsAfter(source: Source, at: number): PrototxtField[] {
  const out: PrototxtField[] = [];
  new Reader(source, at).message(-1, -1, 1, out);
  // An array that grew has room for more.
  return out.slice();
}

class Reader {
  readonly #source: Source;
  readonly #tokens: Tokens;
  /** True while the file is read for the first time. */
  readonly #isFirst: boolean;
  #fields = 0;

  constructor(source: Source, at: number, isFirst = false) {
    this.#source = source;
    this.#tokens = new Tokens(source.text, at);
    this.#isFirst = isFirst;
  }

  /**
   * Reads fields up to the brace that closes the one at `opened`, which is stepped over, or up to the end of the file.
   * @param opened -1 in a file, and in a message that has been checked.
   * @param nameAt where the name of the field begins that the message belongs to.
   * @param out receives the fields; null to check them only.
   */
  message(opened: number, nameAt: number, depth: number, out: PrototxtField[] | null): void {
    const tokens: Tokens = this.#tokens;
    for (;;) {
      const c = tokens.peek();
      const { at } = tokens;
      if (!c) {
        if (opened < 0) return;
        const what = `the "${tokens.text[opened]}" of "${brief(tokens.nameAt(nameAt))}"`;
        tokens.fail(opened, opened + 1, `${what} is opened here and never closed.`);
      }
      if (c === '}' || c === '>') {
        if (opened < 0 && !this.#isFirst) return;
        if (opened < 0) tokens.fail(at, at + 1, `this "${c}" closes nothing; there is one too many.`);
        if ((c === '}') !== (tokens.text[opened] === '{')) {
          const what = `the "${tokens.text[opened]}" of "${brief(tokens.nameAt(nameAt))}"`;
          const line = this.#source.lines.lineAt(nameAt);
          tokens.fail(at, at + 1, `"${c}" cannot close ${what} in line ${line}.`);
        }
        tokens.at++;
        return;
      }
      this.#field(depth, out);
      if (!tokens.take(',')) tokens.take(';');
    }
  }

  /** Reads one field, or one of each element of a list. */
  #field(depth: number, out: PrototxtField[] | null): void {
    const tokens: Tokens = this.#tokens;
    const { at: start } = tokens;
    tokens.stepName();
    const colon = tokens.take(':');
    if (!tokens.take('[')) return this.#value(start, colon, depth, out);
    const first = out?.length ?? 0;
    if (!tokens.take(']')) {
      do this.#value(start, colon, depth, out);
      while (tokens.take(','));
      if (!tokens.take(']')) {
        const name = brief(tokens.nameAt(start));
        const why = `the list of "${name}" goes on with "," or ends with "]", not ${tokens.shown()}.`;
        tokens.fail(tokens.at, tokens.at + 1, why);
      }
    }
    if (out) for (let i = first; i < out.length; i++) out[i]!.end = tokens.at;
  }

  /** Reads a value of the field whose name begins at `nameAt`. */
  #value(nameAt: number, colon: boolean, depth: number, out: PrototxtField[] | null): void {
    const tokens: Tokens = this.#tokens;
    if (++this.#fields > MAX_FIELDS) {
      const why = `here begins field ${MAX_FIELDS + 1}; a network may have ${MAX_FIELDS}.`;
      tokens.fail(nameAt, tokens.at, why);
    }
    const c = tokens.peek();
    const { at: start } = tokens;
    if (c === '{' || c === '<') {
      this.#skipMessage(start, nameAt, depth);
      if (out) this.#add(out, nameAt, new Message(this.#source, start, tokens.at));
      return;
    }
    if (!colon) {
      const name = tokens.nameAt(nameAt);
      if (name === 'layer' || name === 'layers' || name.endsWith('_param'))
        tokens.fail(start, start + 1, `"{" is missing after "${brief(name)}".`);
      const instead = c === '=' ? ', not "="' : '';
      tokens.fail(start, start + 1, `"${brief(name)}" needs a ":" before its value${instead}.`);
    }
    if (c === '"' || c === "'") {
      const plain = tokens.stepStrings();
      const { at: end } = tokens;
      if (out) {
        const { text } = tokens;
        const value = plain ? text.slice(start + 1, end - 1) : unescapeStrings(text, start, end);
        this.#add(out, nameAt, { kind: 'string', text: value, start, end });
      } else if (!plain) checkStrings(tokens.text, start, end);
      return;
    }
    const at = tokens.stepScalar(nameAt);
    const { at: end } = tokens;
    if (out) {
      const value = tokens.scalarAt(start, at, end);
      const scalar: PrototxtScalar =
        typeof value === 'number'
          ? { kind: 'number', value, start, end }
          : { kind: 'word', text: value, start, end };
      this.#add(out, nameAt, scalar);
    } else if (tokens.peek() === ':') {
      const word = tokens.scalarAt(start, at, end);
      if (typeof word === 'number') return;
      const name = brief(tokens.nameAt(nameAt));
      const why = `"${name}" has no value: after its ":" comes the field "${brief(word)}".`;
      tokens.fail(start, end, why);
    }
  }

  /** Steps over the message that begins at `start`: by checking it, or by its length where that is known. */
  #skipMessage(start: number, nameAt: number, depth: number): void {
    const tokens: Tokens = this.#tokens;
    const { spans } = this.#source;
    const known = this.#isFirst ? 0 : spans.endOf(start);
    if (known) {
      tokens.at = known;
      return;
    }
    if (depth >= MAX_DEPTH)
      tokens.fail(start, start + 1, `messages are nested more than ${MAX_DEPTH} deep here.`);
    tokens.at++;
    const slot = this.#isFirst ? spans.open(start) : 0;
    this.message(start, nameAt, depth + 1, null);
    if (this.#isFirst) spans.close(slot, tokens.at);
  }

  #add(out: PrototxtField[], start: number, value: PrototxtField['value']): void {
    const name = this.#tokens.nameAt(start);
    out.push({ name, line: this.#source.lines.lineAt(start), start, end: value.end, value });
  }
}

/** See parsePrototxt. */
export function readPrototxt(text: string): PrototxtMessage {
  if (text.length > MAX_CHARACTERS) {
    failAt(text, 0, 0, `the text has ${text.length} characters; a network may have ${MAX_CHARACTERS}.`);
  }
  const source = new Source(text);
  try {
    new Reader(source, source.start, true).message(-1, -1, 1, null);
  } finally {
    // Also where the text is refused: an error may keep alive what its stack mentions.
    source.spans.trim();
  }
  return new File(source);
}
