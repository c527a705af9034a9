// Cutting a pair into tiles. Every pixel lies in one at least; what a tile has beyond the picture is black and void.
import { VOID, type LabelMap, type RgbImage, type Size } from './types';

export interface Tile extends Size {
  /** Where its top left pixel lies in the picture. */
  x: number;
  y: number;
  rgb: Uint8Array;
  labels: Uint8Array;
}

/**
 * The tiles of a pair row by row, each with buffers of its own; one tile, the whole pair, where `tile` is null.
 * Neighbours share `overlap` pixels, which must be fewer than either side of a tile has.
 */
export function cutTiles(image: RgbImage, label: LabelMap, tile: Size | null, overlap = 0): Tile[] {
  const { width, height } = tile ?? image;
  if (width === image.width && height === image.height) {
    return [{ x: 0, y: 0, width, height, rgb: image.rgb, labels: label.labels }];
  }
  const tiles: Tile[] = [];
  for (const y of starts(image.height, height, overlap)) {
    for (const x of starts(image.width, width, overlap)) {
      tiles.push(cut(image, label, x, y, { width, height }));
    }
  }
  return tiles;
}

/** Where tiles begin along a side of `length` pixels; the last is the first that reaches its end. */
function starts(length: number, tile: number, overlap: number): number[] {
  const step = tile - overlap;
  const count = Math.max(1, Math.ceil((length - overlap) / step));
  return Array.from({ length: count }, (_, i) => i * step);
}

/** How many tiles cutTiles makes of a picture of that size. */
export function tileCount(image: Size, tile: Size | null, overlap = 0): number {
  if (!tile) return 1;
  const columns = starts(image.width, tile.width, overlap).length;
  return columns * starts(image.height, tile.height, overlap).length;
}

function cut(image: RgbImage, label: LabelMap, x: number, y: number, { width, height }: Size): Tile {
  const rgb = new Uint8Array(width * height * 3);
  const labels = new Uint8Array(width * height).fill(VOID);
  const columns = Math.min(width, image.width - x);
  const rows = Math.min(height, image.height - y);
  for (let row = 0; row < rows; row++) {
    const from = (y + row) * image.width + x;
    rgb.set(image.rgb.subarray(from * 3, (from + columns) * 3), row * width * 3);
    labels.set(label.labels.subarray(from, from + columns), row * width);
  }
  return { x, y, width, height, rgb, labels };
}
