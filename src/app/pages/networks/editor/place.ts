// Where in a network description an offset is: in which messages, and at a name, a value or in a string.
import { isClosed, scan, type Token } from './scan';

export interface Place {
  kind: 'name' | 'value' | 'string' | 'comment';
  /** The fields of the messages around, from outside in. */
  path: string[];
  /** The field whose value is here; empty at a name. */
  field: string;
  /** Where what is being written begins. */
  from: number;
  /** The fields that the innermost message has before and after, with their scalar values. */
  present: ReadonlyMap<string, readonly string[]>;
}

interface Frame {
  field: string;
  present: Map<string, string[]>;
}

/** Reads fields in one message after another; knows at each token what the next may be. */
class Reader {
  readonly frames: Frame[] = [{ field: '', present: new Map() }];
  name = '';
  wantsValue = false;
  private inList = false;

  get frame(): Frame {
    return this.frames.at(-1)!;
  }

  add(value: string): void {
    const { present } = this.frame;
    present.set(this.name, [...(present.get(this.name) ?? []), value]);
    this.wantsValue = this.inList;
  }

  take(text: string, token: Token): void {
    const source = text.slice(token.from, token.to);
    if (token.kind === 'string') this.add(source.slice(1, isClosed(text, token) ? -1 : undefined));
    else if (token.kind === 'word' && this.wantsValue) this.add(source);
    else if (token.kind === 'word') this.name = source;
    else if (token.kind === 'sign') this.sign(source);
  }

  private sign(sign: string): void {
    if (sign === ':') this.wantsValue = true;
    else if (sign === '[' || sign === ']') this.wantsValue = this.inList = sign === '[';
    else if (sign === '{' || sign === '<') {
      this.add('');
      this.frames.push({ field: this.name, present: new Map() });
      this.wantsValue = this.inList = false;
    } else if ((sign === '}' || sign === '>') && this.frames.length > 1) {
      this.frames.pop();
      this.wantsValue = false;
    }
  }
}

/** Adds the fields that follow in the same message. */
function readAhead(text: string, from: number, frame: Frame): void {
  const ahead = new Reader();
  ahead.frames[0] = frame;
  for (const token of scan(text, from)) {
    const sign = text[token.from];
    if (ahead.frames.length === 1 && token.kind === 'sign' && (sign === '}' || sign === '>')) return;
    ahead.take(text, token);
  }
}

/** The place of an offset in a text that may be wrong or unfinished. */
export function placeAt(text: string, offset: number): Place {
  const reader = new Reader();
  let last: Token | null = null;
  for (const token of scan(text, 0, offset)) {
    last = token;
    const unfinished = token.to === offset && (token.kind === 'word' || token.kind === 'comment');
    const open = token.to === offset && token.kind === 'string' && !isClosed(text, token);
    if (unfinished || open) break;
    reader.take(text, token);
    last = null;
  }
  const kind =
    last?.kind === 'string' || last?.kind === 'comment' ? last.kind : reader.wantsValue ? 'value' : 'name';
  // The rest of the string or word under the cursor belongs to it.
  const rest = last
    ? (last.kind === 'string' ? /^[^"'\n]*["']?/ : /^[\w.+-]*/).exec(text.slice(offset))![0].length
    : 0;
  readAhead(text, offset + rest, reader.frame);
  return {
    kind,
    path: reader.frames.slice(1).map(({ field }) => field),
    field: kind === 'name' || kind === 'comment' ? '' : reader.name,
    from: last ? last.from + (last.kind === 'string' ? 1 : 0) : offset,
    present: reader.frame.present,
  };
}
