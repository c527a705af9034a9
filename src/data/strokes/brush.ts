// A round brush: a pixel belongs to a stroke when its centre lies within half the brush's size of the stroke's line.
import { emitClipped, type Point, type Shape } from './spans';

/** The largest brush, in pixels across. */
export const maxBrush = 256;

/** A tie within rounding counts as inside, so that a stroke and its mirror image are alike. */
const tolerance = 1e-9;

/**
 * Where a brush of `size` pixels stands for a pointer at `point`: on the nearest pixel centre for odd sizes, on the
 * nearest corner for even ones. A single dab is then the same disc everywhere, and never empty.
 */
export function brushPlace({ x, y }: Point, size: number): Point {
  return size % 2
    ? { x: Math.floor(x) + 0.5, y: Math.floor(y) + 0.5 }
    : { x: Math.round(x), y: Math.round(y) };
}

/** A brush `size` pixels across drawn straight from `a` to `b`, both ends round; a dab where they are the same. */
export function brushLine(a: Point, b: Point, size: number): Shape {
  const radius = size / 2;
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const length2 = dx * dx + dy * dy;
  const reach = radius * Math.sqrt(length2);
  return (picture, emit) => {
    const first = Math.max(0, Math.floor(Math.min(a.y, b.y) - radius));
    const last = Math.min(picture.height - 1, Math.ceil(Math.max(a.y, b.y) + radius));
    for (let y = first; y <= last; y++) {
      const row = y + 0.5;
      // The stroke is convex, so its part of a row is one interval: from the ends' discs and the strip between them.
      const interval = new Interval();
      interval.addDisc(a, row, radius);
      interval.addDisc(b, row, radius);
      if (length2 > 0) {
        const strip = new Interval(-Infinity, Infinity);
        strip.keep(dy, (row - a.y) * dx, reach);
        strip.keep(dx, length2 / 2 - (row - a.y) * dy, length2 / 2);
        if (strip.from <= strip.to) interval.add(a.x + strip.from, a.x + strip.to);
      }
      const from = Math.ceil(interval.from - 0.5 - tolerance);
      const to = Math.floor(interval.to - 0.5 + tolerance) + 1;
      emitClipped(picture, emit, y, from, to);
    }
  };
}

/** Numbers from `from` to `to`; none where `from` is greater. */
class Interval {
  from: number;
  to: number;

  constructor(from = Infinity, to = -Infinity) {
    this.from = from;
    this.to = to;
  }

  add(from: number, to: number): void {
    this.from = Math.min(this.from, from);
    this.to = Math.max(this.to, to);
  }

  addDisc(centre: Point, row: number, radius: number): void {
    const square = radius * radius - (row - centre.y) ** 2;
    if (square >= 0) this.add(centre.x - Math.sqrt(square), centre.x + Math.sqrt(square));
  }

  /** Keeps the x with |factor * x - middle| <= reach. */
  keep(factor: number, middle: number, reach: number): void {
    if (factor === 0) {
      if (Math.abs(middle) > reach + tolerance) this.to = -Infinity;
      return;
    }
    const one = (middle - reach) / factor;
    const other = (middle + reach) / factor;
    this.from = Math.max(this.from, Math.min(one, other));
    this.to = Math.min(this.to, Math.max(one, other));
  }
}
