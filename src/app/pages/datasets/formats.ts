import type { LabelFormat } from '../../../data/types';

/** The ways in which label files say a pixel's class. */
export const formatTitles: Record<LabelFormat, string> = {
  'grey-index': 'Grey values',
  'palette-index': 'Palette indices',
  rgb: 'RGB colours',
  'first-channel': 'First of three channels',
  'text-ids': 'Numbers in text files',
  'id-1000': 'Class × 1000 + instance',
  'id-256': 'Class × 256 + instance',
  ade20k: 'ADE20K’s red and green',
};

/** The same within a sentence: "grey values", but "RGB colours" as it is. */
export const formatInSentence = (format: LabelFormat): string =>
  formatTitles[format].replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
