// Reads a sample of the labels: what values they have, and which of them would be left out and why.
import { AppError } from '../core/errors';
import { imageHeader } from './image-size';
import type { SampleFound, UnknownValue } from './import-types';
import { LabelSample } from './label-sample';
import { decodeLabel, unpackColour, valueText } from './label-values';
import { checkLabelSize, classValues, positionsOf } from './labels';
import type { Pair } from './pairing';
import { readFile, rejectionOf } from './read-file';
import type { Reading } from './sources/class-table';
import { VOID, type LabelFormat, type Rejection, type Rgb, type Size } from './types';

export interface Look {
  sample: LabelSample;
  pairs: readonly Pair[];
  /** Why no label could be read, or null. */
  problem: string | null;
  /** What the sample comes to with these classes. */
  found: (reading: Reading) => SampleFound;
}

const maxUnknown = 50;

/** Reads the labels of the pairs, as `format` or as each tells. */
export async function lookAtLabels(pairs: readonly Pair[], format: LabelFormat | null): Promise<Look> {
  const sample = new LabelSample(format);
  const rejected: Rejection[] = [];
  let problem: string | null = null;
  let wrongSize = 0;
  for (const { image, label } of pairs) {
    try {
      const decoded = decodeLabel(await readFile(label.file, label.path), label.path);
      sample.add(decoded, label.path);
      const size = await sizeOf(image);
      if (size && !fitsTurned(decoded, size)) {
        wrongSize++;
        checkLabelSize(decoded, size, label.path);
      }
    } catch (error) {
      const rejection = rejectionOf(error, label.path);
      rejected.push(rejection);
      problem ??= `No label could be read. The first is ${rejection.file}: ${rejection.reason}`;
    }
  }
  const found = (reading: Reading) => ({ ...judged(sample, reading), wrongSize, rejected });
  return { sample, pairs, problem, found };
}

async function sizeOf(image: Pair['image']): Promise<(Size & { turns: boolean }) | null> {
  try {
    const header = await imageHeader(image);
    return header && { ...header, turns: header.kind === 'jpeg' || header.kind === 'avif' };
  } catch (error) {
    if (error instanceof AppError) throw error;
    return null;
  }
}

/** A photograph may be stored lying and shown upright. */
function fitsTurned(label: Size, image: Size & { turns: boolean }): boolean {
  const same = label.width === image.width && label.height === image.height;
  return same || (image.turns && label.width === image.height && label.height === image.width);
}

function judged(sample: LabelSample, reading: Reading): Pick<SampleFound, 'labels' | 'pixels' | 'unknown'> {
  const { format, values, labels } = sample;
  const pixels = { classes: reading.classes.map(() => 0), void: 0 };
  if (!format) return { labels, pixels, unknown: [] };
  let positions: ReturnType<typeof positionsOf>;
  try {
    positions = positionsOf(reading, format, classValues(reading, format, reading.also));
  } catch {
    // Two classes of one colour: the import says so, and a person can change one.
    return { labels, pixels, unknown: [] };
  }
  const unknown: UnknownValue[] = [];
  for (const [value, seen] of values) {
    const position = positions(value);
    if (position === undefined) {
      const nearest = format === 'rgb' && value >= 0 ? nearestClass(unpackColour(value), reading) : null;
      unknown.push({ value, text: valueText(value, format), ...seen, nearest });
    } else if (position === VOID) pixels.void += seen.pixels;
    else pixels.classes[position]! += seen.pixels;
  }
  unknown.sort((a, b) => b.pixels - a.pixels);
  return { labels, pixels, unknown: unknown.slice(0, maxUnknown) };
}

/** The id of the class whose colour is nearest. */
function nearestClass(colour: Rgb, { classes, voidClass }: Reading): number | null {
  const distance = (other: Rgb) => other.reduce((sum, part, i) => sum + (part - colour[i]!) ** 2, 0);
  const all = [...classes, ...(voidClass ? [voidClass] : [])];
  const [nearest] = all.sort((a, b) => distance(a.colour) - distance(b.colour));
  return nearest?.id ?? null;
}
