// Label maps as files: indexed PNGs whose values are the classes' ids.
import { AppError } from '../core/errors';
import { encodeIndexedPng } from '../formats/png';
import { VOID, type ClassList, type LabelMap, type Rgb } from './types';

/**
 * An indexed PNG of a label map: values are class ids, the palette has each class's colour at its id, and void is the
 * void class's id, or 255. Throws AppError 'bad-classes' for ids above 255 or a position without class.
 */
export function encodeLabelPng(label: LabelMap, { classes, voidClass }: ClassList): Uint8Array {
  const ids = new Int16Array(256).fill(-1);
  const voidId = voidClass?.id ?? 255;
  const all = [...classes, voidClass ?? { id: 255, name: 'void', colour: [0, 0, 0] as const }];
  const tooLarge = all.find(({ id }) => id > 255);
  if (tooLarge) {
    throw new AppError(
      'bad-classes',
      `Class "${tooLarge.name}" has the id ${tooLarge.id}, but an indexed PNG ends at 255.`,
    );
  }
  classes.forEach(({ id }, position) => (ids[position] = id));
  ids[VOID] = voidId;
  const indices = Uint8Array.from(label.labels, (position) => {
    const id = ids[position]!;
    if (id < 0)
      throw new AppError('bad-classes', `The label map has a class ${position} that is not in the list.`);
    return id;
  });
  const used = label.labels.includes(VOID) ? all : [...classes, ...(voidClass ? [voidClass] : [])];
  const palette = Array.from({ length: Math.max(...used.map(({ id }) => id)) + 1 }, (): Rgb => [0, 0, 0]);
  for (const { id, colour } of used) palette[id] = colour;
  return encodeIndexedPng(label.width, label.height, indices, palette);
}
