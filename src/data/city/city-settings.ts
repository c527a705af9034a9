// What a person chooses about the city, with its defaults, checked before anything is drawn.
import { AppError } from '../../core/errors';
import { checkDatasetName } from '../import-settings';
import type { Size } from '../types';
import type { ExtraClasses } from './city-classes';

export const weathers = ['sun', 'overcast', 'rain', 'fog', 'snow'] as const;
export type Weather = (typeof weathers)[number];

export const cameras = ['driver', 'mixed', 'pedestrian', 'bus', 'above'] as const;
/** Where the pictures are taken from; `mixed` draws one of the others for each, the driver's seat most often. */
export type CameraChoice = (typeof cameras)[number];

/** What the pictures are of. Equal scenes give equal layouts and labels on every machine. */
export interface CityScene extends ExtraClasses {
  seed: number;
  /** Traffic, people and things on the streets: 1 is usual, 0 is empty, 2 is crowded. */
  density: number;
  weather: Weather | 'mixed';
  /** Of the day, 0 to 24. */
  hour: number | 'mixed';
  camera: CameraChoice;
}

export interface CitySettings extends CityScene {
  name: string;
  frames: number;
  size: Size;
  /** Share of the frames for validation in percent, drawn by the seed. */
  validationPercent: number;
}

export const defaultScene: CityScene = {
  seed: 1,
  density: 1,
  weather: 'mixed',
  hour: 'mixed',
  camera: 'mixed',
  laneMarking: false,
  trafficLight: false,
};

/** The dataset that one click makes. */
export const smallCity: Omit<CitySettings, 'name'> = {
  ...defaultScene,
  frames: 120,
  size: { width: 240, height: 180 },
  validationPercent: 10,
};

/** Throws AppError 'bad-settings' saying which choice cannot be used and why. */
export function checkCityScene(scene: CityScene): void {
  const { seed, density, weather, hour, camera } = scene;
  require(Number.isInteger(seed) &&
    seed >= 0 &&
    seed < 2 ** 32, `The seed is ${seed}; it can be a whole number from 0 to 4294967295.`);
  require(density >= 0 && density <= 2, `The density is ${density}; it can be 0 to 2.`);
  require(weather === 'mixed' ||
    weathers.includes(weather), `The weather is "${weather}"; it can be mixed, ${weathers.join(', ')}.`);
  require(hour === 'mixed' || (hour >= 0 && hour <= 24), `The hour is ${hour}; it can be mixed, or 0 to 24.`);
  require(cameras.includes(camera), `The camera is "${camera}"; it can be ${cameras.join(', ')}.`);
}

/** Throws AppError 'bad-settings' for a scene, size, number or name that cannot be used. */
export function checkCitySettings(settings: CitySettings): void {
  checkDatasetName(settings.name);
  checkCityScene(settings);
  const { frames, size, validationPercent } = settings;
  require(Number.isInteger(frames) &&
    frames >= 1 &&
    frames <= 20000, `The number of frames is ${frames}; it can be 1 to 20,000.`);
  checkFrameSize(size);
  require(validationPercent >= 0 &&
    validationPercent <= 90, `The validation share is ${validationPercent} percent; it can be 0 to 90.`);
}

/** Throws AppError 'bad-settings' for a size that is not drawn. */
export function checkFrameSize({ width, height }: Size): void {
  const fits = [width, height].every((side) => Number.isInteger(side) && side >= 32 && side <= 2048);
  require(fits, `The size is ${width} x ${height}; each side can be 32 to 2048 pixels.`);
}

function require(condition: boolean, message: string): void {
  if (!condition) throw new AppError('bad-settings', message);
}
