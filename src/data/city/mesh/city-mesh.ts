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

export function buildCity(layout: CityLayout): CityMesh {
  const mesh = new MeshBuilder();
  const view = viewOf(layout.camera);
  buildGround(mesh, layout);
  for (const house of layout.buildings) {
    const { seen, distance } = view(house.x, house.z, house.width / 2 + 10);
    if (seen) buildHouse(mesh, { ...house, detailed: house.detailed && distance < 120 });
  }
  for (const barrier of layout.barriers) {
    const [x, z] = [(barrier.x0 + barrier.x1) / 2, (barrier.z0 + barrier.z1) / 2];
    const half = Math.hypot(barrier.x1 - barrier.x0, barrier.z1 - barrier.z0) / 2;
    const { seen, distance } = view(x, z, half);
    if (!seen || distance > 90) continue;
    if (barrier.kind === 'hedge') buildHedge(mesh, barrier, kerb);
    else buildFence(mesh, barrier, kerb, distance - half < detailed * 0.6);
  }
  for (const thing of layout.things) {
    const { seen, distance } = view(thing.x, thing.z, thing.kind === 'tree' ? 5 : 1);
    if (!seen) continue;
    if (thing.kind === 'tree' && distance < 150) buildTree(mesh, thing, distance < detailed);
    else if (thing.kind === 'bush' && distance < 60) buildBush(mesh, thing);
    else if (distance < (thing.kind === 'lamp' || thing.kind === 'signal' ? 130 : 75))
      buildThing(mesh, thing);
  }
  for (const car of layout.cars) {
    const { seen, distance } = view(car.x, car.z, 6);
    if (seen) buildCar(mesh, car, distance < detailed * 1.4);
  }
  for (const person of layout.people) {
    const { seen, distance } = view(person.x, person.z, 1);
    if (seen && distance < 80) buildPerson(mesh, person, distance < detailed);
  }
  for (const rider of layout.cyclists) {
    const { seen, distance } = view(rider.x, rider.z, 1.5);
    if (seen) buildCyclist(mesh, rider, distance < detailed);
  }
  return mesh.build();
}
