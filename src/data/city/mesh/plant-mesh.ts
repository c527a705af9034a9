// Trees, bushes and hedges. Leaves are solid, so that image and label have the same outline.
import { cityClass } from '../city-classes';
import { Dice } from '../dice';
import type { Barrier, Thing } from '../layout/scene';
import { colour, scaled } from '../palettes';
import type { MeshBuilder, Tint, Vec3 } from './mesh-builder';
import { bar, blob } from './shapes';

const is = cityClass.vegetation;

/** Small leaf-coloured triangles around an ellipsoid: they fray its outline. */
function fray(
  mesh: MeshBuilder,
  dice: Dice,
  [x, y, z]: Vec3,
  [rx, ry, rz]: Vec3,
  count: number,
  size: number,
): void {
  for (let i = 0; i < count; i++) {
    const angle = dice.range(0, 2 * Math.PI);
    const up = dice.range(-0.9, 1);
    const flat = Math.sqrt(1 - Math.min(1, up * up));
    const n: Vec3 = [Math.cos(angle) * flat, up, Math.sin(angle) * flat];
    const out = dice.range(0.86, 1.16);
    const at: Vec3 = [x + n[0] * rx * out, y + n[1] * ry * out, z + n[2] * rz * out];
    const point = () => {
      const p: Vec3 = [
        at[0] + dice.range(-size, size),
        at[1] + dice.range(-size, size),
        at[2] + dice.range(-size, size),
      ];
      return mesh.vertex(p, n, dice.next(), dice.next());
    };
    mesh.triangle(point(), point(), point());
  }
}

export function buildTree(mesh: MeshBuilder, { x, y, z, yaw, look }: Thing, near: boolean): void {
  const dice = new Dice(look, 'tree');
  const instance = mesh.newInstance();
  const leaf = colour(dice, 'leaf', 0.25);
  const bark = colour(dice, 'bark');
  const kind = dice.weighted({ round: 5, tall: 2.5, cone: 1.2, bare: 4 });
  const height = dice.range(5, 14) * (kind === 'cone' ? 0.9 : 1);
  const trunk = kind === 'cone' ? height * 0.14 : height * dice.range(0.28, 0.4);
  const thick = height * dice.range(0.013, 0.024);
  mesh.place(x, y, z, yaw);
  mesh.paint({ tile: 'bark', tint: bark, is, instance });
  const lean: Vec3 = [dice.range(-0.3, 0.3), trunk + height * 0.12, dice.range(-0.3, 0.3)];
  bar(mesh, [0, 0, 0], lean, thick, thick * 0.7, near ? 7 : 5);
  if (kind === 'bare') {
    branches(mesh, dice, lean, height - trunk, thick * 0.6, 3);
    const crown: Vec3 = [(height - trunk) * 0.46, (height - trunk) * 0.52, (height - trunk) * 0.46];
    return twigs(mesh, dice, [0, trunk + crown[1], 0], crown, near ? 900 : 260, near ? 0.05 : 0.1);
  }
  if (near) {
    for (let i = 0; i < 3; i++) {
      const angle = dice.range(0, 6.28);
      bar(
        mesh,
        lean,
        [Math.cos(angle), lean[1] + height * 0.22, Math.sin(angle)],
        thick * 0.5,
        thick * 0.25,
        4,
      );
    }
  }
  const leaves = (tint: Tint) => mesh.paint({ tile: 'leaves', tint, is, instance });
  const clump = (at: Vec3, r: Vec3, shade: number) => {
    leaves(scaled(leaf, shade));
    blob(mesh, at, r, { around: near ? 8 : 6, rings: near ? 5 : 4, lump: 0.18, random: () => dice.next() });
    fray(mesh, dice, at, r, near ? 40 : 10, Math.min(0.34, r[0] * 0.25));
  };
  if (kind === 'cone') {
    for (let i = 0; i < 4; i++) {
      const r = height * 0.24 * (1 - i * 0.21);
      clump([0, trunk + (i + 0.7) * height * 0.2, 0], [r, height * 0.17, r], 0.85 + 0.08 * i);
    }
    return;
  }
  const crown = height - trunk;
  const spread = kind === 'tall' ? crown * 0.3 : crown * dice.range(0.42, 0.55);
  const count = near ? 6 : 3;
  for (let i = 0; i < count; i++) {
    const angle = (i / count) * 6.28 + dice.range(-0.4, 0.4);
    const out = i === 0 ? 0 : spread * dice.range(0.35, 0.6);
    const up = trunk + crown * (i === 0 ? 0.68 : dice.range(0.3, 0.7));
    const r = spread * dice.range(0.55, 0.8);
    clump(
      [Math.cos(angle) * out, up, Math.sin(angle) * out],
      [r, r * dice.range(0.7, 1), r],
      dice.range(0.82, 1.12),
    );
  }
}

/** What grows at the ends of boughs: slivers that point away from the middle of the crown, denser towards its rim. */
function twigs(
  mesh: MeshBuilder,
  dice: Dice,
  [x, y, z]: Vec3,
  [rx, ry, rz]: Vec3,
  count: number,
  thick: number,
): void {
  for (let i = 0; i < count; i++) {
    const angle = dice.range(0, 2 * Math.PI);
    const up = dice.range(-0.85, 1);
    const flat = Math.sqrt(1 - Math.min(1, up * up));
    const out = Math.sqrt(dice.range(0.12, 1.05));
    const n: Vec3 = [Math.cos(angle) * flat, up, Math.sin(angle) * flat];
    const from: Vec3 = [x + n[0] * rx * out, y + n[1] * ry * out, z + n[2] * rz * out];
    const length = dice.range(0.5, 1.4);
    const side = dice.range(-1, 1);
    const tip: Vec3 = [
      from[0] + (n[0] + dice.range(-0.7, 0.7)) * length,
      from[1] + (n[1] + dice.range(-0.3, 0.9)) * length,
      from[2] + (n[2] + dice.range(-0.7, 0.7)) * length,
    ];
    const foot = (by: number): Vec3 => [
      from[0] + by * side,
      from[1] + by,
      from[2] + by * (1 - Math.abs(side)),
    ];
    mesh.triangle(
      mesh.vertex(foot(-thick), n, 0, 0),
      mesh.vertex(foot(thick), n, 1, 0),
      mesh.vertex(tip, n, 0, 1),
    );
  }
}

/** Boughs that fork, as in winter. */
function branches(
  mesh: MeshBuilder,
  dice: Dice,
  from: Vec3,
  length: number,
  thick: number,
  depth: number,
): void {
  const count = depth === 3 ? 4 : 3;
  for (let i = 0; i < count; i++) {
    const angle = (i / count) * 6.28 + dice.range(-0.5, 0.5);
    const reach = length * dice.range(0.3, 0.45);
    const to: Vec3 = [
      from[0] + Math.cos(angle) * reach * 0.7,
      from[1] + reach * dice.range(0.5, 1),
      from[2] + Math.sin(angle) * reach * 0.7,
    ];
    bar(mesh, from, to, thick, thick * 0.55, 4);
    if (depth > 1) branches(mesh, dice, to, length * 0.75, thick * 0.55, depth - 1);
  }
}

export function buildBush(mesh: MeshBuilder, { x, y, z, yaw, look }: Thing): void {
  const dice = new Dice(look, 'bush');
  mesh.place(x, y, z, yaw);
  mesh.paint({ tile: 'leaves', tint: colour(dice, 'leaf', 0.25), is, instance: mesh.newInstance() });
  const r = dice.range(0.5, 1.1);
  const size: Vec3 = [r, r * dice.range(0.7, 1.1), r * dice.range(0.8, 1.2)];
  blob(mesh, [0, size[1] * 0.75, 0], size, { around: 8, rings: 5, lump: 0.2, random: () => dice.next() });
  fray(mesh, dice, [0, size[1] * 0.75, 0], size, 40, 0.16);
}

export function buildHedge(mesh: MeshBuilder, { x0, z0, x1, z1, height, look }: Barrier, y: number): void {
  const dice = new Dice(look, 'hedge');
  const length = Math.hypot(x1 - x0, z1 - z0);
  const yaw = Math.atan2(-(z1 - z0), x1 - x0);
  mesh.place((x0 + x1) / 2, y, (z0 + z1) / 2, yaw);
  mesh.paint({ tile: 'leaves', tint: colour(dice, 'leaf', 0.25), is, instance: mesh.newInstance() });
  const steps = Math.max(1, Math.round(length / 1.4));
  const depth = dice.range(0.3, 0.45);
  for (let i = 0; i < steps; i++) {
    const x = ((i + 0.5) / steps - 0.5) * length;
    const r: Vec3 = [(length / steps) * 0.72, height * 0.56, depth];
    blob(mesh, [x, height * 0.5, 0], r, { around: 8, rings: 4, lump: 0.12, random: () => dice.next() });
    fray(mesh, dice, [x, height * 0.5, 0], r, 14, 0.12);
  }
}
