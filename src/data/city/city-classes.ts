// The classes of the city: SYNTHIA's, with its ids and colours, and what stands in for a class that is left out.
import type { ClassList, LabelClass, Rgb } from '../types';

/** What a surface is. The numbers are SYNTHIA's ids. */
export const cityClass = {
  void: 0,
  sky: 1,
  building: 2,
  road: 3,
  sidewalk: 4,
  fence: 5,
  vegetation: 6,
  pole: 7,
  car: 8,
  sign: 9,
  pedestrian: 10,
  cyclist: 11,
  laneMarking: 12,
  trafficLight: 15,
} as const;

export type CityClassId = (typeof cityClass)[keyof typeof cityClass];

/** Classes that SYNTHIA's first set does not have; without them their pixels are road and sign. */
export interface ExtraClasses {
  laneMarking: boolean;
  trafficLight: boolean;
}

const table: readonly (readonly [id: number, name: string, colour: Rgb])[] = [
  [0, 'void', [0, 0, 0]],
  [1, 'sky', [128, 128, 128]],
  [2, 'building', [128, 0, 0]],
  [3, 'road', [128, 64, 128]],
  [4, 'sidewalk', [0, 0, 192]],
  [5, 'fence', [64, 64, 128]],
  [6, 'vegetation', [128, 128, 0]],
  [7, 'pole', [192, 192, 128]],
  [8, 'car', [64, 0, 128]],
  [9, 'sign', [192, 128, 128]],
  [10, 'pedestrian', [64, 64, 0]],
  [11, 'cyclist', [0, 128, 192]],
  [12, 'lane marking', [0, 172, 0]],
  [15, 'traffic light', [0, 128, 128]],
];

/** The classes of a dataset of the city in the order of their ids; void stands apart. */
export function cityClasses(extra: ExtraClasses): ClassList {
  const [voidClass, ...all] = table.map(([id, name, colour]): LabelClass => ({ id, name, colour }));
  const classes = all.filter(
    ({ id }) =>
      (id !== cityClass.laneMarking || extra.laneMarking) &&
      (id !== cityClass.trafficLight || extra.trafficLight),
  );
  return { classes, voidClass: voidClass! };
}

/** The class that a surface has in a dataset with these extra classes. */
export function labelledAs(id: CityClassId, extra: ExtraClasses): CityClassId {
  if (id === cityClass.laneMarking && !extra.laneMarking) return cityClass.road;
  if (id === cityClass.trafficLight && !extra.trafficLight) return cityClass.sign;
  return id;
}
