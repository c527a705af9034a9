// Classes changed after the fact: other names and colours in the record, and merges, which move positions in label maps.
import { AppError } from '../core/errors';
import { VOID, type ClassList, type LabelClass, type PixelCounts, type Rgb } from './types';

/** What becomes of one class. */
export interface ClassChange {
  name: string;
  colour: Rgb;
  /** The position of the class that takes its pixels, or 'void'; null: it stays. */
  into: number | 'void' | null;
}

/** A change for each class position, and the void class's name and colour where there is one. */
export interface ClassEdit {
  classes: ClassChange[];
  voidClass: Pick<LabelClass, 'name' | 'colour'> | null;
}

/** What an edit comes to. */
export interface EditedClasses {
  list: ClassList;
  /** New position (or VOID) of each label value, 256 of them; null where no class is merged and label maps stay. */
  table: Uint8Array | null;
}

/** The edit that changes nothing. */
export function noEdit({ classes, voidClass }: ClassList): ClassEdit {
  return {
    classes: classes.map(({ name, colour }) => ({ name, colour, into: null })),
    voidClass: voidClass && { name: voidClass.name, colour: voidClass.colour },
  };
}

/**
 * The classes after the edit. A class merged into one that is merged itself follows it to the end.
 * Throws AppError 'bad-classes': no class left, merges in a circle, empty or equal names, equal colours.
 */
export function editClasses(before: ClassList, edit: ClassEdit): EditedClasses {
  if (edit.classes.length !== before.classes.length) {
    throw fault('The classes of this dataset were changed meanwhile. Begin again.');
  }
  const ends = edit.classes.map((_, position) => endOf(edit, position));
  const kept = [...ends.keys()].filter((position) => ends[position] === position);
  if (kept.length === 0) throw fault('No class would be left. Keep at least one.');
  const classes = kept.map((position): LabelClass => {
    const { name, colour } = edit.classes[position]!;
    return { id: before.classes[position]!.id, name: name.trim(), colour };
  });
  const voidClass =
    before.voidClass && edit.voidClass
      ? { id: before.voidClass.id, name: edit.voidClass.name.trim(), colour: edit.voidClass.colour }
      : before.voidClass;
  const all = [...classes, ...(voidClass ? [voidClass] : [])];
  const old = new Map(
    [...before.classes, ...(before.voidClass ? [before.voidClass] : [])].map((one) => [one.id, one]),
  );
  // Files may come with classes of equal colours; what is left as it was is no reason to refuse.
  const problem =
    all.some((one) => changesOf(old.get(one.id)!, one).length > 0) && classProblems(all).find(Boolean);
  if (problem) throw fault(problem);
  if (kept.length === ends.length) return { list: { classes, voidClass }, table: null };
  const table = new Uint8Array(256).fill(VOID);
  ends.forEach((end, position) => (table[position] = end === 'void' ? VOID : kept.indexOf(end)));
  return { list: { classes, voidClass }, table };
}

/** Where the pixels of a class end: at a class that stays, or at void. */
function endOf({ classes }: ClassEdit, position: number): number | 'void' {
  let at = position;
  for (let steps = 0; steps <= classes.length; steps++) {
    const into = classes[at]?.into;
    if (into === 'void' || into === undefined) return 'void';
    if (into === null) return at;
    at = into;
  }
  throw fault(`"${classes[position]!.name}" is merged in a circle. Let one of its classes stay.`);
}

/** For each class what is wrong with its name or colour, or null. Label files tell classes apart by colour. */
export function classProblems(list: readonly Pick<LabelClass, 'name' | 'colour'>[]): (string | null)[] {
  const key = (name: string) => name.trim().toLowerCase();
  return list.map(({ name, colour }, i) => {
    const others = list.filter((_, other) => other !== i);
    if (name.trim() === '') return 'A class has no name. Give it one.';
    if (name.trim().length > 200) return 'A class name is longer than 200 characters. Shorten it.';
    if (/[\r\n]/.test(name)) return `The name "${name}" has a line break. Take it out.`;
    if (others.some((other) => key(other.name) === key(name))) {
      return `Two classes are called "${name.trim()}". Give one another name, or merge them.`;
    }
    const same = others.find((other) => other.colour.every((part, c) => part === colour[c]));
    return same
      ? `"${name.trim()}" and "${same.name.trim()}" have the same colour. Change one of them.`
      : null;
  });
}

const fault = (message: string) => new AppError('bad-classes', message);

/** The label map with every value replaced as the table says. */
export function replaceLabels(labels: Uint8Array, table: Uint8Array): Uint8Array {
  return labels.map((label) => table[label]!);
}

/** Counts of the same pixels after the labels were replaced; `classes` is the new number of classes. */
export function replaceCounts(counts: PixelCounts, table: Uint8Array, classes: number): PixelCounts {
  const after: PixelCounts = { classes: new Array<number>(classes).fill(0), void: counts.void };
  counts.classes.forEach((pixels, position) => {
    const to = table[position]!;
    if (to === VOID) after.void += pixels;
    else after.classes[to]! += pixels;
  });
  return after;
}

/** The edit in sentences, one per class that changes; pixel shares are the page's. */
export function describeEdit(before: ClassList, edit: ClassEdit): string[] {
  const lines = edit.classes.flatMap((change, position) => {
    const old = before.classes[position]!;
    if (change.into === 'void') return [`${old.name} becomes void`];
    if (change.into !== null) return [`${old.name} is merged into ${edit.classes[change.into]?.name ?? '?'}`];
    return changesOf(old, change);
  });
  return before.voidClass && edit.voidClass
    ? [...lines, ...changesOf(before.voidClass, edit.voidClass)]
    : lines;
}

function changesOf(old: LabelClass, { name, colour }: Pick<LabelClass, 'name' | 'colour'>): string[] {
  const lines: string[] = [];
  if (name.trim() !== old.name) lines.push(`${old.name} is called ${name.trim()}`);
  if (colour.some((part, c) => part !== old.colour[c])) {
    lines.push(`${old.name}: colour ${old.colour.join(' ')} becomes ${colour.join(' ')}`);
  }
  return lines;
}
