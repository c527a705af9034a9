// The entries of a JSON object by their keys, in little memory: a Map of records takes many times the text of small ones.

/** Where an object's text is read again. */
export interface EntryReader<Value> {
  /** The key that begins at this offset, with its quote. */
  keyAt: (at: number) => string;
  /** The value of that key. */
  valueAt: (at: number) => Value;
}

/** A number that no file can know, so that none can be made whose keys all meet in one place. */
const SALT = Math.floor(Math.random() * 2 ** 32);

/** FNV-1a over UTF-16 units (Fowler, Noll, Vo; 32 bits), begun with the salt. */
function hashOf(key: string): number {
  let hash = SALT;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Free places. A typed array takes 200 bytes before its first number, a plain one twice as much for every number. */
const places = (length: number): number[] | Int32Array =>
  length > 64 ? new Int32Array(length) : Array<number>(length).fill(0);

/**
 * Entries in the order of the file, each read when it is asked for and anew each time. A hash table of offsets with open
 * addressing finds a key; it takes at most 11 bytes an entry, and 16 while it grows.
 */
export class Entries<Value> implements Iterable<[string, Value]> {
  size = 0;
  readonly #reader: EntryReader<Value>;
  /** Offsets of keys; 0, where the object's brace stands, is a free place. There are always some. */
  #places = places(0);

  constructor(reader: EntryReader<Value>) {
    this.#reader = reader;
  }

  /** Takes in the key that begins at this offset. @returns false where there is one like it. */
  add(key: string, at: number): boolean {
    if ((this.size + 1) * 4 > this.#places.length * 3) this.#grow();
    const place = this.#find(key);
    if (this.#places[place]) return false;
    this.#places[place] = at;
    this.size++;
    return true;
  }

  get(key: string): Value | undefined {
    const at = this.size ? this.#places[this.#find(key)] : 0;
    return at ? this.#reader.valueAt(at) : undefined;
  }

  /** The key of the entry with this number, from 0. */
  keyAt(index: number): string {
    return this.#reader.keyAt(this.#offsets()[index]!);
  }

  /** The same entries with what `change` makes of their values. */
  map<Other>(change: (value: Value) => Other): Entries<Other> {
    const reader = this.#reader;
    const { keyAt } = reader;
    const changed = new Entries<Other>({ keyAt, valueAt: (at) => change(reader.valueAt(at)) });
    changed.size = this.size;
    changed.#places = this.#places;
    return changed;
  }

  /** Where the keys begin, in order. */
  #offsets(): Int32Array {
    const sorted = Int32Array.from(this.#places).sort();
    return sorted.subarray(sorted.length - this.size);
  }

  *[Symbol.iterator](): Generator<[string, Value], void> {
    for (const at of this.#offsets()) yield [this.#reader.keyAt(at), this.#reader.valueAt(at)];
  }

  *keys(): Generator<string, void> {
    for (const at of this.#offsets()) yield this.#reader.keyAt(at);
  }

  *values(): Generator<Value, void> {
    for (const at of this.#offsets()) yield this.#reader.valueAt(at);
  }

  /** The place of the key, or the free place where it would stand. */
  #find(key: string): number {
    const { length } = this.#places;
    let place = hashOf(key) % length;
    for (; this.#places[place]; place = (place + 1) % length) {
      if (this.#reader.keyAt(this.#places[place]!) === key) break;
    }
    return place;
  }

  #grow(): void {
    const before = this.#places;
    this.#places = places(Math.max(4, before.length * 2));
    for (const at of before) if (at) this.#places[this.#find(this.#reader.keyAt(at))] = at;
  }
}
