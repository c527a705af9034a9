// Lamps, signs, signals and bollards, and the clutter that is no class of its own.
import { cityClass } from '../city-classes';
import { Dice } from '../dice';
import type { Thing } from '../layout/scene';
import { colour, scaled } from '../palettes';
import type { TileName } from '../render/tiles';
import type { MeshBuilder, Tint, Vec3 } from './mesh-builder';
import { bar, blob, box } from './shapes';

const lampTint: Tint = [1, 0.86, 0.62];

/** Where the light of a lamp hangs, in the world; the nearest ones light the street at night. */
export function lampLight({ x, z, yaw, look }: Thing): Vec3 {
  const { height, arm } = lampShape(new Dice(look, 'lamp'));
  return [x - Math.sin(yaw) * arm, height - 0.2, z - Math.cos(yaw) * arm];
}

const lampShape = (dice: Dice) => ({
  height: dice.range(5, 8.2),
  arm: dice.chance(0.75) ? dice.range(0.8, 2) : 0,
});

function lamp(mesh: MeshBuilder, dice: Dice, instance: number): void {
  const { height, arm } = lampShape(dice);
  const is = cityClass.pole;
  const tint = colour(dice, 'pole');
  mesh.paint({ tile: 'metal', tint, is, instance });
  bar(mesh, [0, 0, 0], [0, 1, 0], 0.11, 0.09, 7);
  bar(mesh, [0, 1, 0], [0, height, 0], 0.075, 0.05, 7);
  if (arm) {
    bar(mesh, [0, height - 0.05, 0], [0, height + 0.15, -arm], 0.04, 0.04, 5);
    box(mesh, [0, height + 0.02, -arm - 0.2], [0.26, 0.14, 0.7], { bottom: true });
  } else {
    bar(mesh, [0, height, 0], [0, height + 0.5, 0], 0.12, 0.2, 6, true);
  }
  mesh.paint({ tile: 'plain', tint: lampTint, is, instance, glow: 1 });
  if (arm) box(mesh, [0, height - 0.02, -arm - 0.2], [0.22, 0.04, 0.55], { bottom: true });
  else blob(mesh, [0, height + 0.22, 0], [0.19, 0.2, 0.19], { around: 6, rings: 4 });
}

const faces: Record<
  'ring' | 'triangle' | 'disc' | 'bar' | 'arrow' | 'words',
  { tile: TileName; sides: number; width: number; height: number }
> = {
  ring: { tile: 'sign-ring', sides: 12, width: 0.72, height: 0.72 },
  triangle: { tile: 'sign-triangle', sides: 3, width: 0.9, height: 0.8 },
  disc: { tile: 'sign-disc', sides: 12, width: 0.7, height: 0.7 },
  bar: { tile: 'sign-bar', sides: 12, width: 0.7, height: 0.7 },
  arrow: { tile: 'sign-arrow', sides: 4, width: 1.5, height: 0.5 },
  words: { tile: 'sign-words', sides: 4, width: 0.6, height: 0.8 },
};

/** A plate whose face looks along -x, with a grey back. */
function plate(mesh: MeshBuilder, dice: Dice, y: number, instance: number): number {
  const kind = dice.weighted({ ring: 4, triangle: 4, disc: 3, bar: 2, arrow: 2, words: 3 });
  const { tile, sides, width, height } = faces[kind];
  const [w, h] = [(width / 2) * 1.1, (height / 2) * 1.1];
  const centre = y + h;
  const corners: [number, number][] =
    sides === 4
      ? [
          [-1, -1],
          [1, -1],
          [1, 1],
          [-1, 1],
        ]
      : sides === 3
        ? [
            [-1, -1],
            [1, -1],
            [0, 1],
          ]
        : Array.from({ length: sides }, (_, i) => {
            const angle = ((i + 0.5) / sides) * 2 * Math.PI;
            return [Math.cos(angle), Math.sin(angle)];
          });
  const is = cityClass.sign;
  for (const side of [-1, 1]) {
    if (side < 0) mesh.paint({ tile, tint: [1, 1, 1], is, instance });
    else mesh.paint({ tile: 'metal', tint: [0.55, 0.56, 0.57], is, instance });
    const points = corners.map(([a, b]) =>
      mesh.vertex([side * 0.02 - 0.05, centre + b * h, a * w], [side, 0, 0], (a + 1) / 2, (b + 1) / 2),
    );
    for (let i = 2; i < points.length; i++) mesh.triangle(points[0]!, points[i - 1]!, points[i]!);
  }
  return centre + h;
}

function sign(mesh: MeshBuilder, dice: Dice, instance: number): void {
  const low = dice.range(1.9, 2.5);
  const plates = dice.chance(0.35) ? 2 : 1;
  let top = low;
  for (let i = 0; i < plates; i++) top = plate(mesh, dice, top + 0.04, mesh.newInstance());
  mesh.paint({ tile: 'metal', tint: colour(dice, 'pole'), is: cityClass.pole, instance });
  bar(mesh, [0, 0, 0], [0, top + 0.05, 0], 0.04, 0.04, 6);
}

/** A traffic light on its post, seen from along the street. */
function signal(mesh: MeshBuilder, dice: Dice, instance: number): void {
  const height = dice.range(2.9, 3.6);
  mesh.paint({ tile: 'metal', tint: colour(dice, 'pole'), is: cityClass.pole, instance });
  bar(mesh, [0, 0, 0], [0, height, 0], 0.065, 0.055, 7);
  const arm = dice.chance(0.35) ? dice.range(2.5, 4) : 0;
  if (arm) {
    bar(mesh, [0, height, 0], [0, height + 1.9, 0], 0.065, 0.06, 6);
    bar(mesh, [0, height + 1.9, 0], [0, height + 2.1, -arm], 0.05, 0.04, 5);
  }
  const is = cityClass.trafficLight;
  const lit = dice.whole(0, 2);
  const lights: Tint[] = [
    [0.15, 0.85, 0.4],
    [0.95, 0.7, 0.15],
    [0.95, 0.15, 0.1],
  ];
  const head = (z: number, y: number) => {
    const one = mesh.newInstance();
    mesh.paint({ tile: 'plain', tint: [0.12, 0.13, 0.12], is, instance: one });
    box(mesh, [-0.02, y, z], [0.24, 0.92, 0.3], { bottom: true });
    lights.forEach((tint, i) => {
      const on = i === lit;
      mesh.paint({
        tile: 'plain',
        tint: on ? tint : scaled(tint, 0.22),
        is,
        instance: one,
        glow: on ? 1 : 0,
      });
      const cy = y + 0.17 + i * 0.29;
      for (const side of [-1, 1])
        box(mesh, [-0.02 + side * 0.12, cy - 0.1, z], [0.04, 0.2, 0.2], { bottom: true });
    });
  };
  head(-0.2, height - 1);
  if (arm) head(-arm, height + 1.25);
}

const clutter: Partial<Record<Thing['kind'], (mesh: MeshBuilder, dice: Dice) => void>> = {
  bin: (mesh, dice) =>
    dice.chance(0.5)
      ? bar(mesh, [0, 0, 0], [0, dice.range(0.8, 1.1), 0], 0.26, 0.3, 9, true)
      : box(mesh, [0, 0, 0], [0.58, dice.range(0.95, 1.25), 0.62]),
  bench(mesh) {
    for (let i = 0; i < 4; i++) box(mesh, [0, 0.42, -0.2 + i * 0.13], [1.7, 0.05, 0.1], { bottom: true });
    for (let i = 0; i < 3; i++) box(mesh, [0, 0.55 + i * 0.14, 0.28], [1.7, 0.1, 0.05], { bottom: true });
    for (const x of [-0.7, 0.7]) box(mesh, [x, 0, 0.05], [0.07, 0.85, 0.5]);
  },
  box: (mesh, dice) => box(mesh, [0, 0, 0], [dice.range(0.7, 1.5), dice.range(1, 1.5), 0.42]),
  hydrant(mesh) {
    bar(mesh, [0, 0, 0], [0, 0.62, 0], 0.12, 0.11, 8);
    blob(mesh, [0, 0.65, 0], [0.13, 0.12, 0.13], { around: 8, rings: 4 });
    bar(mesh, [-0.22, 0.45, 0], [0.22, 0.45, 0], 0.07, 0.07, 6, true);
  },
  cone(mesh) {
    box(mesh, [0, 0, 0], [0.36, 0.04, 0.36]);
    bar(mesh, [0, 0.04, 0], [0, 0.7, 0], 0.14, 0.03, 8, true);
  },
  bags(mesh, dice) {
    for (let i = 0; i < 3; i++) {
      const r = dice.range(0.2, 0.36);
      blob(mesh, [dice.range(-0.4, 0.4), r * 0.8, dice.range(-0.25, 0.25)], [r, r, r], {
        lump: 0.15,
        random: () => dice.next(),
      });
    }
  },
  'bus-stop'(mesh, dice) {
    for (const x of [-1.5, 1.5]) for (const z of [0.1, 1]) bar(mesh, [x, 0, z], [x, 2.4, z], 0.04, 0.04, 5);
    box(mesh, [0, 2.4, 0.55], [3.3, 0.12, 1.3], { bottom: true });
    box(mesh, [0, 0.42, 0.8], [2.2, 0.06, 0.35], { bottom: true });
    mesh.paint({ tile: 'poster', tint: [1, 1, 1], is: cityClass.void, instance: mesh.instances });
    box(mesh, [1.5, 0.4, 0.55], [0.1, 1.8, 0.9]);
    mesh.paint({ tile: 'pane', tint: colour(dice, 'pole'), is: cityClass.void, instance: mesh.instances });
    box(mesh, [0, 0.3, 1.02], [3, 2.1, 0.03], { bottom: true });
  },
};

export function buildThing(mesh: MeshBuilder, thing: Thing): void {
  const { kind, x, y, z, yaw, look } = thing;
  const dice = new Dice(look, kind);
  const instance = mesh.newInstance();
  mesh.place(x, y, z, yaw);
  if (kind === 'lamp') return lamp(mesh, dice, instance);
  if (kind === 'sign') return sign(mesh, dice, instance);
  if (kind === 'signal') return signal(mesh, dice, instance);
  if (kind === 'bollard') {
    mesh.paint({ tile: 'metal', tint: colour(dice, 'pole'), is: cityClass.pole, instance });
    const top = dice.range(0.7, 1.05);
    for (const x of [-1.2, 0, 1.2]) bar(mesh, [x, 0, 0], [x, top, 0], 0.08, 0.06, 7, true);
    return;
  }
  if (kind === 'billboard') {
    mesh.paint({ tile: 'metal', tint: colour(dice, 'pole'), is: cityClass.pole, instance });
    bar(mesh, [0, 0, 0], [0, 1, 0], 0.09, 0.09, 6);
    mesh.paint({ tile: 'poster', tint: [1, 1, 1], is: cityClass.sign, instance });
    for (const side of [-1, 1]) {
      const [a, b] = [side * 0.6, -side * 0.6];
      const face = side * 0.09;
      mesh.quad([face, 0.9, a], [face, 0.9, b], [face, 2.7, b], [face, 2.7, a], [0, 0, 1, 1]);
    }
    box(mesh, [0, 0.86, 0], [0.16, 1.9, 1.24], { bottom: true });
    return;
  }
  const tile = kind === 'bench' ? 'planks' : kind === 'bags' ? 'cloth' : 'metal';
  const tint: Tint = kind === 'cone' ? [0.85, 0.4, 0.15] : colour(dice, 'clutter');
  mesh.paint({ tile, tint, is: cityClass.void, instance });
  clutter[kind]?.(mesh, dice);
}
