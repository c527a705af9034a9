// Classes where no list names them: from the values, colours and palette of a sample of the labels.
import { classListOf, maxClasses } from './class-list';
import type { LabelSample } from './label-sample';
import { unpackColour } from './label-values';
import { camvidClasses } from './sources/camvid-classes';
import { labelIdClasses } from './sources/cityscapes-classes';
import { readingOf, type ClassTable, type Reading } from './sources/class-table';
import { randCityscapesClasses, randClasses, sfClasses } from './sources/synthia-classes';
import { vocClasses } from './sources/voc-classes';
import type { ClassList, LabelClass } from './types';

/** Up to this value all lower values are taken for classes too, in the sample or not. */
const denseValues = 64;
const maxColours = 64;

/** Colours that are in use in many datasets, so that their names are known without a list. */
const knownColours: readonly [title: string, table: ClassTable][] = [
  ['SYNTHIA', randClasses],
  ['CamVid', camvidClasses],
  ['PASCAL VOC', vocClasses],
  ['Cityscapes', labelIdClasses],
  ['SYNTHIA-RAND-CITYSCAPES', randCityscapesClasses],
  ['SYNTHIA-SF', sfClasses],
];

const background: LabelClass = { id: 0, name: 'background', colour: [0, 0, 0] };
const foreground: LabelClass = { id: 1, name: 'foreground', colour: [255, 255, 255] };

/** The classes that a sample of labels shows. In index labels 255 is void, but in a mask of 0 and 255 the foreground. */
export function foundClasses(sample: LabelSample): Reading {
  const { format, values } = sample;
  const highest = format === 'rgb' ? 0xffffff : 255;
  if (values.size === 2 && values.has(0) && values.has(highest)) {
    return { classes: [background, foreground], voidClass: null, also: [{ value: highest, id: 1 }] };
  }
  return { ...(format === 'rgb' ? listOfColours(sample) : listOfValues(sample)), also: [] };
}

/** The dataset whose classes have all the colours of the sample, where there are three colours at least. */
export function knownClasses(sample: LabelSample): { title: string; reading: Reading } | null {
  if (sample.format !== 'rgb' || sample.values.size < 3) return null;
  const colours = new Set(sample.values.keys());
  for (const [title, table] of knownColours) {
    const reading = readingOf(table, 'rgb', colours);
    const known = new Set(
      readingOf(table, 'rgb', colours).classes.map(({ colour: [r, g, b] }) => (r << 16) | (g << 8) | b),
    );
    if (reading.voidClass) known.add(packed(reading.voidClass));
    for (const { value } of reading.also) known.add(value);
    if ([...colours].every((colour) => known.has(colour))) return { title, reading };
  }
  return null;
}

const packed = ({ colour: [red, green, blue] }: LabelClass) => (red << 16) | (green << 8) | blue;

function listOfValues({ values, palette }: LabelSample): ClassList {
  const sorted = [...values.keys()].filter((value) => value !== 255).sort((a, b) => a - b);
  const highest = sorted.at(-1) ?? -1;
  const all = classListOf(
    Array.from({ length: highest + 1 }, () => ({ name: null, colour: null })),
    palette,
  ).classes;
  const classes = highest < denseValues ? all : sorted.map((value) => all[value]!);
  const voidClass: LabelClass = { id: 255, name: 'void', colour: palette[255] ?? [0, 0, 0] };
  return { classes: classes.slice(0, maxClasses), voidClass: values.has(255) ? voidClass : null };
}

/** Darkest first; none where there are so many that they cannot be classes. */
function listOfColours({ values }: LabelSample): ClassList {
  const colours = values.size > maxColours ? [] : [...values.keys()].filter((value) => value >= 0);
  const classes = colours
    .sort((a, b) => a - b)
    .map((colour, id): LabelClass => {
      const name = `#${colour.toString(16).padStart(6, '0')}`;
      return { id, name, colour: unpackColour(colour) };
    });
  return { classes, voidClass: null };
}
