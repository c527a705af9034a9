// Whether labels are what a layout says they are: a few are opened before it is believed.
import { classListOf, type ClassEntry } from './class-list';
import { LabelSample } from './label-sample';
import { decodeLabel } from './label-values';
import { classValues, positionsOf } from './labels';
import { readFile } from './read-file';
import { readingOf } from './sources/class-table';
import type { Candidate } from './sources/source';
import { spread } from './spread';

/** Below this share of pixels with a known class, the classes are others. */
const knownShare = 0.5;

/**
 * False where the labels that were opened are of another format, or most of their pixels have none of the classes.
 * Labels that cannot be opened say nothing.
 */
export async function fits(candidate: Candidate, entries: readonly ClassEntry[] | null): Promise<boolean> {
  const { pairing, format, table } = candidate;
  if (!format) return true;
  const sample = new LabelSample(format);
  let opened = 0;
  for (const { label } of spread(pairing.pairs, 3)) {
    let decoded;
    try {
      decoded = decodeLabel(await readFile(label.file, label.path), label.path);
    } catch {
      continue;
    }
    opened++;
    try {
      sample.add(decoded, label.path);
    } catch {
      return false;
    }
  }
  const { values } = sample;
  if (opened === 0 || !sample.format || (!entries && !table)) return true;
  const reading = entries
    ? { ...classListOf(entries, sample.palette), also: [] }
    : readingOf(table!, sample.format, new Set(values.keys()));
  let known = 0;
  let all = 0;
  try {
    const positions = positionsOf(reading, sample.format, classValues(reading, sample.format, reading.also));
    for (const [value, { pixels }] of values) {
      all += pixels;
      if (positions(value) !== undefined) known += pixels;
    }
  } catch {
    return true;
  }
  return known >= all * knownShare;
}
