// Typed reading of one prototxt message; every complaint names the line and keeps the place.
import { AppError } from '../core/errors';
import type { PrototxtField, PrototxtMessage } from '../formats/prototxt';
import type { NetworkProblem } from './problem';

/** A place in the text: the line, from 1, and where it begins and ends in UTF-16 units. */
export interface Place {
  line: number;
  start: number;
  end: number;
}

/** A fault of a network's text, with a repair where one is plain. */
export class NetworkFault extends AppError {
  readonly fix: NetworkProblem['fix'] | undefined;

  constructor({ line, start, end }: Place, why: string, fix?: NetworkProblem['fix']) {
    super('bad-network', `Line ${line}: ${why}`, { line, start, end });
    this.fix = fix;
  }
}

/** @throws AppError 'bad-network' always. */
export function failAt(place: Place, why: string, fix?: NetworkProblem['fix']): never {
  throw new NetworkFault(place, why, fix);
}

/** The repair that writes another string in the place of a value. */
export function writeInstead({ start, end }: Pick<Place, 'start' | 'end'>, text: string) {
  return { label: `Write "${text}"`, edits: [{ start, end, insert: `"${text}"` }] };
}

export class Fields {
  readonly place: Place;
  readonly #message: PrototxtMessage;

  constructor(message: PrototxtMessage, place: Place = message) {
    this.#message = message;
    this.place = { line: place.line, start: place.start, end: place.end };
  }

  fail(why: string, place: Place = this.place): never {
    return failAt(place, why);
  }

  /** The message of that name, or one without any field: what an absent one means. */
  of(name: string): Fields {
    return this.message(name) ?? new Fields({ kind: 'message', ...this.place, fields: [] });
  }

  has(name: string): boolean {
    return this.all(name).length > 0;
  }

  numbers(name: string): number[] {
    return this.all(name).map((field) =>
      field.value.kind === 'number' ? field.value.value : this.fail(`${name} must be a number.`, field),
    );
  }

  number(name: string, fallback: number): number {
    return this.numbers(name).at(-1) ?? fallback;
  }

  /** A whole number of at least `least`. */
  whole(name: string, fallback: number, least = -Infinity): number {
    const value = this.number(name, fallback);
    if (!Number.isInteger(value) || value < least) {
      const bound = least === -Infinity ? '' : ` of at least ${least}`;
      this.fail(`${name} must be a whole number${bound}, not ${value}.`, this.all(name).at(-1) ?? this.place);
    }
    return value;
  }

  strings(name: string): string[] {
    return this.all(name).map((field) =>
      field.value.kind === 'string' ? field.value.text : this.fail(`${name} must be a quoted string.`, field),
    );
  }

  string(name: string, fallback: string): string {
    return this.strings(name).at(-1) ?? fallback;
  }

  booleans(name: string): boolean[] {
    return this.all(name).map(({ value, line, start, end }) => {
      if (value.kind === 'number' && (value.value === 0 || value.value === 1)) return value.value === 1;
      if (value.kind === 'word' && /^([tT]rue|t)$/.test(value.text)) return true;
      if (value.kind === 'word' && /^([fF]alse|f)$/.test(value.text)) return false;
      return this.fail(`${name} must be true or false.`, { line, start, end });
    });
  }

  boolean(name: string, fallback: boolean): boolean {
    return this.booleans(name).at(-1) ?? fallback;
  }

  /** An enum value, by name or number (its place in `words`); only the `supported` ones are taken. */
  word<Word extends string>(
    name: string,
    words: readonly string[],
    supported: readonly Word[],
    fallback: Word,
  ): Word {
    const field = this.all(name).at(-1);
    if (!field) return fallback;
    const { value } = field;
    const text = value.kind === 'word' ? value.text : value.kind === 'number' ? words[value.value] : '';
    const match = supported.find((word) => word === text);
    return (
      match ?? this.fail(`${name}: ${text || '?'} is not supported; use ${supported.join(' or ')}.`, field)
    );
  }

  messages(name: string): Fields[] {
    return this.all(name).map((field) =>
      field.value.kind === 'message'
        ? new Fields(field.value, field)
        : this.fail(`${name} must be followed by "{ ... }".`, field),
    );
  }

  message(name: string): Fields | null {
    return this.messages(name).at(-1) ?? null;
  }

  /** The fields of that name in the order of the file. */
  all(name: string): PrototxtField[] {
    return this.#message.fields.filter((field) => field.name === name);
  }
}
