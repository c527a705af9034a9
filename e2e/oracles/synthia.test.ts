// Frames of each SYNTHIA subset at their real sizes, written by Pillow: every encoding must give the same class map.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeLabel } from '../../src/data/label-values';
import { classValues, labelReader } from '../../src/data/labels';
import { readFile } from '../../src/data/read-file';
import type { ClassTable } from '../../src/data/sources/class-table';
import {
  randCityscapesClasses,
  randClasses,
  sequenceClasses,
  sfClasses,
} from '../../src/data/sources/synthia-classes';
import { surveyFiles } from '../../src/data/survey';
import { sourceFile } from '../../src/data/testing/files';
import { VOID } from '../../src/data/types';
import { findPython } from './python';

const python = await findPython(['PIL', 'numpy']);
const folder = mkdtempSync(join(tmpdir(), 'intarsia-synthia-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tables: Record<string, ClassTable> = {
  rand: randClasses,
  'rand-cityscapes': randCityscapesClasses,
  seqs: sequenceClasses,
  sf: sfClasses,
  al: sequenceClasses,
};

function dropped(name: string) {
  return readdirSync(join(folder, name), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return sourceFile(path.slice(folder.length + 1), new Uint8Array(readFileSync(path)));
    });
}

/** The class ids of the first label, 0 for void, as the layout reads it. */
async function idsOf(name: string, layout: string): Promise<{ found: string; ids: Uint8Array }> {
  const { survey, pairs } = await surveyFiles({ folder: dropped(name) }, layout);
  const { label } = pairs[0]!;
  const read = labelReader(survey, survey.format!, {
    values: classValues(survey, survey.format!, survey.also),
  });
  const map = read(decodeLabel(await readFile(label.file, label.path), label.path), label.path);
  const ids = survey.classes.map(({ id }) => id);
  return {
    found: survey.layout,
    ids: map.labels.map((position) => (position === VOID ? 0 : ids[position]!)),
  };
}

describe.skipIf(python.missing)(`SYNTHIA at its real sizes${python.note}`, () => {
  beforeAll(async () => {
    const colours = Object.entries(tables).map(([name, table]) => [
      name,
      Object.fromEntries(table.map(({ id, colour }) => [id, colour])),
    ]);
    const file = join(folder, 'tables.json');
    writeFileSync(file, JSON.stringify(Object.fromEntries(colours)));
    await python.run(new URL('./make_synthia.py', import.meta.url), folder, file);
  }, 120_000);

  it.each([
    ['rand', ['synthia-rand:GTTXT', 'synthia-rand:GT']],
    ['seqs', ['synthia-seqs:GT/LABELS', 'synthia-seqs:GT/COLOR']],
    ['rand-cityscapes', ['synthia-rand-cityscapes:GT/LABELS', 'synthia-rand-cityscapes:GT/COLOR']],
    ['sf', ['synthia-sf:GTLeft']],
    ['al', ['synthia-al:SemSeg']],
  ])('%s', { timeout: 120_000 }, async (subset, layouts) => {
    const expected = new Uint8Array(readFileSync(join(folder, `${subset}.ids`)));
    // Wall and lane marking have one colour in RAND-CITYSCAPES, and its documentation says so.
    const oneColour = (ids: Uint8Array) => ids.map((id) => (id === 22 ? 21 : id));
    for (const layout of layouts) {
      const { found, ids } = await idsOf(subset, layout);
      expect(found).toBe(layout);
      const wanted = layout.endsWith('rand-cityscapes:GT/COLOR') ? oneColour(expected) : expected;
      expect(Buffer.compare(ids, wanted), layout).toBe(0);
    }
    expect((await surveyFiles({ folder: dropped(subset) })).survey.layout).toBe(layouts[0]);
  });

  it.each(['sf', 'al'])('%s with the class in the first channel', { timeout: 120_000 }, async (subset) => {
    const { survey } = await surveyFiles({ folder: dropped(`${subset}-ids`) });
    expect(survey.format).toBe('first-channel');
    const { ids } = await idsOf(`${subset}-ids`, survey.layout);
    expect(Buffer.compare(ids, readFileSync(join(folder, `${subset}.ids`)))).toBe(0);
  });
});
