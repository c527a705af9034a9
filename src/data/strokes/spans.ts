// What every tool of annotation comes down to: runs of pixels that get a class.
import type { LabelMap, Size } from '../types';

/** Pixels `from` to `to` (exclusive) of row `y`, inside the picture. */
export type EmitSpan = (y: number, from: number, to: number) => void;

/** A set of pixels of a picture of that size, as spans in any order. */
export type Shape = (size: Size, emit: EmitSpan) => void;

export interface Rect extends Size {
  x: number;
  y: number;
}

/** A place in a picture, in pixels from its top left corner; the centre of the first pixel is at 0.5, 0.5. */
export interface Point {
  x: number;
  y: number;
}

/** What is painted with: a label value (a class position or VOID), and the values whose pixels stay as they are. */
export interface Paint {
  value: number;
  locked: ReadonlySet<number>;
}

/** Calls `emit` with the part of a row's span that lies in the picture, if any does. */
export function emitClipped(
  { width, height }: Size,
  emit: EmitSpan,
  y: number,
  from: number,
  to: number,
): void {
  if (y < 0 || y >= height) return;
  const first = Math.max(0, from);
  const end = Math.min(width, to);
  if (first < end) emit(y, first, end);
}

/** Gives the pixels of a shape a value, in place. Returns the smallest rectangle that holds all that changed. */
export function paintShape(map: LabelMap, shape: Shape, { value, locked }: Paint): Rect | null {
  const { labels, width } = map;
  const free = new Uint8Array(256).fill(1);
  free[value] = 0;
  for (const one of locked) free[one] = 0;
  let left = Infinity;
  let right = -1;
  let top = Infinity;
  let bottom = -1;
  shape(map, (y, from, to) => {
    const row = y * width;
    for (let x = from; x < to; x++) {
      if (!free[labels[row + x]!]) continue;
      labels[row + x] = value;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
  });
  if (right < 0) return null;
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** The smallest rectangle that holds both; either may be missing. */
export function unite(a: Rect | null, b: Rect | null): Rect | null {
  if (!a || !b) return a ?? b;
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}
