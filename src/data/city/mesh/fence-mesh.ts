// Fences: railings of bars, boards, welded mesh, and the guard rails at a kerb.
import { cityClass } from '../city-classes';
import { Dice } from '../dice';
import type { Barrier } from '../layout/scene';
import { colour } from '../palettes';
import type { MeshBuilder } from './mesh-builder';
import { bar, box } from './shapes';

/** Builds a fence on ground of height `y`; from afar it has fewer and thicker bars. */
export function buildFence(
  mesh: MeshBuilder,
  { kind, x0, z0, x1, z1, height, look }: Barrier,
  y: number,
  near: boolean,
): void {
  const dice = new Dice(look, 'fence');
  const length = Math.hypot(x1 - x0, z1 - z0);
  mesh.place((x0 + x1) / 2, y, (z0 + z1) / 2, Math.atan2(-(z1 - z0), x1 - x0));
  const tint = colour(dice, 'fence');
  const paint = (tile: 'plain' | 'planks' | 'mesh' | 'metal' | 'brick') =>
    mesh.paint({ tile, tint, is: cityClass.fence, instance });
  const instance = mesh.newInstance();
  const [left, right] = [-length / 2, length / 2];
  const posts = (step: number, r: number, tall: number) => {
    const count = Math.max(1, Math.round(length / step));
    for (let i = 0; i <= count; i++) {
      const x = left + (i / count) * length;
      bar(mesh, [x, 0, 0], [x, tall, 0], r, r, near ? 6 : 4);
    }
  };
  const rail = (at: number, r: number) => bar(mesh, [left, at, 0], [right, at, 0], r, r, 4);

  if (kind === 'boards' || kind === 'mesh') {
    paint(kind === 'boards' ? 'planks' : 'mesh');
    box(mesh, [0, 0.06, 0], [length, height - 0.06, 0.05]);
    paint('metal');
    return posts(2.4, 0.05, height + 0.08);
  }
  let foot = 0;
  if (kind === 'railing' && dice.chance(0.4)) {
    // Bars on a low wall.
    paint('brick');
    foot = height * 0.35;
    box(mesh, [0, 0, 0], [length, foot, 0.24]);
  }
  paint('plain');
  const guard = kind === 'guard';
  const r = guard ? 0.028 : 0.02;
  rail(height - 0.05, r);
  rail(foot + 0.14, r);
  posts(guard ? 1.6 : 2.2, guard ? 0.035 : 0.04, height);
  const step = near ? 0.13 : 0.3;
  const half = near ? 0.013 : 0.03;
  const count = Math.floor(length / step);
  for (let i = 1; i < count; i++) {
    const x = left + (i / count) * length;
    const top = guard ? height - 0.05 : height + 0.04;
    mesh.quad(
      [x - half, foot + 0.14, half],
      [x + half, foot + 0.14, half],
      [x + half, top, half],
      [x - half, top, half],
    );
    if (near) mesh.quad([x, foot + 0.14, -half], [x, foot + 0.14, half], [x, top, half], [x, top, -half]);
  }
}
