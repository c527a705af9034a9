// Typed reading of one prototxt message; every complaint names the line.
import { AppError } from '../core/errors';
import type { PrototxtField, PrototxtMessage } from '../formats/prototxt';

export class Fields {
  readonly line: number;
  readonly #message: PrototxtMessage;
  readonly #what: string;

  constructor(message: PrototxtMessage, what: string) {
    this.#message = message;
    this.#what = what;
    this.line = message.line;
  }

  fail(why: string, line = this.line): never {
    throw new AppError('bad-network', `Line ${line}: ${why}`, { line });
  }

  /** The same place without any field: what an absent sub-message means. */
  empty(): Fields {
    return new Fields({ kind: 'message', line: this.line, fields: [] }, this.#what);
  }

  has(name: string): boolean {
    return this.#all(name).length > 0;
  }

  numbers(name: string): number[] {
    return this.#all(name).map(({ value, line }) =>
      value.kind === 'number' ? value.value : this.fail(`${name} must be a number.`, line),
    );
  }

  number(name: string, fallback: number): number {
    return this.numbers(name).at(-1) ?? fallback;
  }

  strings(name: string): string[] {
    return this.#all(name).map(({ value, line }) =>
      value.kind === 'string' ? value.text : this.fail(`${name} must be a quoted string.`, line),
    );
  }

  string(name: string, fallback: string): string {
    return this.strings(name).at(-1) ?? fallback;
  }

  boolean(name: string, fallback: boolean): boolean {
    return this.word(name, ['true', 'false'], fallback ? 'true' : 'false') === 'true';
  }

  /** An enum value; anything but the supported words is refused by name. */
  word<Word extends string>(name: string, supported: readonly Word[], fallback: Word): Word {
    const field = this.#all(name).at(-1);
    if (!field) return fallback;
    const text = field.value.kind === 'word' ? field.value.text : '';
    const match = supported.find((word) => word === text);
    return (
      match ??
      this.fail(`${name}: ${text || '?'} is not supported; use ${supported.join(' or ')}.`, field.line)
    );
  }

  messageValues(name: string): PrototxtMessage[] {
    return this.#all(name).map(({ value, line }) =>
      value.kind === 'message' ? value : this.fail(`${name} must be followed by "{ ... }".`, line),
    );
  }

  messages(name: string): Fields[] {
    return this.messageValues(name).map((message) => new Fields(message, name));
  }

  message(name: string): Fields | null {
    return this.messages(name).at(-1) ?? null;
  }

  #all(name: string): PrototxtField[] {
    return this.#message.fields.filter((field) => field.name === name);
  }
}
