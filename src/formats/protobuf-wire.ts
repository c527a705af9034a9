// Protocol Buffers' binary form, field by field, without copies and without a schema (protobuf.dev, "Encoding").

/** How a value is written; 3 and 4, the ends of groups, are refused. */
export const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/**
 * Refuses the file. `rule` is a stable name of what is broken, `at` the offset in the file, and `why` follows the words
 * "at byte N,".
 */
export type Refuse = (rule: string, at: number, why: string) => never;

const utf8 = new TextDecoder();

const MAX_DEPTH = 64;
const MAX_FIELDS = 100_000;

/**
 * Steps through the fields of one message. After next() the value must be read, by the method for its `type`, or left:
 * the next next() steps over it. Every length is checked against what remains of the message that it is in, so that
 * nothing is read or allocated that the file does not have. Time is linear in the bytes.
 */
export class WireReader {
  /** The number and wire type of the field that next() found, and where its tag and its value begin. */
  field = 0;
  type = 0;
  tagAt = 0;
  valueAt = 0;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly refuse: Refuse;
  readonly #view: DataView;
  readonly #depth: number;
  /** Fields left to the file; all readers of it share them. */
  readonly #budget: { fields: number };
  #at: number;
  #tag = -1;
  /** True between next() and the reading of its value. */
  #pending = false;

  /** A reader of all of `bytes`; inner messages come from message(). */
  constructor(bytes: Uint8Array, refuse: Refuse, inner?: { from: WireReader; start: number; end: number }) {
    this.bytes = bytes;
    this.refuse = refuse;
    this.#at = this.start = inner?.start ?? 0;
    this.end = inner?.end ?? bytes.length;
    const from = inner?.from;
    this.#view = from ? from.#view : new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#depth = from ? from.#depth + 1 : 1;
    this.#budget = from ? from.#budget : { fields: MAX_FIELDS };
  }

  /**
   * Goes to the next field; false at the end of the message. A file may have 100,000 fields in all the messages that are
   * looked into; a run of plain numbers with one field number, as old files keep their weights, counts as one.
   */
  next(): boolean {
    if (this.#pending) this.#skip();
    if (this.#at >= this.end) return false;
    this.tagAt = this.#at;
    const tag = this.#varint();
    this.field = Math.floor(tag / 8);
    this.type = tag % 8;
    this.valueAt = this.#at;
    if (tag < 0 || this.field < 1 || this.field >= 2 ** 29) {
      this.refuse('bad-tag', this.tagAt, 'a field has no valid number');
    }
    const { type } = this;
    if (type === 3 || type === 4) {
      this.refuse('group', this.tagAt, 'a group begins or ends, which Caffe never writes');
    }
    if (type > 5) this.refuse('bad-tag', this.tagAt, `a field is written in the unknown way ${type}`);
    const inRun = tag === this.#tag && type !== wire.bytes;
    if (!inRun && --this.#budget.fields < 0) {
      this.refuse('too-many-fields', this.tagAt, `there are more than ${MAX_FIELDS} fields`);
    }
    this.#tag = tag;
    this.#pending = true;
    return true;
  }

  /** Where the value that was read last ended. */
  get position(): number {
    return this.#at;
  }

  /** Refuses a field whose value is not written as `type`. */
  expect(type: number, what: string): void {
    if (this.type !== type) {
      this.refuse('wrong-type', this.tagAt, `${what} has another kind of value than it should`);
    }
  }

  /** A whole number (int32, int64, enum, bool), exact up to 2^53 on either side of 0. */
  varint(what: string): number {
    this.expect(wire.varint, what);
    this.#pending = false;
    return this.#varint();
  }

  float(): number {
    const at = this.#fixed(4);
    return this.#view.getFloat32(at, true);
  }

  double(): number {
    const at = this.#fixed(8);
    return this.#view.getFloat64(at, true);
  }

  /** The offsets in the file of a value with a length: text, packed numbers or a message. */
  range(what: string): { start: number; end: number } {
    this.expect(wire.bytes, what);
    this.#pending = false;
    const start = this.#length();
    return { start, end: this.#at };
  }

  /** A text; bytes that are not UTF-8 become U+FFFD. */
  text(what: string): string {
    return this.textAt(this.range(what));
  }

  /** The text at offsets that range() has given. */
  textAt({ start, end }: { start: number; end: number }): string {
    return utf8.decode(this.bytes.subarray(start, end));
  }

  /** A second reader of the same message, from its beginning. */
  again(): WireReader {
    return new WireReader(this.bytes, this.refuse, { from: this, start: this.start, end: this.end });
  }

  message(what: string): WireReader {
    const { start, end } = this.range(what);
    if (this.#depth >= MAX_DEPTH) {
      this.refuse('too-deep', this.tagAt, `messages are nested more than ${MAX_DEPTH} deep`);
    }
    return new WireReader(this.bytes, this.refuse, { from: this, start, end });
  }

  /** The whole numbers of a repeated field, packed or one by one, appended to `out`, which may come to hold `most`. */
  varints(what: string, out: number[], most: number): void {
    if (this.type === wire.varint) out.push(this.varint(what));
    else {
      const packed = this.message(what);
      while (packed.#at < packed.end && out.length <= most) out.push(packed.#varint());
    }
    if (out.length > most) this.refuse('too-many-values', this.tagAt, `${what} has more than ${most} values`);
  }

  #skip(): void {
    this.#pending = false;
    if (this.type === wire.varint) this.#varint();
    else if (this.type === wire.bytes) this.#length();
    else this.#take(this.type === wire.fixed32 ? 4 : 8);
  }

  #fixed(size: 4 | 8): number {
    this.expect(size === 4 ? wire.fixed32 : wire.fixed64, 'a number');
    this.#pending = false;
    return this.#take(size);
  }

  /** Steps over `size` bytes and gives where they begin. */
  #take(size: number): number {
    const at = this.#at;
    if (!(size <= this.end - at)) {
      const [wanted, left] = [size, this.end - at];
      this.refuse(
        'truncated',
        at,
        `${wanted} more bytes are announced and only ${left} are there; it is cut off or damaged`,
      );
    }
    this.#at += size;
    return at;
  }

  /** Reads a length and steps over that many bytes; gives where they begin. */
  #length(): number {
    const at = this.#at;
    const size = this.#varint();
    if (size < 0) this.refuse('bad-length', at, 'a length is negative');
    return this.#take(size);
  }

  /** Two's complement of 64 bits, seven bits a byte, the lowest first. */
  #varint(): number {
    let low = 0;
    let high = 0;
    for (let i = 0; i < 10; i++) {
      const byte = this.bytes[this.#take(1)]!;
      const bits = byte & 127;
      if (i < 4) low |= bits << (7 * i);
      else if (i === 4) {
        low |= bits << 28;
        high = bits >> 4;
      } else high |= bits << (7 * i - 32);
      if (byte < 128) return high * 2 ** 32 + (low >>> 0);
    }
    return this.refuse('bad-varint', this.#at - 10, 'a number goes on for more than ten bytes');
  }
}
