// What the files of an exported dataset are called, and its class lists.
import type { ClassList, DatasetRecord, LabelClass, TileFacts } from './types';

/** File names of tiles, each once per split: the picture's, with the place in the picture where it was cut into tiles. */
export class TileNames {
  private readonly used = new Set<string>();
  private readonly isCut: boolean;

  constructor({ tile }: Pick<DatasetRecord, 'tile'>) {
    this.isCut = tile !== null;
  }

  next({ split, name, x, y }: Pick<TileFacts, 'split' | 'name' | 'x' | 'y'>): string {
    const base = safeName(name) + (this.isCut ? `_x${x}_y${y}` : '');
    for (let copy = 1; ; copy++) {
      const candidate = copy === 1 ? base : `${base}_${copy}`;
      const key = `${split}/${candidate.toLowerCase()}`;
      if (this.used.has(key)) continue;
      this.used.add(key);
      return candidate;
    }
  }
}

/** A name for a file or folder on any system. */
export function safeName(name: string): string {
  const safe = name
    .replace(/[\\/:*?"<>|\p{Cc}]+/gu, '-')
    .replace(/^[. -]+|[. ]+$/g, '')
    .slice(0, 150);
  return safe || 'dataset';
}

/**
 * The classes as exported labels number them: by their ids, or, where one is above 255, by their positions. Void keeps its
 * id, or becomes 255.
 */
export function exportedClasses({ classes, voidClass }: ClassList): ClassList {
  const all = [...classes, ...(voidClass ? [voidClass] : [])];
  if (all.every(({ id }) => id <= 255)) return { classes, voidClass };
  return {
    classes: classes.map((one, id) => ({ ...one, id })),
    voidClass: voidClass && { ...voidClass, id: 255 },
  };
}

/**
 * DIGITS' two text files, whose line i (from 0) is of the class whose value in the labels is i, and classes.json, which
 * says in addition which class is void. Void as 255 has no line: DIGITS leaves it to the network's ignore_label.
 */
export function classFiles(list: ClassList): { name: string; text: string }[] {
  const { classes, voidClass } = list;
  const all = [...classes, ...(voidClass ? [voidClass] : [])];
  const byId = new Map(all.filter(({ id }) => id < 255).map((one) => [one.id, one]));
  const lines = Array.from(
    { length: Math.max(-1, ...byId.keys()) + 1 },
    (_, id): LabelClass => byId.get(id) ?? { id, name: `unused ${id}`, colour: [0, 0, 0] },
  );
  const entries = all
    .sort((a, b) => a.id - b.id)
    .map(({ id, name, colour }) => ({ id, name, colour, void: id === voidClass?.id }));
  return [
    { name: 'labels.txt', text: lines.map(({ name }) => `${name}\n`).join('') },
    { name: 'colormap.txt', text: lines.map(({ colour }) => `${colour.join(' ')}\n`).join('') },
    { name: 'classes.json', text: JSON.stringify({ classes: entries }, null, 2) + '\n' },
  ];
}
