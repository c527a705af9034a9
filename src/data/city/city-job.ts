// What is asked of the city and what it answers; no graphics, so that anyone may import it.
import type { TileSink } from '../import-batch';
import type { ImportProgress } from '../import-types';
import type { ClassList, LabelMap, RgbImage } from '../types';
import type { CitySettings } from './city-settings';

export interface CityFrame {
  image: RgbImage;
  label: LabelMap;
  classes: ClassList;
  /** What drawing it took. */
  seconds: number;
}

export interface CityJob {
  id: string;
  createdAt: number;
  settings: CitySettings;
  sink: TileSink;
  /** Ends it after the current frame. */
  signal: AbortSignal;
  onProgress: (progress: ImportProgress) => void;
}
