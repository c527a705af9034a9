// Cutting a pair into tiles. Every pixel lies in exactly one; what a tile has beyond the picture is black and void.
import { VOID, type LabelMap, type RgbImage, type Size } from './types';

export interface Tile extends Size {
  /** Where its top left pixel lies in the picture. */
  x: number;
  y: number;
  rgb: Uint8Array;
  labels: Uint8Array;
}

/** The tiles of a pair row by row, each with buffers of its own; one tile, the whole pair, where `tile` is null. */
export function cutTiles(image: RgbImage, label: LabelMap, tile: Size | null): Tile[] {
  const { width, height } = tile ?? image;
  if (width === image.width && height === image.height) {
    return [{ x: 0, y: 0, width, height, rgb: image.rgb, labels: label.labels }];
  }
  const tiles: Tile[] = [];
  for (let y = 0; y < image.height; y += height) {
    for (let x = 0; x < image.width; x += width) tiles.push(cut(image, label, x, y, { width, height }));
  }
  return tiles;
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
