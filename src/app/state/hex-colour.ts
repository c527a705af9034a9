import type { Rgb } from '../../data/types';

/** A colour as `<input type="color">` has it: [128, 64, 0] -> "#804000". */
export function hexOf(colour: Rgb): string {
  return '#' + colour.map((part) => part.toString(16).padStart(2, '0')).join('');
}

/** "#804000" -> [128, 64, 0]. */
export function colourOf(hex: string): Rgb {
  const value = parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
