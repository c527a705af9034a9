// The header of a .safetensors file. The format allows so little of JSON that it is read directly: JSON.parse would hide
// a key that occurs twice, and would build whatever else the file has before anybody could refuse it.
import { Entries } from './safetensors-entries';

/** What the format, or Intarsia's own limits, can find wrong: the values of `details.rule`. */
export type SafetensorsRule =
  | 'header-length'
  | 'header-too-large'
  | 'header-start'
  | 'truncated'
  | 'not-utf8'
  | 'not-json'
  | 'not-a-tensor'
  | 'unknown-field'
  | 'duplicate-key'
  | 'metadata-not-strings'
  | 'too-many-entries'
  | 'bad-dtype'
  | 'unsupported-dtype'
  | 'not-exact'
  | 'bad-shape'
  | 'shape-overflow'
  | 'bad-offsets'
  | 'size-mismatch'
  | 'overlap'
  | 'hole'
  | 'trailing-bytes';

/** Refuses the file; `tensor` is the entry it is about, '' where it is about the whole. */
export type RefuseSafetensors = (rule: SafetensorsRule, why: string, tensor?: string) => never;

export interface TensorEntry {
  dtype: string;
  shape: number[];
  /** Where its bytes begin and end, counted from the end of the header. */
  offsets: [from: number, to: number];
}

/** What a header says; each entry is read from its text when it is asked for. */
export interface SafetensorsHeader {
  metadata: Entries<string>;
  tensors: Entries<TensorEntry>;
}

/** The largest language models have a few thousand tensors in a file. */
const MAX_ENTRIES = 20_000;
/** As many as PyTorch and NumPy take. */
const MAX_AXES = 64;

const blanks = /[ \t\r\n]*/y;
const integer = /(?:0|[1-9][0-9]*)(?![0-9.eE])/y;
const fields = ['dtype', 'shape', 'data_offsets'];

/** Enough of a name to be recognised in a message. */
export const brief = (name: string): string => (name.length > 80 ? `${name.slice(0, 80)}...` : name);

class HeaderReader {
  readonly #text: string;
  readonly #refuse: RefuseSafetensors;
  #at = 0;
  #entries = 0;

  constructor(text: string, refuse: RefuseSafetensors) {
    this.#text = text;
    this.#refuse = refuse;
  }

  read(): SafetensorsHeader {
    const keyAt = (at: number) => this.#keyAt(at);
    const metadata = new Entries({ keyAt, valueAt: (at) => (this.#keyAt(at), this.#string()) });
    const tensors = new Entries({ keyAt, valueAt: (at) => this.#tensor(this.#keyAt(at)) });
    let told = false;
    this.#object((key, at) => {
      this.#count();
      if (key !== '__metadata__') {
        if (!this.#add(tensors, key, at)) this.#twice(key, '');
        this.#tensor(key);
        return;
      }
      if (told) this.#twice(key, '');
      told = true;
      const strings = () => this.#refuse('metadata-not-strings', 'its __metadata__ are not a list of texts');
      if (this.#peek() !== '{') strings();
      this.#object((name, at) => {
        this.#count();
        if (!this.#add(metadata, name, at)) this.#twice(name, key);
        if (this.#peek() !== '"') strings();
        this.#string();
      });
    });
    if (this.#peek()) this.#notJson();
    return { metadata, tensors };
  }

  /** Takes in a key; looking for one like it reads elsewhere in the text. */
  #add(entries: Entries<unknown>, key: string, keyAt: number): boolean {
    const at = this.#at;
    const isNew = entries.add(key, keyAt);
    this.#at = at;
    return isNew;
  }

  /** Goes to the key at this offset and on to its value. */
  #keyAt(at: number): string {
    this.#at = at;
    const key = this.#string();
    this.#take(':');
    this.#peek();
    return key;
  }

  #tensor(name: string): TensorEntry {
    const fail = (rule: SafetensorsRule, why: string) => this.#refuse(rule, why, name);
    const shown = brief(name);
    const found: Partial<TensorEntry> = {};
    const seen = new Set<string>();
    if (this.#peek() !== '{') fail('not-a-tensor', `"${shown}" is not described as a tensor`);
    this.#object((field) => {
      if (!fields.includes(field))
        fail('unknown-field', `"${shown}" has the unknown field "${brief(field)}"`);
      if (seen.has(field)) this.#twice(field, name);
      seen.add(field);
      if (field === 'dtype') {
        if (this.#peek() !== '"') fail('bad-dtype', `the dtype of "${shown}" is not a text`);
        found.dtype = this.#string();
      } else if (field === 'shape') {
        const why = `the shape of "${shown}" is not a list of at most ${MAX_AXES} whole numbers`;
        found.shape = this.#integers(MAX_AXES, () => fail('bad-shape', why));
      } else {
        const bad = () => fail('bad-offsets', `the data_offsets of "${shown}" are not two positions`);
        const offsets = this.#integers(2, bad);
        if (offsets.length < 2) bad();
        found.offsets = [offsets[0]!, offsets[1]!];
      }
    });
    const { dtype, shape, offsets } = found;
    if (dtype === undefined) return fail('bad-dtype', `"${shown}" has no dtype`);
    if (!shape) return fail('bad-shape', `"${shown}" has no shape`);
    if (!offsets) return fail('bad-offsets', `"${shown}" has no data_offsets`);
    return { dtype, shape, offsets };
  }

  #notJson(): never {
    return this.#refuse('not-json', `its header is not JSON at character ${this.#at + 1}`);
  }

  #twice(key: string, tensor: string): never {
    return this.#refuse('duplicate-key', `its header has "${brief(key)}" twice`, tensor);
  }

  /** Goes to the next character that is not blank; '' at the end. */
  #peek(): string {
    blanks.lastIndex = this.#at;
    blanks.exec(this.#text);
    this.#at = blanks.lastIndex;
    return this.#text[this.#at] ?? '';
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }

  /** Reads an object; `value` reads what belongs to a key, which begins at `at`. */
  #object(value: (key: string, at: number) => void): void {
    if (!this.#take('{')) this.#notJson();
    if (this.#take('}')) return;
    do {
      if (this.#peek() !== '"') this.#notJson();
      const at = this.#at;
      const key = this.#string();
      if (!this.#take(':')) this.#notJson();
      value(key, at);
    } while (this.#take(','));
    if (!this.#take('}')) this.#notJson();
  }

  #count(): void {
    if (++this.#entries > MAX_ENTRIES) {
      this.#refuse('too-many-entries', `its header has more than ${MAX_ENTRIES} entries`);
    }
  }

  #string(): string {
    const start = this.#at;
    let end = start + 1;
    for (; this.#text[end] !== '"'; end++) {
      if (end >= this.#text.length) this.#notJson();
      if (this.#text[end] === '\\') end++;
    }
    try {
      const text = JSON.parse(this.#text.slice(start, end + 1)) as string;
      this.#at = end + 1;
      return text;
    } catch {
      return this.#notJson();
    }
  }

  #integers(most: number, bad: () => never): number[] {
    const found: number[] = [];
    if (!this.#take('[')) bad();
    if (this.#take(']')) return found;
    do {
      this.#peek();
      integer.lastIndex = this.#at;
      const digits = integer.exec(this.#text)?.[0];
      if (digits === undefined || found.length === most) return bad();
      this.#at += digits.length;
      found.push(Number(digits));
    } while (this.#take(','));
    if (!this.#take(']')) bad();
    return found;
  }
}

/** Checks the JSON text, but not what it says of the data. It keeps the text. Numbers above 2^53 are not exact. */
export function readSafetensorsHeader(text: string, refuse: RefuseSafetensors): SafetensorsHeader {
  return new HeaderReader(text, refuse).read();
}
