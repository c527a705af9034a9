// Classes where no list names them: from the values, colours and palette of a sample of the labels.
import type { PngImage } from '../formats/png';
import { classListOf, maxClasses } from './class-list';
import { colourAt, formatOf } from './labels';
import type { ClassList, LabelClass, LabelFormat, Rgb } from './types';

/** Up to this value all lower values are taken for classes too, in the sample or not. */
const denseValues = 64;
const maxColours = 64;

/** Collects what a sample of labels shows, one label at a time and keeping none. */
export class ClassFinder {
  /** The palette of the first palette label. */
  palette: readonly Rgb[] = [];
  private readonly formats = new Map<LabelFormat, number>();
  private readonly values = new Uint8Array(65536);
  private readonly colours = new Set<number>();

  add(label: PngImage): void {
    const format = formatOf(label);
    this.formats.set(format, (this.formats.get(format) ?? 0) + 1);
    if (format === 'rgb') this.addColours(label);
    else {
      for (let at = 0; at < label.samples.length; at += label.channels) this.values[label.samples[at]!] = 1;
      if (label.palette && this.palette.length === 0) this.palette = label.palette;
    }
  }

  /** The format of most labels; null before the first. */
  get format(): LabelFormat | null {
    return [...this.formats].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
  }

  /** The classes the labels show. For index labels the value 255 is void. */
  list(): ClassList {
    return this.format === 'rgb' ? this.listOfColours() : this.listOfValues();
  }

  private addColours(label: PngImage): void {
    if (label.depth === 16) return;
    const colour = colourAt(label, '');
    const pixels = label.width * label.height;
    let last = -1;
    for (let pixel = 0; pixel < pixels && this.colours.size <= maxColours; pixel++) {
      const packed = colour(pixel);
      if (packed !== last) this.colours.add((last = packed));
    }
  }

  private listOfValues(): ClassList {
    const values = [...this.values.keys()].filter((value) => this.values[value] === 1 && value !== 255);
    const highest = values.at(-1) ?? -1;
    const all = classListOf(
      Array.from({ length: highest + 1 }, () => ({ name: null, colour: null })),
      this.palette,
    ).classes;
    const classes = highest < denseValues ? all : values.map((value) => all[value]!);
    const voidClass: LabelClass = { id: 255, name: 'void', colour: this.palette[255] ?? [0, 0, 0] };
    return { classes: classes.slice(0, maxClasses), voidClass: this.values[255] === 1 ? voidClass : null };
  }

  /** Darkest first; none where there are so many that they cannot be classes. */
  private listOfColours(): ClassList {
    const colours = this.colours.size > maxColours ? [] : [...this.colours].sort((a, b) => a - b);
    const classes = colours.map((packed, id): LabelClass => {
      const colour: Rgb = [packed >> 16, (packed >> 8) & 255, packed & 255];
      return { id, name: `#${packed.toString(16).padStart(6, '0')}`, colour };
    });
    return { classes, voidClass: null };
  }
}
