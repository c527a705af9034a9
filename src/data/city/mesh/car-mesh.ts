// Cars, vans, buses and trucks from a few cross-sections each.
import { cityClass } from '../city-classes';
import { Dice } from '../dice';
import type { Car, CarBody } from '../layout/scene';
import { carSizes } from '../layout/traffic';
import { colour, scaled } from '../palettes';
import type { MeshBuilder, Tint } from './mesh-builder';
import { bar, box, loft, type Section } from './shapes';

/** A point of a profile: share of the length from the middle (front is negative), lower and upper edge, share of the width. */
type Profile = readonly (readonly [z: number, y0: number, y1: number, wide: number])[];

interface Shape {
  body: Profile;
  /** Windows all round, narrower at the roof. */
  cabin: Profile;
  wheel: number;
  /** Where the wheels are, as shares of the length. */
  axles: readonly number[];
}

const car = (belt: number, top: number, lift: number, rear: Profile[number][], cabin: Profile): Shape => ({
  body: [
    ...rear,
    [0.2, lift, belt + 0.01, 1],
    [-0.22, lift, belt, 1],
    [-0.41, lift + 0.03, belt - 0.14, 0.97],
    [-0.48, lift + 0.06, belt - 0.22, 0.9],
    [-0.5, lift + 0.12, belt - 0.34, 0.84],
  ],
  cabin: cabin.map(([z, y0, y1, wide]) => [z, belt + y0, y1 ? top + y1 : belt + 0.03, wide]),
  wheel: lift > 0.24 ? 0.36 : 0.31,
  axles: [0.31, -0.31],
});

const tail = (belt: number, lift: number): Profile[number][] => [
  [0.5, lift + 0.14, belt - 0.06, 0.86],
  [0.47, lift + 0.04, belt, 0.96],
];

const shapes: Record<CarBody, Shape> = {
  sedan: car(0.92, 1.44, 0.2, tail(0.92, 0.2), [
    [0.39, -0.05, 0, 0.86],
    [0.24, -0.05, -0.03, 0.92],
    [-0.02, -0.05, 0, 0.92],
    [-0.24, -0.05, 0, 0.9],
  ]),
  hatch: car(0.94, 1.48, 0.2, tail(0.94, 0.2), [
    [0.47, -0.05, 0, 0.88],
    [0.36, -0.05, -0.06, 0.92],
    [-0.02, -0.05, 0, 0.93],
    [-0.28, -0.05, 0, 0.9],
  ]),
  estate: car(0.92, 1.47, 0.2, tail(0.92, 0.2), [
    [0.48, -0.05, 0, 0.88],
    [0.42, -0.05, -0.05, 0.92],
    [-0.02, -0.05, 0, 0.92],
    [-0.24, -0.05, 0, 0.9],
  ]),
  suv: car(1.08, 1.72, 0.28, tail(1.08, 0.28), [
    [0.48, -0.05, 0, 0.9],
    [0.44, -0.05, -0.03, 0.93],
    [-0.05, -0.05, 0, 0.93],
    [-0.25, -0.05, 0, 0.9],
  ]),
  pickup: car(1.02, 1.74, 0.3, tail(1.02, 0.3), [
    [0.1, -0.05, 0, 0.9],
    [0.08, -0.05, -0.03, 0.93],
    [-0.08, -0.05, 0, 0.93],
    [-0.24, -0.05, 0, 0.9],
  ]),
  van: {
    body: [
      [0.5, 0.4, 2, 0.92],
      [0.48, 0.26, 2.05, 1],
      [-0.2, 0.24, 2.05, 1],
      [-0.28, 0.24, 1.95, 1],
      [-0.44, 0.28, 1.12, 0.98],
      [-0.5, 0.36, 0.9, 0.9],
    ],
    cabin: [],
    wheel: 0.34,
    axles: [0.32, -0.32],
  },
  bus: {
    body: [
      [0.5, 0.4, 2.95, 0.97],
      [0.48, 0.34, 3.05, 1],
      [-0.48, 0.34, 3.05, 1],
      [-0.5, 0.4, 2.9, 0.97],
    ],
    cabin: [],
    wheel: 0.48,
    axles: [0.27, -0.33],
  },
  truck: {
    body: [
      [-0.22, 0.5, 2.4, 1],
      [-0.24, 0.5, 2.5, 1],
      [-0.44, 0.5, 2.4, 1],
      [-0.5, 0.45, 1.3, 0.98],
    ],
    cabin: [],
    wheel: 0.46,
    axles: [0.3, -0.36],
  },
};

const is = cityClass.car;

/** From afar a car has no pillars, rims or plates. */
export function buildCar(mesh: MeshBuilder, { x, z, yaw, body, moving, look }: Car, near: boolean): void {
  const dice = new Dice(look, 'car');
  const instance = mesh.newInstance();
  const { length, width } = carSizes[body];
  const shape = shapes[body];
  const tint = colour(dice, 'car', 0.1);
  mesh.place(x, 0, z, yaw);
  const sections = (profile: Profile, lean: number): Section[] =>
    profile.map(([at, y0, y1, wide]) => {
      const bottom = (wide * width) / 2;
      // What is high leans inwards.
      return { z: at * length, y0, y1, bottom, top: bottom * (1 - lean * Math.min(1, y1 - y0)) };
    });
  mesh.paint({ tile: 'metal', tint, is, instance });
  loft(mesh, sections(shape.body, body === 'bus' || body === 'truck' || body === 'van' ? 0.04 : 0.07));
  if (shape.cabin.length) cabin(mesh, sections(shape.cabin, 0.32), tint, instance, near);
  else if (body === 'truck') cargo(mesh, dice, length, width, instance);
  if (!shape.cabin.length) panes(mesh, body, length, width, instance);
  wheels(mesh, shape, length, width, instance, near);
  lights(mesh, shape, length, width, moving, instance, dice);
}

/** Windows, with roof and pillars of the body's colour around them. */
function cabin(mesh: MeshBuilder, glass: Section[], tint: Tint, instance: number, near: boolean): void {
  mesh.paint({ tile: 'pane', tint, is, instance });
  loft(mesh, glass);
  mesh.paint({ tile: 'metal', tint, is, instance });
  const [back, rear, front, nose] = glass as [Section, Section, Section, Section];
  const lid = (one: Section): Section => ({
    ...one,
    y0: one.y1 - 0.06,
    y1: one.y1 + 0.025,
    bottom: one.top + 0.03,
    top: one.top - 0.03,
  });
  loft(mesh, [
    lid(rear),
    { ...lid(front), z: (rear.z + front.z) / 2, y1: Math.max(rear.y1, front.y1) + 0.05 },
    lid(front),
  ]);
  if (!near) return;
  for (const side of [-1, 1]) {
    const rail = (a: Section, b: Section) =>
      bar(mesh, [side * a.top, a.y1, a.z], [side * b.top, b.y1, b.z], 0.045, 0.045, 4);
    rail(back, rear);
    rail(nose, front);
    const middle = (rear.z + front.z) / 2;
    bar(
      mesh,
      [side * front.bottom * 0.995, front.y0, middle],
      [side * front.top, front.y1, middle],
      0.05,
      0.04,
      4,
    );
    box(mesh, [side * (front.bottom + 0.12), front.y0 + 0.06, nose.z + 0.22], [0.2, 0.14, 0.1], {
      bottom: true,
    });
  }
}

function cargo(mesh: MeshBuilder, dice: Dice, length: number, width: number, instance: number): void {
  mesh.paint({ tile: dice.chance(0.5) ? 'metal' : 'cloth', tint: colour(dice, 'car', 0.1), is, instance });
  box(mesh, [0, 0.75, length * 0.14], [width * 1.02, dice.range(2.1, 2.6), length * 0.7], { bottom: true });
}

/** The windows of what has no cabin of its own: strips along the sides, windscreen and rear. */
function panes(mesh: MeshBuilder, body: CarBody, length: number, width: number, instance: number): void {
  mesh.paint({ tile: 'pane', tint: [0.2, 0.2, 0.2], is, instance });
  const w = width / 2 + 0.006;
  const strip = (from: number, to: number, y0: number, y1: number) => {
    for (let at = from; at < to - 0.2; at += 1.35) {
      const end = Math.min(to, at + 1.25);
      mesh.quad([w, y0, end], [w, y0, at], [w - 0.03, y1, at], [w - 0.03, y1, end]);
      mesh.quad([-w, y0, at], [-w, y0, end], [-w + 0.03, y1, end], [-w + 0.03, y1, at]);
    }
  };
  const screen = (z: number, y0: number, y1: number, z1: number) =>
    mesh.quad([w * 0.9, y0, z], [-w * 0.9, y0, z], [-w * 0.86, y1, z1], [w * 0.86, y1, z1]);
  const half = length / 2;
  if (body === 'bus') {
    strip(-half + 0.5, half - 0.4, 1.35, 2.5);
    screen(-half - 0.02, 1.05, 2.6, -half + 0.02);
    screen(half + 0.02, 1.7, 2.6, half);
  } else if (body === 'truck') {
    strip(-half * 0.84, -half * 0.5, 1.5, 2.15);
    screen(-half * 0.995, 1.38, 2.25, -half * 0.895);
  } else {
    strip(-half * 0.78, -half * 0.42, 1.2, 1.75);
    screen(-half * 0.885, 1.16, 1.86, -half * 0.6);
    screen(half + 0.01, 1.2, 1.8, half - 0.01);
  }
}

function wheels(
  mesh: MeshBuilder,
  { wheel, axles }: Shape,
  length: number,
  width: number,
  instance: number,
  near: boolean,
): void {
  for (const axle of axles) {
    for (const side of [-1, 1]) {
      const z = axle * length;
      const out = (side * width) / 2;
      mesh.paint({ tile: 'plain', tint: [0.09, 0.09, 0.09], is, instance });
      bar(
        mesh,
        [out - side * 0.2, wheel, z],
        [out + side * 0.015, wheel, z],
        wheel,
        wheel,
        near ? 12 : 7,
        true,
      );
      if (!near) continue;
      mesh.paint({ tile: 'metal', tint: [0.55, 0.56, 0.58], is, instance });
      bar(mesh, [out, wheel, z], [out + side * 0.025, wheel, z], wheel * 0.6, wheel * 0.55, 8, true);
    }
  }
}

function lights(
  mesh: MeshBuilder,
  { body }: Shape,
  length: number,
  width: number,
  moving: boolean,
  instance: number,
  dice: Dice,
): void {
  const front = body[body.length - 1]!;
  const rear = body[0]!;
  const low = Math.min(front[2] - 0.1, 0.72);
  const [frontZ, rearZ] = [-length / 2 - 0.005, length / 2 + 0.005];
  const glow = moving ? 1 : 0;
  for (const side of [-1, 1]) {
    const x = side * width * 0.34;
    mesh.paint({ tile: 'plain', tint: [0.92, 0.92, 0.86], is, instance, glow });
    box(mesh, [x, low - 0.1, frontZ + 0.03], [0.32, 0.13, 0.08], { bottom: true });
    mesh.paint({ tile: 'plain', tint: [0.6, 0.07, 0.06], is, instance, glow: glow * 0.6 });
    const high = Math.min(Math.max(rear[2] - 0.2, 0.75), 1.1);
    if (length < 7) box(mesh, [x * 1.1, high - 0.12, rearZ - 0.02], [0.22, 0.18, 0.06], { bottom: true });
    else box(mesh, [x * 1.1, 0.9, rearZ - 0.02], [0.2, 0.25, 0.06], { bottom: true });
  }
  mesh.paint({ tile: 'plain', tint: scaled([0.9, 0.9, 0.86], dice.range(0.85, 1)), is, instance });
  box(mesh, [0, low - 0.24, frontZ + 0.015], [0.5, 0.11, 0.06], { bottom: true });
  box(mesh, [0, 0.62, rearZ - 0.015], [0.5, 0.11, 0.06], { bottom: true });
}
