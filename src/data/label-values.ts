// What a label file says of each pixel: one number, whatever the encoding. Which class that is, labels.ts knows.
import type { AppError } from '../core/errors';
import { fileError } from '../formats/file-error';
import { looksLikeIds, parseIdText } from '../formats/id-text';
import { decodePng, type PngImage } from '../formats/png';
import { imageKind, lookOf } from '../formats/sniff';
import type { LabelFormat, Rgb } from './types';

/** A decoded label file: a PNG's samples, or the numbers of a text file as samples of one channel. */
export interface LabelImage extends Omit<PngImage, 'kind'> {
  kind: PngImage['kind'] | 'text';
}

/** Decodes a label file, told by its content. Throws AppError 'bad-file' or 'bad-label' naming it. */
export function decodeLabel(bytes: Uint8Array, file: string): LabelImage {
  if (looksLikeIds(bytes)) {
    const { width, height, ids } = parseIdText(bytes, file);
    return { width, height, depth: 16, channels: 1, kind: 'text', samples: ids };
  }
  const kind = imageKind(bytes);
  if (kind && kind !== 'png') {
    throw fileError(
      'bad-label',
      file,
      `labels are read from PNG or text files, and this is ${lookOf(bytes)}. Save it as PNG from its source: lossy pictures change the classes at every edge.`,
    );
  }
  return decodePng(bytes, file);
}

/** The format that a label's own kind suggests. */
export function formatOf({ kind, depth }: Pick<LabelImage, 'kind' | 'depth'>): LabelFormat {
  if (kind === 'text') return 'text-ids';
  if (kind === 'palette') return 'palette-index';
  if (kind === 'grey') return 'grey-index';
  return depth === 16 ? 'first-channel' : 'rgb';
}

/** One number for a colour, 0 to 2^24 - 1. */
export function packColour([red, green, blue]: Rgb): number {
  return (red << 16) | (green << 8) | blue;
}

export function unpackColour(packed: number): Rgb {
  return [packed >> 16, (packed >> 8) & 255, packed & 255];
}

/** A value as a person writes it: "128 64 128" for a colour, else the number. */
export function valueText(value: number, format: LabelFormat): string {
  if (value < 0) return 'an index without a colour';
  return format === 'rgb' ? unpackColour(value).join(' ') : String(value);
}

/** The value of each pixel. Throws AppError 'bad-label' where the label is not of that format. */
export function valuesOf(label: LabelImage, format: LabelFormat, file: string): (pixel: number) => number {
  const { samples, channels, kind } = label;
  const isRgb = kind === 'rgb';
  switch (format) {
    case 'rgb':
      return coloursOf(label, file);
    case 'first-channel':
      if (!isRgb) throw mismatch(file, label, 'RGB with the class in the first channel');
      break;
    case 'ade20k':
      if (!isRgb || label.depth !== 8) throw mismatch(file, label, "ADE20K's RGB values");
      return (pixel) => samples[pixel * channels]! * 256 + samples[pixel * channels + 1]!;
    case 'id-1000':
      if (isRgb) throw mismatch(file, label, 'grey values');
      return (pixel) => {
        const value = samples[pixel * channels]!;
        return value < 1000 ? value : Math.floor(value / 1000);
      };
    case 'id-256':
      if (isRgb) throw mismatch(file, label, 'grey values');
      return (pixel) => samples[pixel * channels]! >> 8;
    default:
      if (isRgb) throw mismatch(file, label, 'index values');
  }
  return channels === 1 ? (pixel) => samples[pixel]! : (pixel) => samples[pixel * channels]!;
}

function mismatch(file: string, label: LabelImage, wanted: string): AppError {
  const names = { grey: 'grey', palette: 'in palette colours', rgb: 'RGB', text: 'text' };
  const deep = label.kind === 'rgb' && label.depth === 16 ? ' with 16 bits per channel' : '';
  return fileError(
    'bad-label',
    file,
    `this label is ${names[label.kind]}${deep}, but the labels are read as ${wanted}.`,
  );
}

function coloursOf(label: LabelImage, file: string): (pixel: number) => number {
  const { samples, channels, palette, kind, depth } = label;
  if (palette) {
    const packed = palette.map(packColour);
    return (pixel) => packed[samples[pixel]!] ?? -1;
  }
  if (kind !== 'rgb' || depth === 16) throw mismatch(file, label, 'RGB colours');
  return (pixel) => {
    const at = pixel * channels;
    return (samples[at]! << 16) | (samples[at + 1]! << 8) | samples[at + 2]!;
  };
}
