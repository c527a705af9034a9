// The classes that a dataset's documentation gives: ids, names, colours.
import { defaultColour } from '../default-colour';
import { packColour } from '../label-values';
import type { Alias, ClassList, LabelClass, LabelFormat, Rgb } from '../types';

export interface TableClass {
  id: number;
  name: string;
  colour: Rgb;
  /** Neither trains nor counts. The first such class is the list's void class, the others are read as it. */
  isVoid?: boolean;
  /** Listed only where a sample of the labels has it: few copies of the dataset do. */
  optional?: boolean;
  /** Further colours that copies of the dataset have for it. */
  otherColours?: readonly Rgb[];
}

export type ClassTable = readonly TableClass[];

/** What a table comes to for labels of one format. */
export interface Reading extends ClassList {
  also: Alias[];
}

/**
 * The classes of a table for labels of a format of which `seen` says which values occur. Where colours tell classes apart
 * and two have the same, they become one class.
 */
export function readingOf(table: ClassTable, format: LabelFormat | null, seen: ReadonlySet<number>): Reading {
  const inColour = format === 'rgb';
  const valuesOfClass = ({ id, colour, otherColours = [] }: TableClass) =>
    inColour ? [colour, ...otherColours].map(packColour) : [id];
  const listed = table.filter(
    (entry) => !entry.optional || valuesOfClass(entry).some((value) => seen.has(value)),
  );
  const taken = new Map<number, LabelClass>();
  const classes: LabelClass[] = [];
  const also: Alias[] = [];
  let voidClass: LabelClass | null = null;
  for (const entry of listed) {
    const [first, ...others] = valuesOfClass(entry);
    const { id, name, colour, isVoid } = entry;
    const twin = taken.get(first!);
    if (twin) {
      if (!isVoid && twin !== voidClass) twin.name = `${twin.name} or ${name}`;
      continue;
    }
    if (isVoid && voidClass) {
      also.push({ value: first!, id: null });
      continue;
    }
    const made: LabelClass = { id, name, colour };
    taken.set(first!, made);
    if (isVoid) voidClass = made;
    else classes.push(made);
    also.push(...others.map((value) => ({ value, id: isVoid ? null : id })));
  }
  return { classes, voidClass, also };
}

/** A table from lines "id name RRGGBB", a name's words joined by "_" ("__" is one "_"); "~" before the name marks void, "?" optional. */
export function tableOf(text: string): ClassTable {
  return text
    .trim()
    .split(/\s*\n\s*/)
    .map((line): TableClass => {
      const [, id, mark, name, colour] = /^(\d+) ([~?]?)(\S+)(?: ([0-9a-f]{6}))?$/.exec(line) ?? [];
      if (!name) throw new Error(`a class table has the line "${line}"`);
      const rgb = colour ? parseInt(colour, 16) : null;
      return {
        id: Number(id),
        name: name.replace(/_(_)?/g, (_, twice) => (twice ? '_' : ' ')),
        colour: rgb === null ? defaultColour(Number(id)) : [rgb >> 16, (rgb >> 8) & 255, rgb & 255],
        ...(mark === '~' ? { isVoid: true } : {}),
        ...(mark === '?' ? { optional: true } : {}),
      };
    });
}
