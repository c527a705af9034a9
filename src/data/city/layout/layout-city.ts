// One frame's surroundings, from the seed and the frame's number alone.
import type { CityScene } from '../city-settings';
import { Dice } from '../dice';
import { dressKerbs } from './kerbside';
import { fillBlocks } from './lots';
import { Room } from './room';
import type { CityLayout } from './scene';
import { layBlocks, layStreets } from './streets';
import { cyclists, fillStreet, walkers } from './traffic';
import { drawSky, placeCamera } from './viewpoint';

/** The neighbourhood of frame `frame`: equal arguments give equal data on every machine. */
export function layoutCity(scene: CityScene, frame: number): CityLayout {
  const dice = new Dice(scene.seed, 'city', frame);
  const { density } = scene;
  const streets = layStreets(dice.fork('streets'));
  const main = streets[0]!;
  const across = streets.filter(({ axis }) => axis === 'x');
  const blocks = layBlocks(streets, dice.fork('blocks'));
  const lots = fillBlocks(blocks, dice.fork('lots'));
  const camera = placeCamera(main, scene.camera, 2.4, dice.fork('camera'));
  const room = new Room();
  // Nobody stands in front of the lens.
  room.take(camera.x, camera.z, 2);
  room.take(camera.x - Math.sin(camera.yaw) * 3, camera.z - Math.cos(camera.yaw) * 3, 1.6);
  const street = dressKerbs(blocks, main, room, dice.fork('kerbs'), density);
  const riders = cyclists(main, room, dice.fork('cyclists'), density);
  const people = walkers(blocks, main, across, room, dice.fork('people'), density);
  const cars = streets
    .filter(({ axis, at }) => at === 0 || (axis === 'x' && at < 10 && at > -90))
    .flatMap((one, index) => fillStreet(one, one === main, room, dice.fork('cars', index), density));
  return {
    streets,
    blocks,
    lawns: lots.lawns,
    buildings: lots.buildings,
    barriers: [...lots.barriers, ...street.barriers],
    // Nor does a crown hang in front of a camera on a mast.
    things: [...lots.things, ...street.things].filter(
      ({ kind, x, z }) => kind !== 'tree' || Math.hypot(x - camera.x, z - camera.z) > 1.2 * camera.y + 2,
    ),
    cars,
    people,
    cyclists: riders,
    camera,
    sky: drawSky(scene, dice.fork('sky')),
  };
}
