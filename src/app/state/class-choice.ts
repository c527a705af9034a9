import type { ClassList, LabelClass } from '../../data/types';

/** All classes of a list in the order of their ids, the void class among them. */
export function allClasses({ classes, voidClass }: ClassList): LabelClass[] {
  return [...classes, ...(voidClass ? [voidClass] : [])].sort((a, b) => a.id - b.id);
}

/** The same classes with the one of that id as void, or none for null. */
export function withVoid(list: ClassList, id: number | null): ClassList {
  const all = allClasses(list);
  return {
    classes: all.filter((item) => item.id !== id),
    voidClass: all.find((item) => item.id === id) ?? null,
  };
}
