// Where things stand in a prototxt, in little memory: the ends of its longer messages and the numbers of its lines.

/**
 * Messages of fewer characters are not kept: finding the end of one by reading it again is quick. Since messages nest at
 * most 64 deep, three characters a level, the kept ones are at most 63 in 3 * 63 + 128 characters, at 8 bytes each: 1.6
 * bytes a character.
 */
const KEPT_CHARACTERS = 128;
/** Numbers in a piece of the index; a list that grew by copying would need the old and the new at once. */
const PIECE = 2048;

/** The spans of the messages that have at least KEPT_CHARACTERS, in the order in which they begin. */
export class MessageSpans {
  /** Starts and ends in turn. */
  readonly #pieces: Int32Array[] = [];
  #length = 0;

  /** Takes in a message that begins at `start`; close() must follow, after those of the messages within. */
  open(start: number): number {
    const slot = this.#length++;
    const at = slot * 2;
    if (at === this.#pieces.length * PIECE) this.#pieces.push(new Int32Array(PIECE));
    this.#pieces[Math.floor(at / PIECE)]![at % PIECE] = start;
    return slot;
  }

  /** Says where the message of that slot ends, and lets go of it where it is short, as then all within are. */
  close(slot: number, end: number): void {
    const at = slot * 2;
    const piece = this.#pieces[Math.floor(at / PIECE)]!;
    piece[(at + 1) % PIECE] = end;
    if (end - piece[at % PIECE]! < KEPT_CHARACTERS) this.#length = slot;
  }

  /** Gives back the room that is not needed. */
  trim(): void {
    const used = this.#length * 2;
    const last = Math.floor(used / PIECE);
    const rest = this.#pieces[last]?.slice(0, used % PIECE);
    this.#pieces.length = last;
    if (rest?.length) this.#pieces.push(rest);
  }

  /** The end of the message that begins at `start`; 0 where it is a short one. */
  endOf(start: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const at = middle * 2;
      const piece = this.#pieces[Math.floor(at / PIECE)]!;
      const found = piece[at % PIECE]!;
      if (found === start) return piece[(at + 1) % PIECE]!;
      if (found < start) low = middle + 1;
      else high = middle;
    }
    return 0;
  }
}

const LINE_STEP = 256;

/** The lines of a text. Keeps one number for every LINE_STEP characters. */
export class Lines {
  readonly #text: string;
  /** The line of each character whose offset is a multiple of LINE_STEP. */
  #known: Int32Array | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** The line, from 1, of the character at this offset. */
  lineAt(offset: number): number {
    this.#known ??= this.#count();
    const step = Math.floor(offset / LINE_STEP);
    let line = this.#known[step]!;
    for (let at = step * LINE_STEP; at < offset; at++) if (this.#text.charCodeAt(at) === 0x0a) line++;
    return line;
  }

  #count(): Int32Array {
    const known = new Int32Array(Math.floor(this.#text.length / LINE_STEP) + 1);
    let line = 1;
    for (let at = 0; at < this.#text.length; at++) {
      if (at % LINE_STEP === 0) known[at / LINE_STEP] = line;
      if (this.#text.charCodeAt(at) === 0x0a) line++;
    }
    // The end of the text may be asked for, too.
    if (this.#text.length % LINE_STEP === 0) known[this.#text.length / LINE_STEP] = line;
    return known;
  }
}
