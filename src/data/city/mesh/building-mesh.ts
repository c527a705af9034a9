// A house: walls of window tiles, a ground floor, a roof, and what sticks out of them.
import { cityClass } from '../city-classes';
import { Dice } from '../dice';
import { kerb, type Building } from '../layout/scene';
import { colour, scaled } from '../palettes';
import type { TileName } from '../render/tiles';
import type { MeshBuilder, QuadUv, Tint, Vec3 } from './mesh-builder';
import { roof } from './roof-mesh';
import { box } from './shapes';

const facades: Record<Building['style'], readonly TileName[]> = {
  old: ['sash-brick', 'sash-plaster', 'twin-brick', 'twin-plaster'],
  new: ['wide-brick', 'wide-plaster', 'band-concrete', 'wide-plaster'],
  house: ['twin-brick', 'twin-plaster', 'wide-plaster'],
  glass: ['curtain', 'band-concrete'],
};

const cellWidth: Record<Building['style'], readonly [number, number]> = {
  old: [2.1, 2.9],
  new: [2.8, 4],
  house: [2.8, 3.6],
  glass: [1.8, 3],
};

export interface HouseLook {
  building: Building;
  dice: Dice;
  wall: Tint;
  trim: Tint;
  roofTint: Tint;
  instance: number;
  /** Height of the eaves above the pavement. */
  height: number;
}

/** Four walls from `y0` to `y1`, `floors` storeys of windows high; the front and back have `columns` windows a row. */
function walls(
  mesh: MeshBuilder,
  { building }: HouseLook,
  y0: number,
  y1: number,
  floors: number,
  columns: number,
): void {
  const [w, d] = [building.width / 2, building.depth / 2];
  const sideColumns = Math.max(1, Math.round((columns * building.depth) / building.width));
  const front: QuadUv = [0, 0, columns, floors];
  const side: QuadUv = [0, 0, sideColumns, floors];
  mesh.quad([-w, y0, d], [w, y0, d], [w, y1, d], [-w, y1, d], front);
  mesh.quad([w, y0, -d], [-w, y0, -d], [-w, y1, -d], [w, y1, -d], front);
  mesh.quad([w, y0, d], [w, y0, -d], [w, y1, -d], [w, y1, d], side);
  mesh.quad([-w, y0, -d], [-w, y0, d], [-w, y1, d], [-w, y1, -d], side);
}

export function buildHouse(mesh: MeshBuilder, building: Building): void {
  const dice = new Dice(building.look, 'house');
  const instance = mesh.newInstance();
  const is = cityClass.building;
  const wall = colour(dice, 'wall');
  const groundHeight = building.ground === 'shop' ? dice.range(3.4, 4.2) : dice.range(2.9, 3.4);
  const floorHeight = building.style === 'old' ? dice.range(3, 3.6) : dice.range(2.7, 3.2);
  const upper = building.floors - 1;
  const height = groundHeight + upper * floorHeight;
  const look: HouseLook = {
    building,
    dice,
    wall,
    trim: dice.chance(0.5) ? colour(dice, 'trim') : scaled(wall, dice.range(0.7, 1.2)),
    roofTint: colour(dice, 'roof'),
    instance,
    height,
  };
  const columns = Math.max(2, Math.round(building.width / dice.range(...cellWidth[building.style])));
  const facade = dice.pick(facades[building.style]);
  mesh.place(building.x, kerb, building.z, building.yaw);
  mesh.paint({ tile: facade, tint: wall, is, instance });
  if (upper > 0) walls(mesh, look, groundHeight, height, upper, columns);
  groundFloor(mesh, look, facade, groundHeight, columns);
  if (building.detailed) details(mesh, look, groundHeight, floorHeight, columns);
  roof(mesh, look);
}

function groundFloor(
  mesh: MeshBuilder,
  look: HouseLook,
  facade: TileName,
  height: number,
  columns: number,
): void {
  const { building, dice, wall, instance } = look;
  const is = cityClass.building;
  const shop = building.ground === 'shop';
  const tint = shop ? colour(dice, 'shop') : scaled(wall, dice.range(0.8, 1.05));
  mesh.paint({ tile: shop ? 'shop' : facade, tint, is, instance });
  walls(mesh, look, -0.1, height, 1, shop ? Math.max(1, Math.round(building.width / 4.2)) : columns);
  // A door or two, a hand's breadth in front of the wall.
  mesh.paint({ tile: 'door', tint, is, instance });
  const [d, cell] = [building.depth / 2 + 0.04, building.width / columns];
  const at = -building.width / 2 + (dice.whole(0, columns - 1) + 0.5) * cell;
  const half = Math.min(1.1, cell / 2);
  mesh.quad(
    [at - half, 0, d],
    [at + half, 0, d],
    [at + half, Math.min(2.9, height), d],
    [at - half, Math.min(2.9, height), d],
    [0, 0, 1, 1],
  );
  if (shop && dice.chance(0.5)) {
    mesh.paint({ tile: 'cloth', tint: colour(dice, 'shop'), is, instance });
    const [w, y, out] = [building.width / 2 - 0.5, height * 0.76, building.depth / 2];
    mesh.quad([-w, y - 0.5, out + 1.2], [w, y - 0.5, out + 1.2], [w, y, out + 0.02], [-w, y, out + 0.02]);
    mesh.quad(
      [-w, y - 0.75, out + 1.2],
      [w, y - 0.75, out + 1.2],
      [w, y - 0.5, out + 1.2],
      [-w, y - 0.5, out + 1.2],
    );
  }
}

/** Cornices between storeys, balconies, bays. */
function details(mesh: MeshBuilder, look: HouseLook, ground: number, floor: number, columns: number): void {
  const { building, dice, trim, instance, height } = look;
  const is = cityClass.building;
  const { width, depth, style, floors } = building;
  mesh.paint({ tile: 'plain', tint: trim, is, instance });
  const band = (y: number, tall: number, out: number) =>
    box(mesh, [0, y, 0], [width + out, tall, depth + out], { bottom: true });
  if (style === 'old' || dice.chance(0.4)) band(height - 0.3, 0.35, 0.5);
  if (dice.chance(0.6)) band(ground - 0.12, 0.24, 0.24);
  if (style === 'glass' || floors < 2) return;
  const cell = width / columns;
  if (dice.chance(0.45)) {
    const every = dice.whole(1, 3);
    const offset = dice.whole(0, every);
    const tile: TileName = dice.chance(0.5) ? 'planks' : 'plain';
    const tint = dice.chance(0.5) ? trim : colour(dice, 'fence');
    for (let row = 0; row < floors - 1; row++) {
      for (let column = offset; column < columns; column += every + 1) {
        const at: Vec3 = [-width / 2 + (column + 0.5) * cell, ground + row * floor - 0.05, depth / 2 + 0.5];
        mesh.paint({ tile: 'plain', tint: scaled(trim, 0.9), is, instance });
        box(mesh, at, [cell * 0.84, 0.14, 1], { bottom: true });
        mesh.paint({ tile, tint, is, instance });
        box(mesh, [at[0], at[1] + 0.14, at[2] + 0.47], [cell * 0.84, 0.85, 0.05]);
        for (const side of [-1, 1])
          box(mesh, [at[0] + side * cell * 0.4, at[1] + 0.14, at[2]], [0.05, 0.85, 0.95]);
      }
    }
  } else if (dice.chance(0.3)) {
    const wide = cell * dice.whole(1, 2);
    const at = -width / 2 + wide / 2 + cell * dice.whole(0, Math.max(0, columns - 2));
    mesh.paint({ tile: 'wide-plaster', tint: look.wall, is, instance });
    box(mesh, [at, ground, depth / 2 + 0.45], [wide, (floors - 1) * floor, 0.9], { bottom: true });
  }
}
