import type { LabelFormat } from '../../../data/types';

/** The ways in which label files say a pixel's class. */
export const formatTitles: Record<LabelFormat, string> = {
  'grey-index': 'Grey values',
  'palette-index': 'Palette indices',
  rgb: 'RGB colours',
};
