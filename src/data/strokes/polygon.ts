// Filling a polygon by the even-odd rule, exactly: neighbours that share an edge share no pixel and leave none out.
import { emitClipped, type Point, type Shape } from './spans';

/** Corners are rounded to this fraction of a pixel; from then on every number is whole. */
const grid = 16;

interface Edge {
  /** The upper and the lower end, in grid units. */
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/**
 * The pixels whose centre lies inside the closed polygon: a ray from there crosses its edges an odd number of times. A
 * centre on an edge belongs to what lies right of it or below.
 */
export function polygon(corners: readonly Point[]): Shape {
  const points = corners.map(({ x, y }) => ({ x: Math.round(x * grid), y: Math.round(y * grid) }));
  const edges = points.flatMap((a, i): Edge[] => {
    const b = points[(i + 1) % points.length]!;
    if (a.y === b.y) return [];
    const [upper, lower] = a.y < b.y ? [a, b] : [b, a];
    return [{ x0: upper.x, y0: upper.y, x1: lower.x, y1: lower.y }];
  });
  return (picture, emit) => {
    if (edges.length === 0) return;
    const top = Math.min(...edges.map(({ y0 }) => y0));
    const bottom = Math.max(...edges.map(({ y1 }) => y1));
    const first = Math.max(0, Math.floor(top / grid));
    const last = Math.min(picture.height - 1, Math.ceil(bottom / grid));
    for (let y = first; y <= last; y++) {
      const row = y * grid + grid / 2;
      const crossings = edges
        .filter(({ y0, y1 }) => y0 <= row && row < y1)
        .map((edge) => firstRightOf(edge, row))
        .sort((a, b) => a - b);
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        emitClipped(picture, emit, y, crossings[i]!, crossings[i + 1]!);
      }
    }
  };
}

/** The first pixel of a row whose centre is not left of the edge. */
function firstRightOf({ x0, y0, x1, y1 }: Edge, row: number): number {
  // The crossing is x0 + (row - y0) * (x1 - x0) / (y1 - y0), a pixel's centre grid * column + grid / 2.
  const dy = y1 - y0;
  return divideUp((x0 - grid / 2) * dy + (row - y0) * (x1 - x0), grid * dy);
}

/** The smallest whole number that is at least a / b, for whole a and b > 0: a rounded quotient may be one off. */
function divideUp(a: number, b: number): number {
  let quotient = Math.ceil(a / b);
  while (quotient * b < a) quotient++;
  while ((quotient - 1) * b >= a) quotient--;
  return quotient;
}
