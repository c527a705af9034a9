// What a sample of the labels shows: formats, values with their pixels, palettes. One label at a time, keeping none.
import { formatOf, valuesOf, type LabelImage } from './label-values';
import type { LabelFormat, Rgb } from './types';

/** Pixels of a value, and the labels in which it occurs. */
export interface Seen {
  pixels: number;
  files: number;
}

/** Photographs that were taken for labels have more colours than are worth counting. */
const maxValues = 4096;

/** Formats in which the number itself is the class, whatever the file is. */
const numbers: readonly LabelFormat[] = ['grey-index', 'palette-index', 'text-ids'];

export class LabelSample {
  labels = 0;
  /** The palette of the first palette label. */
  palette: readonly Rgb[] = [];
  /** A sentence about labels with another palette, or null. */
  get paletteNote(): string | null {
    const { otherPalettes, difference } = this;
    if (otherPalettes === 0) return null;
    return `${otherPalettes} of ${this.labels} labels looked at ${otherPalettes === 1 ? 'has' : 'have'} another palette than the first: ${difference} Classes are taken from the indices.`;
  }
  private otherPalettes = 0;
  private difference = '';
  private readonly formats = new Map<LabelFormat, number>();
  private readonly byFormat = new Map<LabelFormat, Map<number, Seen>>();
  private readonly wanted: LabelFormat | null;

  /** `format` is what the labels are read as, or null to let each tell. */
  constructor(format: LabelFormat | null) {
    this.wanted = format;
  }

  /** Throws AppError 'bad-label' where the label is not of the wanted format. */
  add(label: LabelImage, file: string): void {
    const format = this.formatFor(label);
    const value = valuesOf(label, format, file);
    const seen = this.byFormat.get(format) ?? new Map<number, Seen>();
    const here = new Set<number>();
    const pixels = label.width * label.height;
    let last = NaN;
    let entry: Seen | null = null;
    for (let pixel = 0; pixel < pixels; pixel++) {
      const key = value(pixel);
      if (key !== last) {
        last = key;
        entry = seen.get(key) ?? null;
        if (!entry && seen.size < maxValues) seen.set(key, (entry = { pixels: 0, files: 0 }));
        if (entry && !here.has(key)) {
          here.add(key);
          entry.files++;
        }
      }
      if (entry) entry.pixels++;
    }
    this.byFormat.set(format, seen);
    this.formats.set(format, (this.formats.get(format) ?? 0) + 1);
    this.labels++;
    if (label.palette) this.comparePalette(label.palette, file);
  }

  /** The format of most labels; null before the first. */
  get format(): LabelFormat | null {
    return [...this.formats].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
  }

  /** The values of the labels of that format. */
  get values(): ReadonlyMap<number, Seen> {
    return (this.format && this.byFormat.get(this.format)) || new Map();
  }

  private formatFor(label: LabelImage): LabelFormat {
    const own = formatOf(label);
    if (!this.wanted) return own;
    return numbers.includes(this.wanted) && numbers.includes(own) ? own : this.wanted;
  }

  private comparePalette(palette: readonly Rgb[], file: string): void {
    if (this.palette.length === 0) {
      this.palette = palette;
      return;
    }
    const index = palette.findIndex((colour, i) => {
      const first = this.palette[i];
      return first !== undefined && colour.join() !== first.join();
    });
    if (index < 0) return;
    this.otherPalettes++;
    this.difference ||= `in ${file} index ${index} is ${palette[index]!.join(' ')}, and not ${this.palette[index]!.join(' ')}.`;
  }
}
