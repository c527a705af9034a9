// Cars at the kerb and on the lanes, people on the pavements and crossings, cyclists between them.
import type { Dice } from '../dice';
import type { Room } from './room';
import { kerb, type Block, type Car, type CarBody, type Person, type Street } from './scene';

/** Length and width of each body in metres. */
export const carSizes: Record<CarBody, { length: number; width: number }> = {
  hatch: { length: 3.9, width: 1.72 },
  sedan: { length: 4.6, width: 1.8 },
  estate: { length: 4.7, width: 1.8 },
  suv: { length: 4.6, width: 1.9 },
  van: { length: 5.3, width: 2 },
  pickup: { length: 5.2, width: 1.9 },
  bus: { length: 11, width: 2.5 },
  truck: { length: 7.5, width: 2.4 },
};

const parked: Record<CarBody, number> = {
  hatch: 8,
  sedan: 6,
  estate: 4,
  suv: 5,
  van: 2,
  pickup: 1,
  bus: 0,
  truck: 0.3,
};
const driving: Record<CarBody, number> = { ...parked, bus: 0.9, truck: 0.9 };

const farAhead = -110;

/** Cars on one street. `yaw` and side follow from driving on the right. */
export function fillStreet(street: Street, main: boolean, room: Room, dice: Dice, density: number): Car[] {
  const cars: Car[] = [];
  const [from, to] = street.axis === 'z' ? [farAhead, 30] : [-55, 55];
  const put = (along: number, across: number, body: CarBody, moving: boolean) => {
    const way = across > 0 ? 0 : Math.PI;
    const [x, z, yaw] =
      street.axis === 'z'
        ? [street.at + across, along, way]
        : [along, street.at + across, across > 0 ? -Math.PI / 2 : Math.PI / 2];
    const { length, width } = carSizes[body];
    // Parked cars may point either way on a small street.
    const turned = !moving && dice.chance(0.15) ? Math.PI : 0;
    if (!room.takeLong(x, z, yaw, length + 0.5, width + 0.1)) return;
    cars.push({ x, z, yaw: yaw + turned + dice.range(-0.02, 0.02), body, moving, look: dice.bits() });
  };
  const sideways = street.axis === 'x';
  for (const side of [-1, 1]) {
    if (street.parking) {
      const filled = Math.min(0.95, dice.range(0.1, 0.6) * density);
      for (let at = from; at < to; at += dice.range(5.4, 7)) {
        if (!dice.chance(filled)) continue;
        if (sideways && Math.abs(at) < 12) continue;
        put(at, side * (street.width / 2 - street.parking / 2), dice.weighted(parked), false);
      }
    }
    const lanes = Math.max(1, Math.round(street.lanes / 2));
    const lane = (street.width / 2 - street.parking) / lanes;
    for (let n = 0; n < lanes; n++) {
      // Behind and right in front of the viewer the own lane stays free.
      const own = main && side > 0;
      const gap = dice.range(16, 60) / Math.max(0.1, density);
      for (let at = own ? -12 - dice.range(0, 22) : to; at > from; at -= gap * dice.range(0.6, 1.5)) {
        put(at, side * (n + 0.5) * lane, dice.weighted(driving), true);
      }
    }
  }
  return cars;
}

/** People on the pavements of the blocks beside the main street, thinning out with distance. */
export function walkers(
  blocks: readonly Block[],
  main: Street,
  across: readonly Street[],
  room: Room,
  dice: Dice,
  density: number,
): Person[] {
  const people: Person[] = [];
  const put = (x: number, z: number, y: number, yaw: number) => {
    if (!room.take(x, z, 0.32)) return;
    const step = dice.chance(0.8) ? dice.next() : null;
    people.push({ x, z, y, yaw, step, look: dice.bits() });
  };
  for (const { x0, x1, z0, z1, pavement } of blocks) {
    for (const [edge, inward] of [
      [x0, 1],
      [x1, -1],
    ] as const) {
      if (Math.abs(edge - main.at) > main.width / 2 + 0.1) continue;
      for (let z = z1; z > Math.max(z0, -75); z -= dice.range(0.8, 6.5) / Math.max(0.1, density)) {
        const group = dice.chance(0.3) ? dice.whole(2, 3) : 1;
        const yaw = dice.chance(0.5) ? 0 : Math.PI;
        const inset = dice.range(0.9, pavement - 0.5);
        for (let n = 0; n < group; n++) {
          put(edge + inward * inset + n * 0.6, z - dice.range(0, 0.4), kerb, yaw + dice.range(-0.5, 0.5));
        }
      }
    }
  }
  // Some cross the street: at the corners on the crossing, one or two where they should not.
  const ahead = across.filter(({ at }) => at < -6 && at > -70);
  const places = [
    ...ahead.flatMap(({ at, width }) => [at + width / 2 + 1.8, at - width / 2 - 1.8]),
    dice.range(-14, -40),
  ];
  for (const z of places) {
    const count = Math.round(dice.range(0, 3.4) * density);
    for (let n = 0; n < count; n++) {
      const x = main.at + dice.range(-0.5, 0.5) * main.width;
      put(x, z + dice.range(-1.2, 1.2), 0, dice.chance(0.5) ? Math.PI / 2 : -Math.PI / 2);
    }
  }
  return people;
}

/** Cyclists at the right of their lane, and some on the pavement's edge. */
export function cyclists(main: Street, room: Room, dice: Dice, density: number): Person[] {
  const riders: Person[] = [];
  const count = Math.round(dice.range(2.4, 6) * density);
  for (let n = 0; n < count; n++) {
    const side = dice.chance(0.6) ? 1 : -1;
    const x = main.at + side * (main.width / 2 - main.parking - dice.range(0.5, 1.3));
    const z = -dice.range(7, n < 2 ? 20 : 48);
    const yaw = (side > 0 ? 0 : Math.PI) + dice.range(-0.15, 0.15);
    if (!room.takeLong(x, z, yaw, 2, 0.7)) continue;
    riders.push({ x, z, y: 0, yaw, step: dice.next(), look: dice.bits() });
  }
  return riders;
}
