import { afterAll, describe, expect, test } from 'vitest';
import type { AppError } from '../../core/errors';
import type { DatasetRecord, TileRecord } from '../types';
import { cityClass } from './city-classes';
import { defaultScene, smallCity, type CityScene } from './city-settings';
import { CityStudio } from './city-studio';
import { layoutCity } from './layout/layout-city';
import { CityRenderer } from './render/city-renderer';
import { filmOf, plainFilm } from './render/film';
import { flatLight } from './render/light';

const size = { width: 96, height: 72 };
const scene: CityScene = { ...defaultScene, seed: 3 };
const renderer = new CityRenderer();
const studio = new CityStudio();
afterAll(() => renderer.dispose());

describe('frames', () => {
  test('are the same each time, by another renderer too', () => {
    const layout = layoutCity(scene, 2);
    const first = renderer.draw(layout, size);
    renderer.draw(layoutCity(scene, 1), size);
    expect(renderer.draw(layout, size)).toEqual(first);
    expect(studio.frame(scene, 2, size).image.rgb).toEqual(first.rgb);
  });

  test('hold all classes of the city and no others', () => {
    const seen = new Set<number>();
    for (let frame = 0; frame < 6; frame++)
      for (const id of renderer.draw(layoutCity(scene, frame), size).ids) seen.add(id);
    const known: number[] = Object.values(cityClass);
    expect([...seen].filter((id) => !known.includes(id))).toEqual([]);
    for (let id = 0; id <= 11; id++) expect(seen, `class ${id}`).toContain(id);
  });

  test('have their edges where the labels have theirs', () => {
    // A sky that nothing else has the colour of.
    const light = flatLight([0, 6, 0]);
    // Panes and bodies mirror the sky; nothing else may look like it.
    const mirrors: number[] = [cityClass.building, cityClass.car, cityClass.void];
    for (let frame = 0; frame < 3; frame++) {
      const sky = { weather: 'overcast', hour: 12, north: 0, look: 1 } as const;
      const { rgb, ids } = renderer.draw({ ...layoutCity(scene, frame), sky }, size, {
        light,
        film: plainFilm,
        samples: 0,
      });
      let wrong = 0;
      ids.forEach((id, i) => {
        const green = rgb[i * 3 + 1]! > 150 && rgb[i * 3]! < 40;
        if (green !== (id === cityClass.sky) && !(green && mirrors.includes(id))) wrong++;
      });
      expect(wrong).toBe(0);
    }
  });

  test('differ by their camera in the picture alone', () => {
    const layout = layoutCity(scene, 4);
    const { look } = layout.sky;
    const plain = renderer.draw(layout, size, { film: plainFilm });
    const [day, night] = [filmOf(look, 0), filmOf(look, 1)];
    expect(filmOf(look, 0)).toEqual(day);
    for (const film of [day, night, filmOf(look + 1, 0)]) {
      const taken = renderer.draw(layout, size, { film });
      expect(taken.ids).toEqual(plain.ids);
      expect(taken.instances).toEqual(plain.instances);
      expect(taken.rgb).not.toEqual(plain.rgb);
    }
    const mean = ({ rgb }: { rgb: Uint8Array }) => rgb.reduce((sum, value) => sum + value, 0) / rgb.length;
    const exposed = (by: number) =>
      mean(renderer.draw(layout, size, { film: { ...plainFilm, gain: [by, by, by] } }));
    expect(exposed(0.5)).toBeLessThan(mean(plain) - 5);
    expect(exposed(2)).toBeGreaterThan(mean(plain) + 5);
    const grey = renderer.draw(layout, size, { film: { ...plainFilm, saturation: 0 } }).rgb;
    expect(grey.every((value, i) => Math.abs(value - grey[i - (i % 3)]!) <= 1)).toBe(true);
  });

  test('number things: one class a thing', () => {
    const { ids, instances } = renderer.draw(layoutCity(scene, 0), size);
    const classOf = new Map<number, number>();
    const mixed = new Set<number>();
    instances.forEach((instance, i) => {
      if (instance === 0) return;
      const known = classOf.get(instance);
      if (known !== undefined && known !== ids[i]) mixed.add(instance);
      classOf.set(instance, ids[i]!);
    });
    expect(classOf.size).toBeGreaterThan(10);
    expect([...mixed]).toEqual([]);
  });
});

/** A sink that keeps what it is given. */
function sink() {
  const tiles: TileRecord[] = [];
  const records: DatasetRecord[] = [];
  return {
    tiles,
    records,
    store: async (given: TileRecord[], record: DatasetRecord) => {
      tiles.push(...given);
      records.push(record);
    },
  };
}

describe('a dataset', () => {
  const settings = {
    ...smallCity,
    name: 'small',
    frames: 4,
    size: { width: 64, height: 48 },
    validationPercent: 25,
  };
  const job = { id: 'x', createdAt: 1, settings, onProgress: () => undefined };

  test('has its frames, split by the seed, and says where it came from', async () => {
    const { tiles, records, store } = sink();
    const report = await studio.make({ ...job, sink: store, signal: new AbortController().signal });
    expect(report).toMatchObject({ pairs: 4, train: 3, val: 1, tiles: 4, complete: true, rejected: [] });
    expect(report.classes.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0]);
    expect(tiles).toHaveLength(4);
    expect(records.at(-1)).toMatchObject({ state: 'ready', source: { kind: 'city', scene: { seed: 1 } } });
    const counted = report.classes.reduce((sum, { pixels }) => sum + pixels, 0);
    expect(counted).toBe(4 * 64 * 48);
  });

  test('keeps what is there when it is stopped, and nothing if there is nothing', async () => {
    const { records, store } = sink();
    const cancel = new AbortController();
    const onProgress = ({ done }: { done: number }) => {
      if (done >= 1) cancel.abort();
    };
    const report = await studio.make({ ...job, onProgress, sink: store, signal: cancel.signal });
    expect(report.complete).toBe(false);
    expect(records.at(-1)!.state).toBe('partial');
    await expect(studio.make({ ...job, sink: store, signal: cancel.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
  });

  test('refuses what cannot be drawn', async () => {
    const signal = new AbortController().signal;
    const make = (wrong: object) =>
      studio.make({ ...job, settings: { ...settings, ...wrong }, sink: sink().store, signal });
    for (const wrong of [
      { frames: 0 },
      { seed: -1 },
      { density: 9 },
      { hour: 25 },
      { size: { width: 8, height: 8 } },
      { name: ' ' },
    ]) {
      await expect(make(wrong)).rejects.toSatisfy((error: AppError) => error.code === 'bad-settings');
    }
  });
});

test('extra classes are classes of their own only when asked for', () => {
  let marked = 0;
  for (let frame = 0; frame < 4; frame++) {
    const plain = studio.frame({ ...scene, camera: 'driver' }, frame, size);
    const extra = studio.frame({ ...scene, camera: 'driver', laneMarking: true }, frame, size);
    const position = extra.classes.classes.findIndex(({ name }) => name === 'lane marking');
    expect(position).toBe(11);
    const road = plain.classes.classes.findIndex(({ name }) => name === 'road');
    const expected = extra.label.labels.map((label) => (label === position ? road : label));
    expect(plain.label.labels).toEqual(expected);
    marked += extra.label.labels.filter((label) => label === position).length;
  }
  expect(marked).toBeGreaterThan(0);
});
