import { describe, expect, test } from 'vitest';
import { defaultScene, type CityScene } from '../city-settings';
import { buildCity } from '../mesh/city-mesh';
import { layoutCity } from './layout-city';
import { inside } from './room';
import { carSizes } from './traffic';

const scene: CityScene = { ...defaultScene, seed: 5 };
const frames = Array.from({ length: 16 }, (_, frame) => layoutCity(scene, frame));

describe('a layout', () => {
  test('depends on seed, frame and settings alone', () => {
    expect(layoutCity(scene, 3)).toEqual(frames[3]);
    expect(layoutCity(scene, 4)).not.toEqual(frames[3]);
    expect(layoutCity({ ...scene, seed: 6 }, 3)).not.toEqual(frames[3]);
    // Weather changes the light and nothing that stands in the street.
    const { sky, ...rest } = layoutCity({ ...scene, weather: 'snow' }, 3);
    expect(sky.weather).toBe('snow');
    expect(rest).toEqual({ ...frames[3], sky: undefined });
  });

  test('keeps houses and lawns off the streets', () => {
    for (const { streets, buildings, lawns } of frames) {
      const onStreet = (x: number, z: number) =>
        streets.some(({ axis, at, width }) => Math.abs((axis === 'z' ? x : z) - at) < width / 2);
      for (const { x, z, yaw, width, depth } of buildings) {
        const turned = Math.abs(Math.sin(yaw)) > 0.5;
        const [w, d] = turned ? [depth / 2, width / 2] : [width / 2, depth / 2];
        for (const [cx, cz] of [
          [x - w, z - d],
          [x + w, z - d],
          [x - w, z + d],
          [x + w, z + d],
        ] as const) {
          expect(onStreet(cx, cz)).toBe(false);
        }
      }
      for (const { x0, x1, z0, z1 } of lawns) expect(onStreet((x0 + x1) / 2, (z0 + z1) / 2)).toBe(false);
    }
  });

  test('keeps cars on the streets and apart, and people out of cars', () => {
    for (const { blocks, cars, people } of frames) {
      expect(cars.filter(({ x, z }) => blocks.some((block) => inside(block, x, z)))).toEqual([]);
      cars.forEach((car, i) => {
        const apart = (other: { x: number; z: number }) => Math.hypot(car.x - other.x, car.z - other.z);
        const near = (carSizes[car.body].width + 1.6) / 2;
        expect(Math.min(...cars.slice(i + 1).map(apart))).toBeGreaterThan(near);
        expect(Math.min(...people.map(apart))).toBeGreaterThan(0.6);
      });
    }
  });

  test('puts nobody in front of the lens', () => {
    for (const { camera, people, cars } of frames) {
      for (const { x, z } of [...people, ...cars])
        expect(Math.hypot(x - camera.x, z - camera.z)).toBeGreaterThan(1.5);
    }
  });

  test('has fewer things where the density is lower', () => {
    const count = (density: number) => {
      const { cars, people, cyclists } = layoutCity({ ...scene, density }, 1);
      return cars.length + people.length + cyclists.length;
    };
    expect(count(0)).toBeLessThan(count(1) / 2);
    expect(count(2)).toBeGreaterThan(count(1));
  });
});

test('a mesh is small, closed in its numbers, and knows only classes of the city', () => {
  for (const layout of frames.slice(0, 3)) {
    const { indices, vertices, positions, normals, tags } = buildCity(layout);
    expect(indices.length / 3).toBeLessThan(160_000);
    expect(indices.reduce((a, b) => Math.max(a, b), 0)).toBeLessThan(vertices);
    expect(positions.every(Number.isFinite)).toBe(true);
    expect(normals.every(Number.isFinite)).toBe(true);
    const classes = new Set<number>();
    for (let i = 1; i < tags.length; i += 3) classes.add(tags[i]!);
    for (const id of classes) expect([0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15]).toContain(id);
  }
});
