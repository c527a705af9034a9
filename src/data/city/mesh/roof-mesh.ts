// Roofs of several kinds, with chimneys, parapets and boxes on top.
import { cityClass } from '../city-classes';
import { colour, scaled } from '../palettes';
import type { HouseLook } from './building-mesh';
import type { MeshBuilder, Vec3 } from './mesh-builder';
import { bar, box } from './shapes';

const is = cityClass.building;

export function roof(mesh: MeshBuilder, look: HouseLook): void {
  const { building, dice, roofTint, instance } = look;
  if (building.roof === 'flat') flat(mesh, look);
  else {
    mesh.paint({ tile: 'roof', tint: roofTint, is, instance });
    if (building.roof === 'gable') gable(mesh, look);
    else tapered(mesh, look, building.roof === 'mansard');
  }
  if (building.roof !== 'flat' && dice.chance(0.7)) {
    mesh.paint({ tile: 'brick', tint: colour(dice, 'wall'), is, instance });
    const count = dice.whole(1, 2);
    for (let i = 0; i < count; i++) {
      const x = dice.range(-0.42, 0.42) * building.width;
      box(
        mesh,
        [x, look.height + 0.5, dice.range(-0.2, 0.2) * building.depth],
        [0.7, dice.range(2.2, 3.6), 0.6],
      );
    }
  }
}

function flat(mesh: MeshBuilder, { building, dice, wall, trim, instance, height }: HouseLook): void {
  const [w, d] = [building.width / 2, building.depth / 2];
  mesh.paint({ tile: 'gravel', tint: scaled(trim, 0.8), is, instance });
  mesh.quad([-w, height, d], [w, height, d], [w, height, -d], [-w, height, -d]);
  mesh.paint({ tile: 'plaster', tint: scaled(wall, 0.92), is, instance });
  const parapet = dice.range(0.3, 1);
  for (const z of [-d, d]) box(mesh, [0, height, z], [2 * w + 0.1, parapet, 0.25]);
  for (const x of [-w, w]) box(mesh, [x, height, 0], [0.25, parapet, 2 * d + 0.1]);
  if (dice.chance(0.6)) {
    mesh.paint({ tile: 'metal', tint: colour(dice, 'pole'), is, instance });
    const size: Vec3 = [dice.range(2, 5), dice.range(1.2, 2.8), dice.range(2, 4)];
    box(mesh, [dice.range(-0.5, 0.5) * w, height, dice.range(-0.4, 0.4) * d], size);
    if (dice.chance(0.4))
      bar(mesh, [w * 0.5, height, 0], [w * 0.5, height + dice.range(3, 6), 0], 0.06, 0.03, 4);
  }
}

/** A ridge along the street, or across it on narrow houses. */
function gable(mesh: MeshBuilder, { building, dice, wall, instance, height, roofTint }: HouseLook): void {
  const across = building.width < 9 && dice.chance(0.5);
  const [w, d] = [building.width / 2, building.depth / 2];
  const rise = (across ? w : d) * dice.range(0.55, 0.95);
  const [eave, top] = [height - 0.05, height + rise];
  const out = 0.35;
  const gableEnds: Vec3[][] = across
    ? [
        [
          [-w, height, d],
          [w, height, d],
          [0, top, d],
        ],
        [
          [w, height, -d],
          [-w, height, -d],
          [0, top, -d],
        ],
      ]
    : [
        [
          [w, height, d],
          [w, height, -d],
          [w, top, 0],
        ],
        [
          [-w, height, -d],
          [-w, height, d],
          [-w, top, 0],
        ],
      ];
  if (across) {
    mesh.quad([w + out, eave, d + out], [w + out, eave, -d - out], [0, top, -d - out], [0, top, d + out]);
    mesh.quad([-w - out, eave, -d - out], [-w - out, eave, d + out], [0, top, d + out], [0, top, -d - out]);
  } else {
    mesh.quad([-w, eave, d + out], [w, eave, d + out], [w, top, 0], [-w, top, 0]);
    mesh.quad([w, eave, -d - out], [-w, eave, -d - out], [-w, top, 0], [w, top, 0]);
  }
  mesh.paint({ tile: 'plaster', tint: wall, is, instance });
  const normals: Vec3[] = across
    ? [
        [0, 0, 1],
        [0, 0, -1],
      ]
    : [
        [1, 0, 0],
        [-1, 0, 0],
      ];
  gableEnds.forEach((points, i) => mesh.polygon(points, normals[i]!));
  if (!across && building.detailed && building.width > 7 && dice.chance(0.6))
    dormers(mesh, building.width, d, height, rise, roofTint, instance);
}

function dormers(
  mesh: MeshBuilder,
  width: number,
  d: number,
  height: number,
  rise: number,
  tint: readonly [number, number, number],
  instance: number,
): void {
  const count = Math.max(1, Math.round(width / 5));
  for (let i = 0; i < count; i++) {
    const x = ((i + 0.5) / count - 0.5) * width;
    const y = height + rise * 0.25;
    mesh.paint({ tile: 'plain', tint: scaled(tint, 0.8), is, instance });
    box(mesh, [x, y, d * 0.45], [1.5, 1.5, d * 0.6]);
    mesh.paint({ tile: 'pane', tint, is, instance });
    const z = d * 0.75 + 0.02;
    mesh.quad(
      [x - 0.5, y + 0.3, z],
      [x + 0.5, y + 0.3, z],
      [x + 0.5, y + 1.3, z],
      [x - 0.5, y + 1.3, z],
      [0.1, 0.1, 0.9, 0.9],
    );
  }
}

/** Four slopes to a ridge, or steep ones to a flat top. */
function tapered(mesh: MeshBuilder, { building, dice, height }: HouseLook, steep: boolean): void {
  const out = steep ? 0 : 0.35;
  const [w, d] = [building.width / 2 + out, building.depth / 2 + out];
  const rise = steep ? dice.range(2.6, 3.6) : Math.min(w, d) * dice.range(0.45, 0.75);
  const [tw, td] = steep ? [w - 1, d - 1] : [Math.max(0.1, w - d), Math.max(0.1, d - w)];
  const [y, top] = [height - (steep ? 0 : 0.05), height + rise];
  mesh.quad([-w, y, d], [w, y, d], [tw, top, td], [-tw, top, td]);
  mesh.quad([w, y, -d], [-w, y, -d], [-tw, top, -td], [tw, top, -td]);
  mesh.quad([w, y, d], [w, y, -d], [tw, top, -td], [tw, top, td]);
  mesh.quad([-w, y, -d], [-w, y, d], [-tw, top, td], [-tw, top, -td]);
  mesh.quad([-tw, top, td], [tw, top, td], [tw, top, -td], [-tw, top, -td]);
}
