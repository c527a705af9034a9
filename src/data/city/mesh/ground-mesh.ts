// Streets with their markings, pavements with their kerbs, lawns, and a floor under it all.
import { cityClass } from '../city-classes';
import { Dice } from '../dice';
import type { Area, Block, CityLayout, Street } from '../layout/scene';
import { kerb } from '../layout/scene';
import { colour, scaled } from '../palettes';
import type { MeshBuilder, Tint } from './mesh-builder';

const far = 420;

/** A level rectangle at height `y`. */
export function level(mesh: MeshBuilder, { x0, x1, z0, z1 }: Area, y: number): void {
  const m = mesh.metres;
  mesh.quad(
    [x0, y, z1],
    [x1, y, z1],
    [x1, y, z0],
    [x0, y, z0],
    [x0 / m, -z1 / m, x1 / m, -z0 / m],
    [0, 1, 0],
  );
}

export function buildGround(mesh: MeshBuilder, { streets, blocks, lawns }: CityLayout): void {
  mesh.place(0, 0, 0, 0);
  const main = streets[0]!;
  const own = new Dice(main.look, 'surface');
  const tile = own.chance(0.9) ? 'asphalt' : 'cobble';
  mesh.paint({ tile, tint: colour(own, 'road'), is: cityClass.road, instance: 0 });
  level(mesh, { x0: -far, x1: far, z0: -far, z1: 120 }, 0);
  const paint: Tint = scaled([0.9, 0.89, 0.85], own.range(0.75, 1.05));
  for (const one of streets) markings(mesh, one, streets, paint);
  for (const block of blocks) pavement(mesh, block);
  const meadow = colour(own, 'grass');
  mesh.paint({ tile: 'grass', tint: meadow, is: cityClass.vegetation, instance: 0 });
  for (const lawn of lawns) level(mesh, lawn, kerb + 0.03);
}

function pavement(mesh: MeshBuilder, block: Block): void {
  const dice = new Dice(block.look, 'pavement');
  const tint = colour(dice, 'pavement');
  const tile = dice.weighted({ slabs: 6, cobble: 2, asphalt: 3 });
  const instance = 0;
  mesh.paint({ tile, tint, is: cityClass.sidewalk, instance });
  const { x0, x1, z0, z1 } = block;
  const edge = 0.16;
  level(mesh, { x0: x0 + edge, x1: x1 - edge, z0: z0 + edge, z1: z1 - edge }, kerb);
  // The kerbstone: a lighter rim and its upright side.
  mesh.paint({ tile: 'plain', tint: scaled(tint, dice.range(0.95, 1.25)), is: cityClass.sidewalk, instance });
  level(mesh, { x0, x1, z0: z1 - edge, z1 }, kerb);
  level(mesh, { x0, x1, z0, z1: z0 + edge }, kerb);
  level(mesh, { x0, x1: x0 + edge, z0: z0 + edge, z1: z1 - edge }, kerb);
  level(mesh, { x0: x1 - edge, x1, z0: z0 + edge, z1: z1 - edge }, kerb);
  mesh.quad([x0, 0, z1], [x1, 0, z1], [x1, kerb, z1], [x0, kerb, z1]);
  mesh.quad([x1, 0, z0], [x0, 0, z0], [x0, kerb, z0], [x1, kerb, z0]);
  mesh.quad([x1, 0, z1], [x1, 0, z0], [x1, kerb, z0], [x1, kerb, z1]);
  mesh.quad([x0, 0, z0], [x0, 0, z1], [x0, kerb, z1], [x0, kerb, z0]);
}

/** Lines along a street between its crossings, and a zebra and a stop line before each. */
function markings(mesh: MeshBuilder, one: Street, all: readonly Street[], paint: Tint): void {
  const dice = new Dice(one.look, 'lines');
  mesh.paint({ tile: 'paint', tint: paint, is: cityClass.laneMarking, instance: 0 });
  const crossing = all.filter(({ axis }) => axis !== one.axis).sort((a, b) => a.at - b.at);
  const [from, to] = one.axis === 'z' ? [-250, 60] : [-90, 90];
  let start = from;
  const zebras = dice.chance(0.75);
  for (const other of [...crossing, null]) {
    const end = other ? other.at - other.width / 2 : to;
    if (end - start > 8) {
      const gap = zebras ? 5 : 1;
      lines(mesh, one, start + gap, end - gap, dice);
      if (zebras && other) zebra(mesh, one, end - 3.8, end - 0.8);
      if (zebras && start > from) zebra(mesh, one, start + 0.8, start + 3.8);
    }
    if (other) start = other.at + other.width / 2;
  }
}

const height = 0.015;

/** A strip on a street: `a` to `b` along it, `from` to `to` across it. */
function strip(
  mesh: MeshBuilder,
  { axis, at }: Street,
  a: number,
  b: number,
  from: number,
  to: number,
): void {
  if (axis === 'z') level(mesh, { x0: at + from, x1: at + to, z0: a, z1: b }, height);
  else level(mesh, { x0: a, x1: b, z0: at + from, z1: at + to }, height);
}

function zebra(mesh: MeshBuilder, street: Street, a: number, b: number): void {
  for (let x = -street.width / 2 + 0.4; x < street.width / 2 - 0.6; x += 1)
    strip(mesh, street, a, b, x, x + 0.5);
}

function lines(mesh: MeshBuilder, street: Street, a: number, b: number, dice: Dice): void {
  const { line, lanes, width, parking } = street;
  const dashes = (x: number, dash: number, gap: number) => {
    for (let at = a; at < b - dash; at += dash + gap) strip(mesh, street, at, at + dash, x - 0.07, x + 0.07);
  };
  const shift = lanes === 3 ? (width / 2 - parking) / 3 : 0;
  if (line === 'dashed') dashes(shift, 3, 4);
  if (line === 'solid') strip(mesh, street, a, b, shift - 0.07, shift + 0.07);
  if (line === 'double')
    for (const x of [-0.14, 0.14]) strip(mesh, street, a, b, shift + x - 0.06, shift + x + 0.06);
  if (lanes === 4) for (const side of [-1, 1]) dashes((side * (width / 2 - parking)) / 2, 3, 6);
  if (dice.chance(0.6)) {
    const edge = width / 2 - parking - (parking ? 0 : 0.35);
    for (const side of [-1, 1]) {
      if (parking) dashes(side * edge, 1, 1);
      else strip(mesh, street, a, b, side * edge - 0.06, side * edge + 0.06);
    }
  }
}
