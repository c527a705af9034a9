// A layout as one mesh: what the camera cannot see, and what throws no shadow into its view, is left out.
import { kerb, type Camera, type CityLayout } from '../layout/scene';
import { buildHouse } from './building-mesh';
import { buildCar } from './car-mesh';
import { buildFence } from './fence-mesh';
import { buildGround } from './ground-mesh';
import { MeshBuilder, type CityMesh } from './mesh-builder';
import { buildCyclist, buildPerson } from './person-mesh';
import { buildBush, buildHedge, buildTree } from './plant-mesh';
import { buildThing } from './thing-mesh';

/** Distance up to which things are built in detail, in metres. */
const detailed = 22;

/** Farther away nothing throws a shadow. */
const shadowed = 92;

/** Whether something of radius `r` can matter, and how far it is. The cone is wide enough for any picture's shape. */
export function viewOf({ x, z, yaw }: Camera) {
  const [fx, fz] = [-Math.sin(yaw), -Math.cos(yaw)];
  return (px: number, pz: number, r: number): { seen: boolean; distance: number } => {
    const [dx, dz] = [px - x, pz - z];
    const distance = Math.hypot(dx, dz);
    const along = dx * fx + dz * fz;
    const aside = Math.abs(dx * fz - dz * fx);
    const seen = distance < r + 14 || (along > -r && aside < (along + r) * 1.15 + r + 4);
    return { seen, distance };
  };
}

/** The nearest things first and the ground last, so that little is drawn that something else then hides. */
export function buildCity(layout: CityLayout): CityMesh {
  const mesh = new MeshBuilder();
  const view = viewOf(layout.camera);
  const jobs: { distance: number; build: () => void }[] = [];
  const add = (x: number, z: number, r: number, reach: number, build: (distance: number) => void) => {
    const { seen, distance } = view(x, z, r);
    if (seen && distance < reach) jobs.push({ distance: distance - r, build: () => build(distance) });
  };
  for (const house of layout.buildings) {
    add(house.x, house.z, house.width / 2 + 10, Infinity, (distance) =>
      buildHouse(mesh, { ...house, detailed: house.detailed && distance < 120 }),
    );
  }
  for (const barrier of layout.barriers) {
    const { kind, x0, x1, z0, z1 } = barrier;
    const half = Math.hypot(x1 - x0, z1 - z0) / 2;
    add((x0 + x1) / 2, (z0 + z1) / 2, half, 90, (distance) => {
      if (kind === 'hedge') buildHedge(mesh, barrier, kerb);
      else buildFence(mesh, barrier, kerb, distance - half < detailed * 0.6);
    });
  }
  for (const thing of layout.things) {
    const { kind, x, z } = thing;
    if (kind === 'tree') add(x, z, 5, 130, (distance) => buildTree(mesh, thing, distance < detailed));
    else if (kind === 'bush') add(x, z, 1, 55, () => buildBush(mesh, thing));
    else add(x, z, 1, kind === 'lamp' || kind === 'signal' ? 110 : 65, () => buildThing(mesh, thing));
  }
  for (const car of layout.cars) {
    add(car.x, car.z, 6, 120, (distance) => buildCar(mesh, car, distance < detailed * 1.2));
  }
  for (const person of layout.people) {
    add(person.x, person.z, 1, 70, (distance) => buildPerson(mesh, person, distance < detailed));
  }
  for (const rider of layout.cyclists) {
    add(rider.x, rider.z, 1.5, 80, (distance) => buildCyclist(mesh, rider, distance < detailed));
  }
  jobs.sort((a, b) => a.distance - b.distance);
  for (const { distance, build } of jobs) {
    if (distance > shadowed) mesh.endShadows();
    build();
  }
  mesh.endShadows();
  buildGround(mesh, layout);
  return mesh.build();
}
