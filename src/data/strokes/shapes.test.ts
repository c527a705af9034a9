import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VOID, type LabelMap, type RgbImage } from '../types';
import { brushLine, brushPlace } from './brush';
import { flood } from './flood';
import { polygon } from './polygon';
import { paintShape, unite, type Point, type Shape } from './spans';

const size = { width: 23, height: 17 };
const empty = (): LabelMap => ({ ...size, labels: new Uint8Array(size.width * size.height).fill(VOID) });
const nothing: ReadonlySet<number> = new Set();

/** Which pixels a shape has, as text: one line a row. */
function pixelsOf(shape: Shape): string[] {
  const map = empty();
  paintShape(map, shape, { value: 1, locked: nothing });
  return rowsOf(map, 1);
}

function rowsOf({ labels, width, height }: LabelMap, value: number): string[] {
  return Array.from({ length: height }, (_, y) =>
    [...labels.subarray(y * width, (y + 1) * width)].map((label) => (label === value ? '#' : '.')).join(''),
  );
}

/** The pixels whose centre fulfils a condition. */
function where(condition: (x: number, y: number) => boolean): string[] {
  return Array.from({ length: size.height }, (_, y) =>
    Array.from({ length: size.width }, (_, x) => (condition(x + 0.5, y + 0.5) ? '#' : '.')).join(''),
  );
}

/** Also outside of the picture: a stroke may begin or end there. */
const place = fc.record({
  x: fc.double({ min: -9, max: 32, noNaN: true }),
  y: fc.double({ min: -9, max: 26, noNaN: true }),
});
const brush = fc.integer({ min: 1, max: 20 });

test('a dab of each size is the same disc everywhere', () => {
  const dab = (point: Point, across: number) => {
    const at = brushPlace(point, across);
    return pixelsOf(brushLine(at, at, across)).filter((row) => row.includes('#'));
  };
  expect(dab({ x: 5.2, y: 5.9 }, 1)).toEqual(['.....#.................']);
  expect(dab({ x: 5.2, y: 5.9 }, 2)).toEqual(['....##.................', '....##.................']);
  expect(dab({ x: 5.2, y: 5.9 }, 5)).toEqual([
    '....###................',
    '...#####...............',
    '...#####...............',
    '...#####...............',
    '....###................',
  ]);
});

test('a stroke has the pixels whose centre is within half the size of its line, and no others', () => {
  fc.assert(
    fc.property(place, place, brush, (from, to, across) => {
      const a = brushPlace(from, across);
      const b = brushPlace(to, across);
      const distance = (x: number, y: number) => {
        const length2 = (b.x - a.x) ** 2 + (b.y - a.y) ** 2;
        const along = length2 ? ((x - a.x) * (b.x - a.x) + (y - a.y) * (b.y - a.y)) / length2 : 0;
        const t = Math.min(1, Math.max(0, along));
        return Math.hypot(x - a.x - t * (b.x - a.x), y - a.y - t * (b.y - a.y));
      };
      expect(pixelsOf(brushLine(a, b, across))).toEqual(where((x, y) => distance(x, y) <= across / 2 + 1e-9));
    }),
    { numRuns: 500 },
  );
});

test('a stroke one pixel wide has no gap', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: size.width - 1 }),
      fc.integer({ min: 0, max: size.height - 1 }),
      fc.integer({ min: 0, max: size.width - 1 }),
      fc.integer({ min: 0, max: size.height - 1 }),
      (ax, ay, bx, by) => {
        const map = empty();
        const a = { x: ax + 0.5, y: ay + 0.5 };
        const b = { x: bx + 0.5, y: by + 0.5 };
        paintShape(map, brushLine(a, b, 1), { value: 1, locked: nothing });
        const reached = new Set([`${ax},${ay}`]);
        const waiting: [number, number][] = [[ax, ay]];
        for (let one = waiting.pop(); one; one = waiting.pop()) {
          for (let y = one[1] - 1; y <= one[1] + 1; y++) {
            for (let x = one[0] - 1; x <= one[0] + 1; x++) {
              const inside = x >= 0 && y >= 0 && x < size.width && y < size.height;
              if (!inside || map.labels[y * size.width + x] !== 1 || reached.has(`${x},${y}`)) continue;
              reached.add(`${x},${y}`);
              waiting.push([x, y]);
            }
          }
        }
        expect(reached.has(`${bx},${by}`)).toBe(true);
        expect(reached.size).toBe(map.labels.filter((label) => label === 1).length);
      },
    ),
  );
});

test('a polygon has the pixels whose centre it surrounds an odd number of times', () => {
  const corner = fc.record({
    x: fc.integer({ min: -64, max: 450 }).map((value) => value / 16),
    y: fc.integer({ min: -64, max: 350 }).map((value) => value / 16),
  });
  fc.assert(
    fc.property(fc.array(corner, { maxLength: 9 }), (corners) => {
      const inside = (x: number, y: number) =>
        corners.filter((a, i) => {
          const b = corners[(i + 1) % corners.length]!;
          const [upper, lower] = a.y < b.y ? [a, b] : [b, a];
          if (!(upper.y <= y && y < lower.y)) return false;
          // Sixteenths of a pixel: these products are exact.
          return (x - upper.x) * (lower.y - upper.y) >= (y - upper.y) * (lower.x - upper.x);
        }).length %
          2 ===
        1;
      expect(pixelsOf(polygon(corners))).toEqual(where(inside));
    }),
    { numRuns: 500 },
  );
});

test('triangles about a common point cover a rectangle once', () => {
  fc.assert(
    fc.property(place, (middle) => {
      const corners = [
        { x: -20, y: -20 },
        { x: 50, y: -20 },
        { x: 50, y: 50 },
        { x: -20, y: 50 },
      ];
      const times = new Uint8Array(size.width * size.height);
      corners.forEach((corner, i) =>
        polygon([corner, corners[(i + 1) % 4]!, middle])(size, (y, from, to) => {
          for (let x = from; x < to; x++) times[y * size.width + x]!++;
        }),
      );
      expect(new Set(times)).toEqual(new Set([1]));
    }),
  );
});

test('a flood takes exactly what is connected, of one label and near in colour', () => {
  const total = size.width * size.height;
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: total * 3, maxLength: total * 3 }),
      fc.array(fc.constantFrom(0, 0, 0, 1), { minLength: total, maxLength: total }),
      fc.integer({ min: 0, max: size.width - 1 }),
      fc.integer({ min: 0, max: size.height - 1 }),
      fc.integer({ min: 0, max: 255 }),
      (rgb, values, x, y, tolerance) => {
        const image: RgbImage = { ...size, rgb };
        const labels = Uint8Array.from(values);
        const seed = y * size.width + x;
        const near = (pixel: number) =>
          labels[pixel] === labels[seed] &&
          [0, 1, 2].every((c) => Math.abs(rgb[pixel * 3 + c]! - rgb[seed * 3 + c]!) <= tolerance);
        const reached = new Set([seed]);
        for (const pixel of reached) {
          const column = pixel % size.width;
          const beside = [
            ...(column > 0 ? [pixel - 1] : []),
            ...(column < size.width - 1 ? [pixel + 1] : []),
            pixel - size.width,
            pixel + size.width,
          ];
          for (const one of beside) if (one >= 0 && one < total && near(one)) reached.add(one);
        }
        const map = { ...size, labels: labels.slice() };
        paintShape(map, flood(image, map, x, y, tolerance), { value: 7, locked: nothing });
        expect(rowsOf(map, 7)).toEqual(
          where((cx, cy) => reached.has(Math.floor(cy) * size.width + Math.floor(cx))),
        );
        expect(map.labels.filter((label, i) => label !== 7 && label !== labels[i])).toHaveLength(0);
      },
    ),
  );
});

test('a flood reaches all of four million pixels', () => {
  const [width, height] = [2048, 2048];
  const image = { width, height, rgb: new Uint8Array(width * height * 3) };
  const map = { width, height, labels: new Uint8Array(width * height) };
  const changed = paintShape(map, flood(image, map, 1000, 700, 0), { value: 1, locked: nothing });
  expect(changed).toEqual({ x: 0, y: 0, width, height });
});

test('what changed is told by the smallest rectangle around it', () => {
  const map = empty();
  const paint = { value: 3, locked: nothing };
  const first = paintShape(map, brushLine({ x: 2.5, y: 3.5 }, { x: 6.5, y: 3.5 }, 1), paint);
  expect(first).toEqual({ x: 2, y: 3, width: 5, height: 1 });
  expect(paintShape(map, brushLine({ x: 2.5, y: 3.5 }, { x: 6.5, y: 3.5 }, 1), paint)).toBeNull();
  expect(unite(first, { x: 4, y: 1, width: 1, height: 1 })).toEqual({ x: 2, y: 1, width: 5, height: 3 });
  expect(unite(null, first)).toBe(first);
});
