// `city`: frames of the synthetic city become a dataset of the page.
import { AppError } from '../../src/core/errors';
import {
  cameras,
  checkCitySettings,
  smallCity,
  weathers,
  type CitySettings,
} from '../../src/data/city/city-settings';
import type { ImportReport } from '../../src/data/import-types';
import type { Options } from './options';
import type { Driver } from './page';
import { importPrinter } from './progress';

/** Checks the options before a browser is started. @throws AppError */
export function cityRequest(options: Options): CitySettings {
  const hour = options.text('hour') ?? 'mixed';
  const settings: CitySettings = {
    ...smallCity,
    name: options.text('name') ?? 'City',
    frames: options.whole('frames', 1) ?? smallCity.frames,
    size: options.size('size') ?? smallCity.size,
    seed: options.whole('seed', 0) ?? smallCity.seed,
    validationPercent: options.number('val', 0) ?? smallCity.validationPercent,
    density: options.number('density', 0) ?? smallCity.density,
    weather: options.choice('weather', ['mixed', ...weathers] as const) ?? smallCity.weather,
    hour: hour === 'mixed' ? hour : Number(hour),
    camera: options.choice('camera', cameras) ?? smallCity.camera,
    laneMarking: options.has('lane-marking'),
    trafficLight: options.has('traffic-light'),
  };
  if (Number.isNaN(settings.hour)) {
    throw new AppError('bad-settings', `--hour takes mixed or a number from 0 to 24, not "${hour}".`);
  }
  checkCitySettings(settings);
  return settings;
}

/** Makes the dataset in the page. */
export function makeCity(driver: Driver, settings: CitySettings): Promise<ImportReport> {
  return driver.call(
    (settings) => window.intarsia.makeCity(settings, (progress) => window.headlessProgress(progress)),
    settings,
    importPrinter(),
  );
}
