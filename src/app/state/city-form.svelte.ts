// What is chosen on the city's page, the frame that shows it, and what a dataset of it would take.
import type { CityFrame } from '../../data/city/city-job';
import { smallCity, type CityScene, type CitySettings } from '../../data/city/city-settings';
import type { Size } from '../../data/types';
import { loader } from '../../rpc/workers';

/** A preview is at most this wide, so that it comes soon on a slow machine. */
const previewWidth = 320;

/** A name that no dataset has yet: City, City 2, City 3 ... */
export function freeCityName(taken: readonly { name: string }[]): string {
  const names = taken.map(({ name }) => name);
  let name = 'City';
  for (let i = 2; names.includes(name); i++) name = `City ${i}`;
  return name;
}

export function previewSize({ width, height }: Size): Size {
  const scale = Math.min(1, previewWidth / width);
  const side = (value: number) => Math.max(32, Math.round(value * scale));
  return { width: side(width), height: side(height) };
}

/** Seconds and bytes of a dataset, from the time that a frame of `shown` took. */
export function estimateCity(
  { frames, size }: Pick<CitySettings, 'frames' | 'size'>,
  shown: Size,
  seconds: number,
) {
  const pixels = size.width * size.height;
  const larger = pixels / (shown.width * shown.height);
  // A good part of a frame's time goes into its triangles, however many pixels it has.
  return { seconds: frames * seconds * (0.4 + 0.6 * larger), bytes: frames * pixels * 3.06 };
}

class CityForm {
  scene = $state<CityScene>(sceneOf(smallCity));
  name = $state('');
  frames = $state<number | null>(smallCity.frames);
  size = $state<Size>(smallCity.size);
  validationPercent = $state<number | null>(smallCity.validationPercent);
  /** Number of the frame that is looked at. */
  frame = $state(0);
  #preview = $state.raw<CityFrame | null>(null);
  #busy = $state(false);
  #error = $state.raw<unknown>(null);
  #next: { scene: CityScene; frame: number; size: Size } | null = null;

  get preview(): CityFrame | null {
    return this.#preview;
  }
  get busy(): boolean {
    return this.#busy;
  }
  get error(): unknown {
    return this.#error;
  }

  /** Draws a frame; while one is drawn, only the last wish is kept. Never rejects. */
  async look(scene: CityScene, frame: number, size: Size): Promise<void> {
    this.#next = { scene, frame, size };
    if (this.#busy) return;
    this.#busy = true;
    while (this.#next) {
      const wish = this.#next;
      this.#next = null;
      try {
        this.#preview = await loader().transferCityFrame(wish.scene, wish.frame, wish.size);
        this.#error = null;
      } catch (error) {
        this.#error = error;
      }
    }
    this.#busy = false;
  }
}

function sceneOf({ seed, density, weather, hour, camera, laneMarking, trafficLight }: CityScene): CityScene {
  return { seed, density, weather, hour, camera, laneMarking, trafficLight };
}

export const cityForm = new CityForm();
