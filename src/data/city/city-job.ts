// What is asked of the city and what it answers; no graphics, so that anyone may import it.
import type { TileSink } from '../import-batch';
import type { ImportProgress } from '../import-types';
import type { ClassList, DatasetRecord, LabelMap, RgbImage } from '../types';
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
  /** The record of a city that was ended, to go on from. */
  from?: DatasetRecord;
  /** Called with the record before the first frame of a city that does not go on from another. */
  begin?: (record: DatasetRecord) => Promise<void>;
  sink: TileSink;
  /** Ends it after the current frame. */
  signal: AbortSignal;
  onProgress: (progress: ImportProgress) => void;
}
