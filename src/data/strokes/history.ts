// Undo and redo: the difference that each stroke made, packed, in bounded memory.

/** Runs of changed pixels: pixels to skip, pixels in the run (both as LEB128), the value before and the value after. */
export type Difference = Uint8Array<ArrayBuffer>;

/** What turned one label map into another of the same size. */
export function difference(before: Uint8Array, after: Uint8Array): Difference {
  const bytes: number[] = [];
  let last = 0;
  for (let i = 0; i < after.length;) {
    const old = before[i]!;
    const now = after[i]!;
    if (old === now) {
      i++;
      continue;
    }
    let end = i + 1;
    while (end < after.length && before[end] === old && after[end] === now) end++;
    pushNumber(bytes, i - last);
    pushNumber(bytes, end - i);
    bytes.push(old, now);
    last = end;
    i = end;
  }
  return Uint8Array.from(bytes);
}

function pushNumber(bytes: number[], value: number): void {
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
}

/** Applies a difference in place, forward or back. */
export function apply(labels: Uint8Array, packed: Difference, direction: 'forward' | 'back'): void {
  let at = 0;
  const number = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = packed[at++]!;
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  };
  for (let pixel = 0; at < packed.length;) {
    pixel += number();
    const end = pixel + number();
    const [old, now] = [packed[at++]!, packed[at++]!];
    labels.fill(direction === 'forward' ? now : old, pixel, end);
    pixel = end;
  }
}

/** The steps of one label map. Beyond `limit` bytes the oldest are forgotten, but never the last one. */
export class History {
  #done: Difference[] = [];
  #undone: Difference[] = [];
  #bytes = 0;
  readonly #limit: number;

  constructor(limit = 32 * 1024 * 1024) {
    this.#limit = limit;
  }

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** Remembers what was done; what had been undone cannot be done again. False where nothing changed. */
  push(before: Uint8Array, after: Uint8Array): boolean {
    const packed = difference(before, after);
    if (packed.length === 0) return false;
    for (const { length } of this.#undone) this.#bytes -= length;
    this.#undone = [];
    this.#done.push(packed);
    this.#bytes += packed.length;
    while (this.#bytes > this.#limit && this.#done.length > 1) this.#bytes -= this.#done.shift()!.length;
    return true;
  }

  /** Takes the last step back, in place. False where there is none. */
  undo(labels: Uint8Array): boolean {
    const packed = this.#done.pop();
    if (!packed) return false;
    apply(labels, packed, 'back');
    this.#undone.push(packed);
    return true;
  }

  /** Does the step that was undone last again, in place. False where there is none. */
  redo(labels: Uint8Array): boolean {
    const packed = this.#undone.pop();
    if (!packed) return false;
    apply(labels, packed, 'forward');
    this.#done.push(packed);
    return true;
  }
}
