// From a label PNG's samples to class positions. Nothing is clamped: a value without class rejects the file.
import { AppError } from '../core/errors';
import { fileError } from '../formats/file-error';
import type { PngImage } from '../formats/png';
import { VOID, type ClassList, type LabelFormat, type LabelMap, type Rgb, type Size } from './types';

export type LabelReader = (png: PngImage, file: string) => LabelMap;

const unknown = -1;

/** The format that a PNG's kind suggests. */
export function formatOf(png: Pick<PngImage, 'kind'>): LabelFormat {
  return png.kind === 'rgb' ? 'rgb' : png.kind === 'palette' ? 'palette-index' : 'grey-index';
}

/** One number for a colour, 0 to 2^24 - 1. */
export function packColour([red, green, blue]: Rgb): number {
  return (red << 16) | (green << 8) | blue;
}

/**
 * A function from decoded label PNGs to label maps. It throws AppError 'bad-label' with the values or colours that are
 * not in the list and how many pixels have them. Throws 'bad-classes' at once where two classes share a colour that
 * must tell them apart.
 */
export function labelReader(list: ClassList, format: LabelFormat): LabelReader {
  return format === 'rgb' ? colourReader(list) : indexReader(list);
}

function indexReader({ classes, voidClass }: ClassList): LabelReader {
  const positions = new Int16Array(65536).fill(unknown);
  classes.forEach(({ id }, position) => (positions[id] = position));
  if (voidClass) positions[voidClass.id] = VOID;
  positions[255] = VOID;
  return (png, file) => {
    if (png.kind === 'rgb') {
      throw fileError('bad-label', file, 'this label is RGB, but the labels are read as index values.');
    }
    const { samples, channels } = png;
    const find = (pixel: number) => positions[samples[pixel * channels]!]!;
    const value = (pixel: number) => String(samples[pixel * channels]!);
    return mapPixels(png, find, (pixels) => {
      const found = tally(pixels, value);
      return fileError('bad-label', file, `it has values outside the class list: ${found}.`);
    });
  };
}

function colourReader({ classes, voidClass }: ClassList): LabelReader {
  const positions = new Map<number, number>();
  [...classes, ...(voidClass ? [voidClass] : [])].forEach((entry, i) => {
    const key = packColour(entry.colour);
    const other = positions.get(key);
    if (other !== undefined) {
      throw new AppError(
        'bad-classes',
        `Classes "${classes[other]!.name}" and "${entry.name}" have the same colour ${entry.colour.join(' ')}, so RGB labels cannot tell them apart. Give each class its own colour.`,
      );
    }
    positions.set(key, entry === voidClass ? VOID : i);
  });
  return (png, file) => {
    const colour = colourAt(png, file);
    let lastColour = -1;
    let lastPosition = unknown;
    const find = (pixel: number) => {
      const key = colour(pixel);
      if (key !== lastColour) {
        lastColour = key;
        lastPosition = positions.get(key) ?? unknown;
      }
      return lastPosition;
    };
    const value = (pixel: number) => [16, 8, 0].map((shift) => (colour(pixel) >> shift) & 255).join(' ');
    return mapPixels(png, find, (pixels) => {
      const found = tally(pixels, value);
      return fileError('bad-label', file, `it has colours that are not in the class list: ${found}.`);
    });
  };
}

/** The packed colour of a pixel of an RGB or palette PNG. Throws AppError 'bad-label' for others. */
export function colourAt(png: PngImage, file: string): (pixel: number) => number {
  const { samples, channels, palette } = png;
  if (palette) {
    const packed = palette.map(packColour);
    return (pixel) => packed[samples[pixel]!] ?? -1;
  }
  if (png.kind === 'grey') {
    throw fileError('bad-label', file, 'this label is grey, but the labels are read as RGB colours.');
  }
  if (png.depth === 16) {
    throw fileError(
      'bad-label',
      file,
      'RGB labels with 16 bits per channel are not read. Save it with 8 bits.',
    );
  }
  return (pixel) => {
    const at = pixel * channels;
    return (samples[at]! << 16) | (samples[at + 1]! << 8) | samples[at + 2]!;
  };
}

function mapPixels(
  { width, height }: Size,
  find: (pixel: number) => number,
  reject: (pixels: number[]) => AppError,
): LabelMap {
  const labels = new Uint8Array(width * height);
  const strange: number[] = [];
  for (let pixel = 0; pixel < labels.length; pixel++) {
    const position = find(pixel);
    if (position === unknown) strange.push(pixel);
    else labels[pixel] = position;
  }
  if (strange.length > 0) throw reject(strange);
  return { width, height, labels };
}

/** "12 (345 pixels), 17 (1 pixel) and 3 more", most frequent first. */
function tally(pixels: readonly number[], value: (pixel: number) => string): string {
  const counts = new Map<string, number>();
  for (const pixel of pixels) {
    const key = value(pixel);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  const shown = sorted
    .slice(0, 5)
    .map(([key, count]) => `${key} (${count} ${count === 1 ? 'pixel' : 'pixels'})`);
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
