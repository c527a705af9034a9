// The keys of annotating. Pure: the page asks what a key means and does it.

export const tools = ['brush', 'eraser', 'line', 'polygon', 'fill'] as const;
export type Tool = (typeof tools)[number];

export const toolKeys: Record<Tool, string> = { brush: 'B', eraser: 'E', line: 'L', polygon: 'P', fill: 'F' };

/** What a key asks for, wherever on the annotation page the focus is. */
export type Command = { kind: 'tool'; tool: Tool } | { kind: 'digit'; digit: number } | { kind: Action };
type Action =
  | 'undo'
  | 'redo'
  | 'larger'
  | 'smaller'
  | 'zoom-in'
  | 'zoom-out'
  | 'next'
  | 'previous'
  | 'pick'
  | 'lock'
  | 'cancel'
  | 'back';

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

const plain: Record<string, Command> = {
  ...Object.fromEntries(
    tools.map((tool) => [toolKeys[tool].toLowerCase(), { kind: 'tool', tool } satisfies Command]),
  ),
  '[': { kind: 'smaller' },
  ']': { kind: 'larger' },
  '+': { kind: 'zoom-in' },
  '=': { kind: 'zoom-in' },
  '-': { kind: 'zoom-out' },
  pagedown: { kind: 'next' },
  pageup: { kind: 'previous' },
  i: { kind: 'pick' },
  k: { kind: 'lock' },
  escape: { kind: 'cancel' },
  backspace: { kind: 'back' },
};

/** The command of a key, or null. */
export function commandOf({ key, ctrlKey, metaKey, shiftKey, altKey }: Key): Command | null {
  if (altKey) return null;
  const name = key.toLowerCase();
  if (ctrlKey || metaKey) {
    if (name === 'z') return { kind: shiftKey ? 'redo' : 'undo' };
    return name === 'y' && !shiftKey ? { kind: 'redo' } : null;
  }
  if (/^[0-9]$/.test(key)) return { kind: 'digit', digit: Number(key) };
  return plain[name] ?? null;
}

/** Digits that follow one another sooner than this are one number. */
const together = 900;

/** Numbers typed digit by digit: 1 is the first class, 1 then 2 soon after the twelfth. */
export class ClassDigits {
  #number = 0;
  #last = -Infinity;

  /** The class position that a digit chooses, 'fit' for a 0 on its own, or null where there is no such class. */
  press(digit: number, classes: number, now: number): number | 'fit' | null {
    const before = now - this.#last < together ? this.#number : 0;
    const longer = before * 10 + digit;
    this.#last = now;
    if (before > 0 && longer <= classes) {
      this.#number = longer;
      return longer - 1;
    }
    this.#number = digit;
    if (digit === 0) return 'fit';
    return digit <= classes ? digit - 1 : null;
  }
}
