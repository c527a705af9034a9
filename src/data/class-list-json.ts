// Class lists that are no lines of "R G B name": JSON as annotation tools write it, and tables with a heading.
import type { ClassEntry } from './class-list';
import type { Rgb } from './types';

type Fail = (reason: string) => Error;

/** Longer texts are no class lists. */
const maxCharacters = 32 * 1024 * 1024;

/**
 * The classes of a JSON file. Read are
 * - a list: of names; or of objects with `name` (or `title`, `label`), and if they like `id` (or `value`, `index`) and
 *   `color` or `colour` as `[r, g, b]` or "#rrggbb", and `void` as true or false; without ids the place in the list is
 *   the id,
 * - such a list inside an object, as `classes`, `categories` or `labels`,
 * - `{ "label_map": { "0": "name" }, "segmentation_colors": [[r, g, b]] }`, as Datumaro's dataset_meta.json,
 * - `{ "0": "name" }`, `{ "name": 0 }` or `{ "name": [r, g, b] }`.
 */
export function parseJsonClasses(text: string, fail: Fail): ClassEntry[] {
  if (text.length > maxCharacters) throw fail('this file is too long for a class list.');
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (error) {
    throw fail(`this is no JSON (${error instanceof Error ? error.message : 'damaged'}).`);
  }
  if (Array.isArray(root)) return fromList(root, fail);
  if (isRecord(root)) {
    const inner = root['classes'] ?? root['categories'] ?? root['labels'];
    if (Array.isArray(inner)) return fromList(inner, fail);
    if (isRecord(root['label_map'])) return fromMap(root['label_map'], root['segmentation_colors'], fail);
    return fromMap(isRecord(inner) ? inner : root, undefined, fail);
  }
  throw fail('it holds no list of classes.');
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function fromList(list: readonly unknown[], fail: Fail): ClassEntry[] {
  return list.map((item, i): ClassEntry => {
    if (typeof item === 'string') return { id: i, name: item, colour: null };
    if (!isRecord(item)) throw fail(`class ${i + 1} is neither a name nor an object with a name.`);
    const name = item['name'] ?? item['title'] ?? item['label'];
    if (typeof name !== 'string') throw fail(`class ${i + 1} has no name.`);
    const id = item['id'] ?? item['value'] ?? item['index'] ?? i;
    const isVoid = item['void'];
    return {
      id: idOf(id, name, fail),
      name,
      colour: colourOf(item['color'] ?? item['colour'] ?? null, name, fail),
      ...(typeof isVoid === 'boolean' ? { isVoid } : {}),
    };
  });
}

function fromMap(map: Record<string, unknown>, colours: unknown, fail: Fail): ClassEntry[] {
  return Object.entries(map).map(([key, value], i): ClassEntry => {
    if (Array.isArray(value)) return { id: i, name: key, colour: colourOf(value, key, fail) };
    if (typeof value === 'number') return { id: idOf(value, key, fail), name: key, colour: null };
    if (typeof value !== 'string') throw fail(`"${key}" stands for no class.`);
    const id = idOf(key, value, fail);
    const colour: unknown = Array.isArray(colours) ? colours[i] : null;
    return { id, name: value, colour: colourOf(colour ?? null, value, fail) };
  });
}

function idOf(value: unknown, name: string, fail: Fail): number {
  const id = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof id === 'number' && Number.isInteger(id) && id >= 0 && id <= 65535) return id;
  throw fail(`class "${name}" has no whole number from 0 to 65535 for its id.`);
}

function colourOf(value: unknown, name: string, fail: Fail): Rgb | null {
  if (value === null) return null;
  const hex = typeof value === 'string' ? /^#?([0-9a-f]{6})$/i.exec(value)?.[1] : undefined;
  if (hex) return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;
  if (Array.isArray(value) && value.length >= 3) {
    const [red, green, blue] = value as unknown[];
    const isByte = (part: unknown): part is number =>
      typeof part === 'number' && Number.isInteger(part) && part >= 0 && part <= 255;
    if (isByte(red) && isByte(green) && isByte(blue)) return [red, green, blue];
  }
  throw fail(`class "${name}" has a colour that is neither [r, g, b] nor "#rrggbb".`);
}

const heading =
  /^\s*"?(name|class|label)"?\s*[,;\t]\s*"?r(ed)?"?\s*[,;\t]\s*"?g(reen)?"?\s*[,;\t]\s*"?b(lue)?"?\s*$/i;

/** Whether a text begins with the heading "name, r, g, b". */
export const hasHeading = (text: string): boolean =>
  heading.test(text.replace(/^\ufeff/, '').split(/\r?\n/)[0]!);

/** "name,r,g,b" lines under such a heading, and CVAT's "name:r,g,b:parts:actions". */
export const namedColourLine =
  /^"?([^",;:\t]+)"?\s*[,;:\t]\s*(\d+)\s*[,;\t]\s*(\d+)\s*[,;\t]\s*(\d+)\s*(:.*)?$/;
