import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { random32 } from '../../core/random';
import { VOID, type Size } from '../types';
import type { LabelledImage } from './augment';
import { mirror } from './mirror';
import { place, type Placement } from './place';

const outside = [9, 8, 7] as const;
const still: Placement = { crop: null, scale: 1, degrees: 0, across: 0.5, down: 0.5 };

function tile({ width, height }: Size, seed = 1): LabelledImage {
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => random32(seed, 'rgb', i) % 256);
  const labels = Uint8Array.from({ length: width * height }, (_, i) => random32(seed, 'label', i) % 5);
  return { image: { width, height, rgb }, labels };
}

/** The tile whose pixel (x, y) is `from(x, y)` of another one. */
function moved(of: LabelledImage, size: Size, from: (x: number, y: number) => [number, number]) {
  const { image, labels } = of;
  const places = Array.from({ length: size.width * size.height }, (_, i) => {
    const [x, y] = from(i % size.width, Math.floor(i / size.width));
    return y * image.width + x;
  });
  return {
    image: {
      ...size,
      rgb: Uint8Array.from(places.flatMap((at) => [...image.rgb.subarray(3 * at, 3 * at + 3)])),
    },
    labels: Uint8Array.from(places, (at) => labels[at]!),
  };
}

describe('mirror', () => {
  it('exchanges left and right of image and labels', () => {
    const one = tile({ width: 5, height: 3 });
    expect(mirror(one)).toEqual(moved(one, one.image, (x, y) => [4 - x, y]));
  });

  it('twice is nothing', () => {
    const one = tile({ width: 6, height: 4 });
    expect(mirror(mirror(one))).toEqual(one);
  });
});

describe('place', () => {
  it('gives the tile itself where nothing changes', () => {
    const one = tile({ width: 7, height: 5 });
    expect(place(one, still, outside)).toBe(one);
    expect(place(one, { ...still, crop: { width: 7, height: 5 } }, outside)).toBe(one);
  });

  test.each([
    ['90', 90, (x: number, y: number, last: number) => [last - y, x]],
    ['180', 180, (x: number, y: number, last: number) => [last - x, last - y]],
    ['-90', -90, (x: number, y: number, last: number) => [y, last - x]],
  ] as const)('turned by %s degrees, a square is its transposition, mirrored', (_name, degrees, from) => {
    for (const side of [6, 7]) {
      const one = tile({ width: side, height: side });
      const turned = place(one, { ...still, degrees }, outside);
      expect(turned).toEqual(
        moved(one, one.image, (x, y) => {
          const [column, row] = from(x, y, side - 1);
          return [column!, row!];
        }),
      );
    }
  });

  it('cuts a window out, at every place that there is', () => {
    const one = tile({ width: 5, height: 4 });
    const crop = { width: 3, height: 2 };
    const [firsts, lasts] = [0, 0.999].map((share) =>
      place(one, { ...still, crop, across: share, down: share }, outside),
    );
    expect(firsts).toEqual(moved(one, crop, (x, y) => [x, y]));
    expect(lasts).toEqual(moved(one, crop, (x, y) => [x + 2, y + 2]));
  });

  it('puts a small picture in a large window, with void and the colour of the outside around', () => {
    const one = tile({ width: 2, height: 1 });
    const { image, labels } = place(
      one,
      { ...still, crop: { width: 4, height: 3 }, across: 0.4, down: 0.9 },
      outside,
    );
    expect([...labels]).toEqual([
      ...[VOID, VOID, VOID, VOID],
      ...[VOID, VOID, VOID, VOID],
      ...[VOID, ...one.labels, VOID],
    ]);
    expect([...image.rgb.subarray(0, 3)]).toEqual([...outside]);
    expect([...image.rgb.subarray(27, 33)]).toEqual([...one.image.rgb]);
  });

  it('makes four pixels of one when it doubles, blended by a quarter at most', () => {
    const one: LabelledImage = {
      image: { width: 2, height: 1, rgb: Uint8Array.of(0, 0, 0, 100, 200, 40) },
      labels: Uint8Array.of(3, 4),
    };
    const { image, labels } = place(one, { ...still, scale: 2, crop: { width: 4, height: 2 } }, outside);
    expect([...labels]).toEqual([3, 3, 4, 4, 3, 3, 4, 4]);
    const row = [0, 0, 0, 25, 50, 10, 75, 150, 30, 100, 200, 40];
    expect([...image.rgb]).toEqual([...row, ...row]);
  });

  it('leaves the corners of a turned picture void, and its middle not', () => {
    const { labels } = place(tile({ width: 21, height: 21 }), { ...still, degrees: 45 }, outside);
    const corners = [0, 20, 21 * 20, 21 * 21 - 1].map((at) => labels[at]);
    expect(corners).toEqual([VOID, VOID, VOID, VOID]);
    expect(labels[21 * 10 + 10]).not.toBe(VOID);
  });

  const sizes = fc.record({
    width: fc.integer({ min: 1, max: 24 }),
    height: fc.integer({ min: 1, max: 24 }),
  });
  const placements: fc.Arbitrary<Placement> = fc.record({
    crop: fc.option(sizes),
    scale: fc.double({ min: 0.25, max: 4, noNaN: true }),
    degrees: fc.double({ min: -180, max: 180, noNaN: true }),
    across: fc.double({ min: 0, max: 0.9999, noNaN: true }),
    down: fc.double({ min: 0, max: 0.9999, noNaN: true }),
  });

  it('has the size that was asked for, no label that was not there, and colours within the range of the old', () => {
    fc.assert(
      fc.property(sizes, placements, fc.nat(99), (size, placement, seed) => {
        const one = tile(size, seed);
        const { image, labels } = place(one, placement, outside);
        const wanted = placement.crop ?? size;
        expect({ width: image.width, height: image.height }).toEqual(wanted);
        expect(image.rgb).toHaveLength(wanted.width * wanted.height * 3);
        const known = new Set([...one.labels, VOID]);
        expect(labels.every((label) => known.has(label))).toBe(true);
        const range = (channel: number) => {
          const values = [...one.image.rgb].filter((_, i) => i % 3 === channel);
          return [Math.min(...values), Math.max(...values)] as const;
        };
        const ranges = [0, 1, 2].map(range);
        labels.forEach((label, i) => {
          const pixel = [...image.rgb.subarray(3 * i, 3 * i + 3)];
          if (label === VOID) expect(pixel).toEqual([...outside]);
          else
            pixel.forEach((value, c) => expect(value >= ranges[c]![0] && value <= ranges[c]![1]).toBe(true));
        });
      }),
      { numRuns: 50 },
    );
  });

  it('never shows the outside where the picture is only scaled up', () => {
    fc.assert(
      fc.property(sizes, placements, fc.double({ min: 1, max: 4, noNaN: true }), (size, placement, scale) => {
        const { labels } = place(tile(size), { ...placement, crop: null, degrees: 0, scale }, outside);
        expect(labels.includes(VOID)).toBe(false);
      }),
    );
  });
});
