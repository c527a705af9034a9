// The options given on the command line, read by the table of verbs.
import { parseArgs } from 'node:util';
import { AppError } from '../../src/core/errors';
import type { Size } from '../../src/data/types';
import { verbs, type Verb, type VerbName } from './option-table';

const fault = (message: string) => new AppError('bad-settings', message);

/** The verb of that name. @throws AppError where there is none */
export function verbNamed(name: string): VerbName {
  if (name in verbs) return name as VerbName;
  throw fault(`There is no verb "${name}". The verbs are ${Object.keys(verbs).join(', ')}.`);
}

/** The help of one verb, or of all where none is given. */
export function help(name: VerbName | null): string {
  if (name === null) {
    const lines = Object.entries(verbs).map(([verb, { summary }]) => `  ${verb.padEnd(16)}${summary}`);
    return `Usage: npm run headless -- VERB options\n\n${lines.join('\n')}\n\nVERB --help lists the options.`;
  }
  const { summary, options } = verbs[name] as Verb;
  const lines = Object.entries(options).map(([option, { value, help, multiple }]) => {
    const left = `--${option}${value ? ` ${value}` : ''}`;
    return `  ${left.padEnd(42)} ${help}${multiple ? ' (repeatable)' : ''}`.trimEnd();
  });
  return `${summary}\n\nUsage: npm run headless -- ${name} options\n\n${lines.join('\n')}`;
}

/** The options given on the command line, with readers that say in a sentence what is wrong with one. */
export class Options {
  private readonly values: Record<string, string | boolean | (string | boolean)[] | undefined>;

  /** @throws AppError on an option that the verb does not have */
  constructor(verb: VerbName, args: string[]) {
    const options = Object.fromEntries(
      Object.entries((verbs[verb] as Verb).options).map(([name, { type, multiple }]) => [
        name,
        { type, multiple: multiple ?? false },
      ]),
    );
    try {
      this.values = parseArgs({ args, options, strict: true, allowPositionals: false }).values;
    } catch (error) {
      const why = (error as Error).message.split('. To specify')[0];
      throw fault(`${why}. "npm run headless -- ${verb} --help" lists the options.`);
    }
  }

  has(name: string): boolean {
    return this.values[name] !== undefined;
  }

  text(name: string): string | undefined {
    return this.values[name] as string | undefined;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value) return value;
    throw fault(`--${name} is missing; it has no default.`);
  }

  list(name: string): string[] {
    return (this.values[name] ?? []) as string[];
  }

  /** The values of a repeatable option of the form NAME=VALUE. */
  pairs(name: string): Record<string, string> {
    return Object.fromEntries(
      this.list(name).map((text) => {
        const at = text.indexOf('=');
        if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
        throw fault(`--${name} takes two names with = between them, not "${text}".`);
      }),
    );
  }

  /** A finite number of at least `min`. */
  number(name: string, min: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value >= min) return value;
    throw fault(`--${name} takes a number of at least ${min}, not "${text}".`);
  }

  /** Numbers of at least `min` with commas between them. */
  numbers(name: string, min: number): number[] | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const values = text.split(',').map((part) => (part.trim() ? Number(part) : NaN));
    if (values.every((value) => Number.isFinite(value) && value >= min)) return values;
    throw fault(`--${name} takes numbers of at least ${min} with commas between them, not "${text}".`);
  }

  whole(name: string, min: number): number | undefined {
    const value = this.number(name, min);
    if (value === undefined || Number.isSafeInteger(value)) return value;
    throw fault(`--${name} takes a whole number, not "${this.text(name)}".`);
  }

  size(name: string): Size | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const match = /^([1-9]\d{0,4})x([1-9]\d{0,4})$/i.exec(text);
    if (match) return { width: Number(match[1]), height: Number(match[2]) };
    throw fault(`--${name} takes width x height in pixels, as in 480x360, not "${text}".`);
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const choice = choices.find((one) => one === text);
    if (choice) return choice;
    throw fault(`--${name} takes ${choices.join(', ')}, not "${text}".`);
  }
}
