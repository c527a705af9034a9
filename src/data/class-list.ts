// Class lists: `R G B name` per line, two files as DIGITS has them (names and colours), a table with a heading, or JSON.
import { AppError } from '../core/errors';
import { fileError } from '../formats/file-error';
import { hasHeading, namedColourLine, parseJsonClasses } from './class-list-json';
import { defaultColour } from './default-colour';
import type { ClassList, LabelClass, Rgb } from './types';

/** A class list's text and the path that errors name. */
export interface ClassFile {
  path: string;
  text: string;
}

/** A class as far as the files tell; where they give no id, its position is. */
export interface ClassEntry {
  id?: number;
  name: string | null;
  colour: Rgb | null;
  /** Whether it is void, where the file says so; else its name tells. */
  isVoid?: boolean;
}

/** More cannot be told from void in a stored label map. */
export const maxClasses = 255;

const colourLine = /^(\d+)[\s,]+(\d+)[\s,]+(\d+)(?:[\s,]+(.*))?$/;
const voidName = /^(void|unlabell?ed|ignored?)$/i;

type Parsed = { kind: 'list' | 'colours' | 'names'; path: string; entries: ClassEntry[] };

/**
 * Reads one class list, or a names file and a colours file in any order.
 * Throws AppError 'bad-classes' naming file and line.
 */
export function parseClassFiles(files: readonly ClassFile[]): ClassEntry[] {
  const parsed = files.map(parseFile);
  const [first, second] = parsed;
  if (!first) throw new AppError('bad-classes', 'There is no class list among the files.');
  if (!second) return first.entries;
  const names = parsed.find(({ kind }) => kind === 'names');
  const colours = parsed.find(({ kind }) => kind === 'colours');
  if (parsed.length !== 2 || !names || !colours) {
    throw new AppError(
      'bad-classes',
      `${parsed.map(({ path }) => path).join(', ')}: give either one class list with "R G B name" per line, or one file of names and one of colours.`,
    );
  }
  if (names.entries.length !== colours.entries.length) {
    throw new AppError(
      'bad-classes',
      `${names.path} has ${names.entries.length} names and ${colours.path} has ${colours.entries.length} colours. Give each class one line in both.`,
    );
  }
  return names.entries.map(({ name }, i) => ({ name, colour: colours.entries[i]!.colour }));
}

/** The kind of a class list by most of its lines, so that one broken line is an error and not another kind. */
export function classFileKind(text: string): Parsed['kind'] {
  if (isJson(text) || isNamedFirst(text)) return 'list';
  const lines = contentLines(text);
  const matches = lines.map(({ line }) => colourLine.exec(line));
  const count = (test: (match: RegExpExecArray) => boolean) =>
    matches.filter((match) => match !== null && test(match)).length;
  const named = count((match) => Boolean(match[4]));
  const bare = count((match) => !match[4]);
  if (named + bare < lines.length / 2 || lines.length === 0) return 'names';
  return named >= bare ? 'list' : 'colours';
}

const isJson = (text: string): boolean => /^\ufeff?\s*[[{]/.test(text);

/** A name before its colour: under a heading "name, r, g, b", or as CVAT's labelmap.txt has it. */
function isNamedFirst(text: string): boolean {
  const lines = contentLines(text);
  return (
    hasHeading(text) || (lines.length > 0 && lines.every(({ line }) => /^[^:]+:\d+,\d+,\d+:/.test(line)))
  );
}

function parseFile({ path, text }: ClassFile): Parsed {
  const kind = classFileKind(text);
  const entries = isJson(text)
    ? parseJsonClasses(text, (reason) => fileError('bad-classes', path, reason))
    : parseLines(path, text, kind);
  if (entries.length === 0) throw fileError('bad-classes', path, 'this class list is empty.');
  if (entries.length > maxClasses + 1) {
    throw fileError('bad-classes', path, `it lists ${entries.length} classes; the most is ${maxClasses}.`);
  }
  return { kind, path, entries };
}

function parseLines(path: string, text: string, kind: Parsed['kind']): ClassEntry[] {
  const namedFirst = isNamedFirst(text);
  const lines = kind === 'names' ? untilBlank(text) : contentLines(text);
  return lines.slice(hasHeading(text) ? 1 : 0).map(({ line, number }): ClassEntry => {
    const fail = (reason: string) => fileError('bad-classes', `${path}, line ${number}`, reason);
    if (kind === 'names') return { name: line, colour: null };
    if (!namedFirst) return parseLine(line, kind, fail);
    const [, name, red, green, blue] = namedColourLine.exec(line) ?? [];
    if (!name) throw fail(`"${line}" is not of the form "name, r, g, b".`);
    return parseLine(`${red} ${green} ${blue} ${name}`, 'list', fail);
  });
}

function parseLine(line: string, kind: 'list' | 'colours', fail: (reason: string) => AppError): ClassEntry {
  const match = colourLine.exec(line);
  const form = kind === 'list' ? 'R G B name' : 'R G B';
  if (!match) throw fail(`"${line}" is not of the form "${form}" with three numbers from 0 to 255.`);
  const colour: Rgb = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (colour.some((value) => value > 255)) throw fail(`"${line}" has a colour above 255.`);
  const name = match[4]?.trim() ?? '';
  if (kind === 'list' && name === '') throw fail(`"${line}" has a colour but no class name.`);
  if (kind === 'colours' && name !== '') throw fail(`"${line}" has more than the three numbers of a colour.`);
  return { name: name || null, colour };
}

interface Line {
  line: string;
  number: number;
}

function numberedLines(text: string): Line[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  return lines.map((line, i) => ({ line: line.trim(), number: i + 1 }));
}

const isComment = ({ line }: Line) => line.startsWith('#') || line.startsWith('//');

function contentLines(text: string): Line[] {
  return numberedLines(text).filter((line) => line.line !== '' && !isComment(line));
}

/** In a file of names the line number is the class, so nothing can follow a blank line: some end in prose after one. */
function untilBlank(text: string): Line[] {
  const lines = numberedLines(text).filter((line) => !isComment(line));
  const start = lines.findIndex(({ line }) => line !== '');
  const length = lines.slice(Math.max(start, 0)).findIndex(({ line }) => line === '');
  const end = length < 0 ? lines.length : start + length;
  return start < 0 ? [] : lines.slice(start, end);
}

/**
 * The classes of the entries. Void is the one that the file says is, or, where it says nothing, the first one named void,
 * unlabelled or ignore; what the entries leave open comes from the labels' palette, or is made up.
 */
export function classListOf(entries: readonly ClassEntry[], palette: readonly Rgb[] = []): ClassList {
  const all = entries.map(({ id: given, name, colour }, position): LabelClass => {
    const id = given ?? position;
    return { id, name: name ?? `class ${id}`, colour: colour ?? palette[id] ?? defaultColour(id) };
  });
  const told = entries.some(({ isVoid }) => isVoid !== undefined);
  const isVoid = (position: number) =>
    told ? entries[position]!.isVoid === true : voidName.test(all[position]!.name);
  const voidClass = all.find((_, position) => isVoid(position)) ?? null;
  return { classes: all.filter((entry) => entry !== voidClass), voidClass };
}
