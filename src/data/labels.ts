// From a label's values to class positions. Nothing is clamped: a value without class rejects the file, or is counted.
import { AppError } from '../core/errors';
import { fileError } from '../formats/file-error';
import { packColour, valuesOf, valueText, type LabelImage } from './label-values';
import { VOID, type Alias, type ClassList, type LabelFormat, type LabelMap, type Size } from './types';

export type LabelReader = (label: LabelImage, file: string) => LabelMap;

/** What values mean that are not the classes' own, and what becomes of those that mean nothing. */
export interface LabelReading {
  /** Every value with its class; if not given, classes have their own values: see classValues. */
  values?: readonly Alias[];
  /** Called with what no class has, value by value with its pixels; then those are void. Without it they reject the file. */
  onUnknown?: (file: string, pixels: ReadonlyMap<number, number>) => void;
}

const unknown = -1;

/** The position of each value's class, VOID, or nothing. */
export type Positions = (value: number) => number | undefined;

/**
 * The values of the classes: their colours in colour labels, else their ids, and after them `also`, as far as it names
 * others. Throws 'bad-classes' where two classes share a colour that must tell them apart.
 */
export function classValues(
  { classes, voidClass }: ClassList,
  format: LabelFormat,
  also: readonly Alias[] = [],
): Alias[] {
  const names = new Map<number, string>();
  const values = [...classes, ...(voidClass ? [voidClass] : [])].map((entry): Alias => {
    const value = format === 'rgb' ? packColour(entry.colour) : entry.id;
    const other = names.get(value);
    if (format === 'rgb' && other !== undefined) throw twins(other, entry);
    names.set(value, entry.name);
    return { value, id: entry.id };
  });
  return [...values, ...also.filter(({ value }) => !names.has(value))];
}

/** Which class each value is. In index labels 255 is void where no class has it. Throws as classValues. */
export function positionsOf(
  list: ClassList,
  format: LabelFormat,
  values: readonly Alias[] = classValues(list, format),
): Positions {
  const { classes, voidClass } = list;
  const places = new Map(classes.map(({ id }, position) => [id, position]));
  const positions = new Map<number, number>();
  for (const { value, id } of values) {
    const position = id === null || id === voidClass?.id ? VOID : places.get(id);
    if (position !== undefined && !positions.has(value)) positions.set(value, position);
  }
  if (format !== 'rgb' && format !== 'ade20k' && !positions.has(255)) positions.set(255, VOID);
  return (value) => positions.get(value);
}

function twins(name: string, { name: other, colour }: ClassList['classes'][number]): AppError {
  return new AppError(
    'bad-classes',
    `Classes "${name}" and "${other}" have the same colour ${colour.join(' ')}, so RGB labels cannot tell them apart. Give each class its own colour.`,
  );
}

/**
 * A function from decoded labels to label maps. It throws AppError 'bad-label' with the values or colours that are not
 * in the list and how many pixels have them. Throws 'bad-classes' at once; see classValues.
 */
export function labelReader(list: ClassList, format: LabelFormat, reading: LabelReading = {}): LabelReader {
  const positions = positionsOf(list, format, reading.values);
  return (label, file) => {
    const value = valuesOf(label, format, file);
    const { width, height } = label;
    const labels = new Uint8Array(width * height);
    const strange = new Map<number, number>();
    if (label.channels === 1 && label.samples instanceof Uint8Array) {
      if (readBytes(label.samples, labels, (pixel) => positions(value(pixel)))) {
        return { width, height, labels };
      }
    }
    let last = NaN;
    let position = unknown;
    for (let pixel = 0; pixel < labels.length; pixel++) {
      const key = value(pixel);
      if (key !== last) {
        last = key;
        position = positions(key) ?? unknown;
      }
      if (position === unknown) strange.set(key, (strange.get(key) ?? 0) + 1);
      labels[pixel] = position === unknown ? VOID : position;
    }
    if (strange.size > 0) {
      if (!reading.onUnknown) throw unlisted(strange, format, file);
      reading.onUnknown(file, strange);
    }
    return { width, height, labels };
  };
}

/**
 * Labels of which one byte says all of a pixel: each of its 256 values is looked up once. False, with labels left in between, where a
 * value has no class.
 */
function readBytes(
  samples: Uint8Array,
  labels: Uint8Array,
  positionAt: (pixel: number) => number | undefined,
): boolean {
  const open = -2;
  const table = new Int16Array(256).fill(open);
  for (let pixel = 0; pixel < labels.length; pixel++) {
    const sample = samples[pixel]!;
    let position = table[sample]!;
    if (position === open) table[sample] = position = positionAt(pixel) ?? unknown;
    if (position === unknown) return false;
    labels[pixel] = position;
  }
  return true;
}

function unlisted(strange: ReadonlyMap<number, number>, format: LabelFormat, file: string): AppError {
  const what =
    format === 'rgb'
      ? 'it has colours that are not in the class list'
      : 'it has values outside the class list';
  return fileError('bad-label', file, `${what}: ${tally(strange, format)}.`);
}

/** "12 (345 pixels), 17 (1 pixel) and 3 more", most frequent first. */
export function tally(counts: ReadonlyMap<number, number>, format: LabelFormat): string {
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  const shown = sorted
    .slice(0, 5)
    .map(([value, count]) => `${valueText(value, format)} (${count} ${count === 1 ? 'pixel' : 'pixels'})`);
  return shown.join(', ') + (sorted.length > 5 ? ` and ${sorted.length - 5} more` : '');
}

/** Throws AppError 'bad-label' unless the label has its image's size. */
export function checkLabelSize(label: Size, image: Size, file: string): void {
  if (label.width === image.width && label.height === image.height) return;
  throw fileError(
    'bad-label',
    file,
    `the label has ${label.width} x ${label.height} pixels, but its image has ${image.width} x ${image.height}. Save both at one size.`,
  );
}
