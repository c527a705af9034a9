// People on foot, in clothes of many kinds, and people on bicycles.
import { cityClass, type CityClassId } from '../city-classes';
import { Dice } from '../dice';
import type { Person } from '../layout/scene';
import { colour, scaled } from '../palettes';
import type { MeshBuilder, Tint, Vec3 } from './mesh-builder';
import { bar, blob, box } from './shapes';

interface Body {
  mesh: MeshBuilder;
  dice: Dice;
  is: CityClassId;
  instance: number;
  /** Sides of limbs: fewer from afar. */
  sides: number;
}

const wear = ({ mesh, is, instance }: Body, tint: Tint) => mesh.paint({ tile: 'cloth', tint, is, instance });

function head(body: Body, [x, y, z]: Vec3, skin: Tint, helmet: boolean): void {
  const { mesh, dice, is, instance } = body;
  mesh.paint({ tile: 'plain', tint: skin, is, instance });
  bar(mesh, [x, y - 0.2, z + 0.02], [x, y, z], 0.055, 0.05, 5);
  blob(mesh, [x, y, z], [0.085, 0.12, 0.1], { around: 8, rings: 6 });
  const hat = helmet || dice.chance(0.18);
  mesh.paint({
    tile: hat ? 'plain' : 'cloth',
    tint: hat ? colour(dice, 'cloth') : colour(dice, 'hair'),
    is,
    instance,
  });
  blob(mesh, [x, y + 0.035, z + 0.018], [0.1, helmet ? 0.12 : 0.105, 0.115], { around: 8, rings: 5 });
  if (!hat && dice.chance(0.35))
    blob(mesh, [x, y - 0.06, z + 0.06], [0.09, 0.16, 0.06], { around: 6, rings: 4 });
}

/** Two bars with a joint; returns nothing, draws upper and lower part with their radii. */
function limb(
  { mesh, sides }: Body,
  a: Vec3,
  joint: Vec3,
  b: Vec3,
  r0: number,
  r1: number,
  r2: number,
): void {
  bar(mesh, a, joint, r0, r1, sides);
  bar(mesh, joint, b, r1, r2, sides);
}

export function buildPerson(mesh: MeshBuilder, { x, y, z, yaw, step, look }: Person, near: boolean): void {
  const dice = new Dice(look, 'person');
  const child = dice.chance(0.1);
  const tall = child ? dice.range(0.62, 0.78) : dice.range(0.9, 1.1);
  const body: Body = {
    mesh,
    dice,
    is: cityClass.pedestrian,
    instance: mesh.newInstance(),
    sides: near ? 7 : 5,
  };
  mesh.place(x, y, z, yaw);
  const at = (px: number, py: number, pz: number): Vec3 => [px * tall, py * tall, pz * tall];
  const stout = dice.range(0.9, 1.25);
  const skin = colour(dice, 'skin', 0.08);
  const top = colour(dice, 'cloth');
  const trousers = dice.chance(0.25) ? top : colour(dice, 'cloth');
  const dress = dice.weighted({ trousers: 6, skirt: 1.6, coat: 2.4 });
  const swing = step === null ? 0.06 : Math.sin(step * 2 * Math.PI) * 0.55;

  for (const side of [-1, 1]) {
    const forward = side * swing;
    // A leg that swings back bends at the knee.
    const bend = Math.max(0, -forward) * 0.5;
    wear(body, dress === 'skirt' ? scaled(skin, 0.95) : trousers);
    const hip = at(side * 0.09, 0.88, 0);
    const knee = at(side * 0.095, 0.48, -Math.sin(forward) * 0.4);
    const foot = at(side * 0.1, 0.08 + bend * 0.3, -Math.sin(forward) * 0.8 + bend * 0.35);
    limb(body, hip, knee, foot, 0.09 * stout * tall, 0.065 * tall, 0.045 * tall);
    mesh.paint({
      tile: 'plain',
      tint: scaled(colour(dice, 'hair'), 0.9),
      is: body.is,
      instance: body.instance,
    });
    box(mesh, [foot[0], foot[1] - 0.08 * tall, foot[2] - 0.06], [0.1, 0.09, 0.25], { bottom: true });
    wear(body, top);
    const shoulder = at(side * 0.19 * stout, 1.42, 0);
    const elbow = at(side * 0.25 * stout, 1.16, Math.sin(forward) * 0.22);
    const hand = at(side * 0.24 * stout, 0.92, Math.sin(forward) * 0.42 - 0.08);
    limb(body, shoulder, elbow, hand, 0.062 * tall, 0.05 * tall, 0.04 * tall);
    mesh.paint({ tile: 'plain', tint: skin, is: body.is, instance: body.instance });
    blob(mesh, hand, [0.04, 0.06, 0.045], { around: 5, rings: 3 });
  }
  wear(body, top);
  const segments = { around: near ? 9 : 6, rings: near ? 6 : 4 };
  blob(mesh, at(0, 1.24, 0), [0.21 * stout * tall, 0.29 * tall, 0.14 * stout * tall], segments);
  if (dress === 'trousers') wear(body, dice.chance(0.5) ? top : trousers);
  blob(mesh, at(0, 0.96, 0), [0.17 * stout * tall, 0.19 * tall, 0.135 * stout * tall], segments);
  if (dress !== 'trousers') {
    const hem = dress === 'coat' ? dice.range(0.45, 0.72) : dice.range(0.5, 0.7);
    bar(mesh, at(0, hem, 0), at(0, 1.08, 0), 0.24 * stout * tall, 0.16 * stout * tall, 9);
  }
  head(body, at(0, 1.64, -0.02), skin, false);
  luggage(body, tall);
}

function luggage({ mesh, dice, is, instance }: Body, tall: number): void {
  const kind = dice.weighted({ none: 6, back: 2, hand: 2 });
  if (kind === 'none') return;
  mesh.paint({ tile: 'cloth', tint: colour(dice, 'cloth'), is, instance });
  if (kind === 'back')
    box(mesh, [0, 1.05 * tall, 0.2 * tall], [0.3 * tall, 0.42 * tall, 0.17 * tall], { bottom: true });
  else box(mesh, [0.3 * tall, 0.55 * tall, 0], [0.12, 0.32 * tall, 0.34 * tall], { bottom: true });
}

const wheel = 0.34;
const rearHub: Vec3 = [0, wheel, 0.52];
const frontHub: Vec3 = [0, wheel, -0.54];

function bicycle({ mesh, dice, is, instance }: Body, segments: number): void {
  mesh.paint({ tile: 'plain', tint: [0.1, 0.1, 0.1], is, instance });
  for (const [, hubY, hubZ] of [rearHub, frontHub]) {
    let before: Vec3 | null = null;
    for (let i = 0; i <= segments; i++) {
      const angle = (i / segments) * 2 * Math.PI;
      const point: Vec3 = [
        0,
        hubY + Math.sin(angle) * (wheel - 0.02),
        hubZ + Math.cos(angle) * (wheel - 0.02),
      ];
      if (before) bar(mesh, before, point, 0.024, 0.024, 4);
      if (i % 4 === 0 && i < segments) bar(mesh, [0, hubY, hubZ], point, 0.006, 0.006, 3);
      before = point;
    }
  }
  mesh.paint({ tile: 'metal', tint: colour(dice, 'car'), is, instance });
  const tube = (a: Vec3, b: Vec3, r = 0.02) => bar(mesh, a, b, r, r, 5);
  const [pedals, seat, neck]: Vec3[] = [
    [0, 0.3, 0.08],
    [0, 0.88, 0.24],
    [0, 0.9, -0.4],
  ];
  tube(pedals!, seat!);
  tube(pedals!, neck!);
  tube([0, 0.84, 0.22], neck!);
  tube(rearHub, pedals!, 0.014);
  tube(rearHub, [0, 0.8, 0.22], 0.014);
  tube(frontHub, [0, 1.02, -0.38]);
  tube([-0.27, 1.04, -0.4], [0.27, 1.04, -0.4], 0.016);
  mesh.paint({ tile: 'plain', tint: [0.12, 0.11, 0.1], is, instance });
  box(mesh, [0, 0.9, 0.27], [0.14, 0.06, 0.26], { bottom: true });
}

export function buildCyclist(mesh: MeshBuilder, { x, y, z, yaw, step, look }: Person, near: boolean): void {
  const dice = new Dice(look, 'cyclist');
  const body: Body = { mesh, dice, is: cityClass.cyclist, instance: mesh.newInstance(), sides: near ? 7 : 4 };
  mesh.place(x, y, z, yaw);
  bicycle(body, near ? 16 : 10);
  const [skin, top, trousers] = [colour(dice, 'skin', 0.08), colour(dice, 'cloth'), colour(dice, 'cloth')];
  const bow = dice.range(0, 0.18);
  const shoulders: Vec3 = [0, 1.46 - bow, -0.06 - bow];
  for (const side of [-1, 1]) {
    const turn = (step ?? 0) * 2 * Math.PI + (side > 0 ? Math.PI : 0);
    const pedal: Vec3 = [side * 0.11, 0.3 + Math.sin(turn) * 0.17, 0.08 + Math.cos(turn) * 0.17];
    wear(body, trousers);
    const knee: Vec3 = [side * 0.12, (0.98 + pedal[1]) / 2 + 0.08, -0.16 + Math.cos(turn) * 0.07];
    limb(body, [side * 0.1, 0.98, 0.24], knee, pedal, 0.095, 0.07, 0.045);
    mesh.paint({ tile: 'plain', tint: [0.15, 0.14, 0.14], is: body.is, instance: body.instance });
    box(mesh, [pedal[0], pedal[1] - 0.05, pedal[2] - 0.06], [0.1, 0.08, 0.26], { bottom: true });
    wear(body, top);
    const shoulder: Vec3 = [side * 0.19, shoulders[1], shoulders[2]];
    const elbow: Vec3 = [side * 0.3, shoulders[1] - 0.26, shoulders[2] - 0.1];
    limb(body, shoulder, elbow, [side * 0.24, 1.08, -0.38], 0.06, 0.05, 0.038);
  }
  const middle = (t: number): Vec3 => [0, 0.98 + (shoulders[1] - 0.98) * t, 0.22 + (shoulders[2] - 0.22) * t];
  bar(mesh, middle(-0.15), middle(0.6), 0.16, 0.19, 9);
  blob(mesh, middle(0.72), [0.21, 0.2, 0.16], { around: 9, rings: 5 });
  blob(mesh, middle(0), [0.17, 0.15, 0.16], { around: 8, rings: 5 });
  head(body, [0, shoulders[1] + 0.22, shoulders[2] - 0.06], skin, dice.chance(0.5));
  if (dice.chance(0.3)) {
    mesh.paint({ tile: 'cloth', tint: colour(dice, 'cloth'), is: body.is, instance: body.instance });
    box(mesh, [0, shoulders[1] - 0.42, shoulders[2] + 0.24], [0.32, 0.42, 0.17], { bottom: true });
  }
}
