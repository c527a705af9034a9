import type { TileIndex } from '../../../data/tile-index';

/** A tile's picture, and where in it the tile lies unless it is at its corner. */
export function tileTitle({ names, x, y }: TileIndex, row: number): string {
  const place = x[row] || y[row] ? ` at ${x[row]}, ${y[row]}` : '';
  return `${names[row]}${place}`;
}
