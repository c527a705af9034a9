// Where a frame is taken from, in which weather and at which hour.
import { weathers, type CameraChoice, type CityScene } from '../city-settings';
import type { Dice } from '../dice';
import type { Camera, Sky, Street } from './scene';

const places: Record<Exclude<CameraChoice, 'mixed'>, number> = {
  driver: 62,
  pedestrian: 24,
  bus: 14,
  above: 8,
};

/** A camera on or beside the main street, looking ahead, now and then into a side street. */
export function placeCamera(main: Street, choice: CameraChoice, pavement: number, dice: Dice): Camera {
  const place = choice === 'mixed' ? dice.weighted(places) : choice;
  const lane = (main.width / 2 - main.parking) / Math.max(1, Math.round(main.lanes / 2));
  const onLane = dice.range(0.3, 0.7) * lane;
  const turned = dice.chance(0.2) ? dice.range(-0.6, 0.6) : dice.range(-0.26, 0.26);
  const fov = dice.range(38, 60);
  switch (place) {
    case 'driver':
      return { x: onLane, y: dice.range(1.15, 1.8), z: 0, yaw: turned, pitch: dice.range(-0.05, 0.1), fov };
    case 'bus':
      return { x: onLane, y: dice.range(2.1, 2.9), z: 0, yaw: turned, pitch: dice.range(-0.06, 0.04), fov };
    case 'pedestrian': {
      const side = dice.chance(0.6) ? 1 : -1;
      const x = side * (main.width / 2 + dice.range(0.6, Math.max(0.7, pavement - 0.8)));
      // From the pavement one looks a little towards the street.
      const yaw = side * dice.range(-0.05, 0.5);
      return { x, y: dice.range(1.5, 1.85), z: 0, yaw, pitch: dice.range(-0.02, 0.08), fov };
    }
    case 'above': {
      const side = dice.chance(0.5) ? 1 : -1;
      const x = side * (main.width / 2 + 0.6);
      const yaw = side * dice.range(0.05, 0.45);
      return { x, y: dice.range(4.5, 7.5), z: 0, yaw, pitch: -dice.range(0.05, 0.2), fov };
    }
  }
}

/** Weather and hour: the scene's own or drawn, by day four times out of five. */
export function drawSky(scene: Pick<CityScene, 'weather' | 'hour'>, dice: Dice): Sky {
  const drawn = dice.weighted({ sun: 46, overcast: 26, rain: 12, fog: 8, snow: 8 });
  const hour = dice.chance(0.82) ? dice.range(7, 18.2) : dice.range(18.2, 31) % 24;
  return {
    weather: scene.weather === 'mixed' ? weathers.find((one) => one === drawn)! : scene.weather,
    hour: scene.hour === 'mixed' ? hour : scene.hour,
    north: dice.range(0, 2 * Math.PI),
    look: dice.bits(),
  };
}
