// What a person makes of the classes before an import: other names, colours and order, classes that become another or void.
import { AppError } from '../core/errors';
import { classValues } from './labels';
import type { Alias, ClassList, LabelClass, LabelFormat, Rgb } from './types';

/** A class of the labels, and what becomes of it: a class of the dataset, void, or pixels of the class with that id. */
export interface PlannedClass extends LabelClass {
  becomes: 'class' | 'void' | number;
}

/** Changes by the names that the source gives; they are made in this order: void, merge, recolour, order, rename. */
export interface ClassEdits {
  void?: readonly string[];
  /** From the class that goes to the one that takes its pixels. */
  merge?: Readonly<Record<string, string>>;
  recolour?: Readonly<Record<string, Rgb>>;
  /** Names of the first classes; the others follow as they were. */
  order?: readonly string[];
  rename?: Readonly<Record<string, string>>;
}

/** The plan that changes nothing: the classes in their order, then the void class. */
export function planOf({ classes, voidClass }: ClassList): PlannedClass[] {
  return [
    ...classes.map((item): PlannedClass => ({ ...item, becomes: 'class' })),
    ...(voidClass ? [{ ...voidClass, becomes: 'void' as const }] : []),
  ];
}

/** The dataset's classes by a plan. Of several void classes the source's own gives the name. */
export function plannedList(plan: readonly PlannedClass[], source: ClassList): ClassList {
  const only = (becomes: 'class' | 'void') =>
    plan
      .filter((item) => item.becomes === becomes)
      .map(({ id, name, colour }): LabelClass => ({ id, name: name.trim(), colour }));
  const voids = only('void');
  const own = voids.find(({ id }) => id === source.voidClass?.id);
  return { classes: only('class'), voidClass: own ?? voids[0] ?? null };
}

/**
 * Every value of the labels with the id of the class that it is by the plan, null for void. `also` are further values of the
 * source's classes. Throws AppError 'bad-classes' where two classes of the source share a colour that must tell them apart.
 */
export function plannedValues(
  plan: readonly PlannedClass[],
  source: ClassList,
  format: LabelFormat,
  also: readonly Alias[],
): Alias[] {
  const ends = new Map(
    plan.map(({ id, becomes }) => [id, becomes === 'class' ? id : becomes === 'void' ? null : becomes]),
  );
  return classValues(source, format, also).map(({ value, id }) => ({
    value,
    id: id === null ? null : (ends.get(id) ?? null),
  }));
}

/** The plan with another end for one class; classes that were merged into it go the same way. */
export function withEnd(
  plan: readonly PlannedClass[],
  id: number,
  becomes: PlannedClass['becomes'],
): PlannedClass[] {
  return plan.map((item) => {
    const follows = item.id === id || (item.becomes === id && becomes !== 'class');
    return follows ? { ...item, becomes } : item;
  });
}

/** The plan with the class of that id at another place. */
export function moved(plan: readonly PlannedClass[], id: number, to: number): PlannedClass[] {
  const item = plan.find((one) => one.id === id);
  if (!item) return [...plan];
  const others = plan.filter((one) => one !== item);
  const at = Math.max(0, Math.min(others.length, to));
  return [...others.slice(0, at), item, ...others.slice(at)];
}

/** The plan after edits that a script names. Throws AppError 'bad-classes' for a name that no class has. */
export function editedPlan(source: ClassList, edits: ClassEdits): PlannedClass[] {
  let plan = planOf(source);
  const idOf = (name: string): number => {
    const found = plan.find((item) => item.name === name);
    if (found) return found.id;
    const names = plan.map((item) => item.name).join(', ');
    throw new AppError('bad-classes', `There is no class called "${name}". The classes are ${names}.`);
  };
  const change = (name: string, to: Partial<LabelClass>) => {
    const id = idOf(name);
    plan = plan.map((item) => (item.id === id ? { ...item, ...to } : item));
  };
  for (const name of edits.void ?? []) plan = withEnd(plan, idOf(name), 'void');
  for (const [name, into] of Object.entries(edits.merge ?? {})) {
    const target = plan.find(({ id }) => id === idOf(into))!;
    if (target.id === idOf(name)) {
      throw new AppError('bad-classes', `The class "${name}" cannot be merged into itself.`);
    }
    plan = withEnd(plan, idOf(name), target.becomes === 'class' ? target.id : target.becomes);
  }
  for (const [name, colour] of Object.entries(edits.recolour ?? {})) change(name, { colour });
  const first = (edits.order ?? []).map(idOf);
  first.forEach((id, to) => (plan = moved(plan, id, to)));
  const renamed = Object.entries(edits.rename ?? {}).map(([name, to]) => [idOf(name), to] as const);
  for (const [id, name] of renamed) plan = plan.map((item) => (item.id === id ? { ...item, name } : item));
  return plan;
}
